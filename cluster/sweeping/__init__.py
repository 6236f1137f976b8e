"""The parts of cluster/sweep.

The folders of the trials are the only state: a driver reads them, starts what is not finished and writes tables.

  arguments, space, program   what is asked for
  trial, runlog, plan         the trials and how far they are
  runner                      one trial, on this machine, a host or a node
  driver, places, slurm       which trial runs when, and where
  pruning, significance       which trial stops early, and which value is better
  results, rows, plot         tables and plots
  environment, tpe            what needs Optuna or matplotlib
"""
