import Checkpoints
import Glibc

// Of mutated files one in twenty or so makes the library go on for ever. The limit of processor time, which ends
// that, counts in whole seconds; here it comes sooner.
signal(SIGPROF) { _ in _ = raise(SIGXCPU) }
var limit = itimerval(it_interval: timeval(), it_value: timeval(tv_sec: 0, tv_usec: 100_000))
setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
CheckpointReader.serveIfAsked()
