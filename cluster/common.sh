# Sourced by commands of this folder, of Tests/Cluster and of Benchmarks: how they fail, and the
# environment that they run in.
# shellcheck shell=bash

# Ends with one line about what went wrong.
fail() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# The commands work in an empty environment too.
export PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
# Open MPI refuses root unless it is told twice; ranks share the cores, so one BLAS thread each.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

# Prints the comment at the top of a command, which says how to use it.
usage() { sed -n '2,/^[^#]/ { s/^# \{0,1\}//p }' "$(readlink -f "$0")"; }

# Prints it and ends, where it is asked for.
help_if_asked() {
  [[ ${1-} != --help && ${1-} != -h ]] || { usage; exit; }
}
