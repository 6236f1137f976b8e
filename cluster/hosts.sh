# Sourced by cluster/run: the hosts of a run. It reads `hostfile`, `rsh`, `ranks`, `threads`, `shards`,
# `arguments`, `folder` and `work`, a folder of its own.
# shellcheck shell=bash

# Reads the hosts file into `names` and `slots`, the latter empty where it does not say; without one there is
# this host. In an allocation of Slurm mpirun knows the hosts.
read_hosts() {
  local name words number=0
  names=() slots=() old_jobs=()
  if [[ ! $hostfile ]]; then
    names=("$(hostname)")
    slots=("$ranks")
    return
  fi
  [[ -r $hostfile && -f $hostfile ]] || fail "--hostfile $hostfile: cannot be read; see cluster/hosts.example"
  while read -r name words || [[ $name ]]; do
    number=$((number + 1))
    [[ $name && $name != \#* ]] || continue
    words=${words%%#*}
    [[ $words =~ ^(slots=([1-9][0-9]{0,3}))?[[:space:]]*$ ]] ||
      fail "$hostfile:$number: found '$words'; a line is NAME slots=K"
    [[ " ${names[*]} " != *" $name "* ]] || fail "$hostfile:$number: $name for the second time"
    names+=("$name")
    slots+=("${BASH_REMATCH[2]-}")
  done <"$hostfile"
  ((${#names[@]})) || fail "$hostfile: holds no host; a line is NAME slots=K"
}

# Runs a command line on a host, in this folder.
on() {
  local host=$1 agent
  shift
  if [[ $host == "$(hostname)" || $host == localhost ]]; then
    bash -c "$*"
  else
    read -ra agent <<<"$rsh ${OMPI_MCA_plm_rsh_args-}"
    timeout -k 1 5 "${agent[@]}" "$host" "cd $(printf %q "$PWD") 2>/dev/null; $*" </dev/null
  fi
}

# Asks all hosts at once for their number of cores, and takes away what earlier jobs of this run left there.
# Those without an answer in five seconds are in `lost` then, the cores of the others in `cores`. Nothing but
# time tells a lost host from a slow one; a run without it has the same bits.
ask_hosts() {
  local i host asking=()
  lost=() cores=()
  for i in "${!names[@]}"; do
    on "${names[i]}" "$(cleaning) env -u OMP_NUM_THREADS nproc" >"$work/cores.$i" 2>/dev/null &
    asking+=($!)
  done
  for i in "${!names[@]}"; do
    until wait "${asking[i]}" || ! kill -0 "${asking[i]}" 2>/dev/null; do :; done
    host=$(tail -n 1 "$work/cores.$i")
    [[ $host ]] || lost+=("${names[i]}")
    cores+=("$host")
  done
}

# Has each host print the configuration, since all need the same one, and the program.
compare_hosts() {
  local i command error asking=()
  [[ $hostfile ]] || return 0
  command=$(printf '%q ' "$tercet" "${arguments[@]}" --print-config)
  for i in "${!names[@]}"; do
    on "${names[i]}" "$command" >"$work/configuration.$i" 2>"$work/error.$i" &
    asking+=($!)
  done
  for i in "${!names[@]}"; do
    until wait "${asking[i]}" || ! kill -0 "${asking[i]}" 2>/dev/null; do :; done
    [[ $(<"$work/configuration.$i") != "$configuration" ]] || continue
    error=$(tail -n 1 "$work/error.$i")
    fail "${names[i]} does not read the same configuration${error:+ ($error)}; copy program and configuration to it"
  done
}

# Chooses ranks and threads where nobody has: a rank a host, with a thread for each core that shards can keep
# busy. A host whose slots are not said has one for every so many cores as there are threads.
choose_form() {
  local i count least=''
  for i in "${!names[@]}"; do ((least && least <= cores[i])) || least=${cores[i]}; done
  if [[ ! $ranks && ! ${slots[*]// /} && $threads == 1 && ! ${SLURM_JOB_ID-} &&
    " ${arguments[*]}" != *[Tt]hreads=* ]]; then
    threads=$((shards / ${#names[@]} < least ? shards / ${#names[@]} : least))
    threads=$((threads > 0 ? threads : 1))
    arguments+=(--set "threads=$threads")
    say "one rank a host, threads each: $threads, since threads have one copy of the weights and nothing to send" \
      "each other; -n, slots= or --set threads= choose otherwise"
  fi
  for i in "${!names[@]}"; do
    count=$((cores[i] / threads))
    slots[i]=${slots[i]:-$((count > 0 ? count : 1))}
  done
}

# Where the ranks of the next start go: `placement`, the last arguments of mpirun. Each thread has a core,
# unless there are more threads than cores or others use these, too.
placement() {
  local i count=0 crowded=$shared
  : >"$work/hosts"
  for i in "${!names[@]}"; do
    [[ ${cores[i]} ]] || continue
    echo "${names[i]} slots=${slots[i]}" >>"$work/hosts"
    count=$((count + slots[i]))
    ((slots[i] * threads <= cores[i])) || crowded=yes
  done
  if [[ ! $hostfile && ${SLURM_JOB_ID-} ]]; then
    placement=(${ranks:+-n "$ranks"})
    crowded=$shared
  else
    placement=(--hostfile "$work/hosts" -n "$((ranks && ranks < count ? ranks : count))")
  fi
  if [[ $crowded ]]; then
    placement+=(--oversubscribe --bind-to none --mca mpi_yield_when_idle 1)
  else
    placement+=(--map-by "slot:PE=$threads")
  fi
}

# Keeps the number by which Open MPI names what a job leaves behind when it is killed.
remember_job() {
  [[ ! -s $work/uri ]] || old_jobs+=("$job:$(($(cut -d. -f1 "$work/uri") >> 16))")
}

# The commands that take away what the jobs of this run left on a host: shared memory and session folders
# by Open MPI's names, and shared memory of ranks that no longer live.
cleaning() {
  local entry family
  for entry in "${old_jobs[@]}"; do
    family=${entry#*:}
    printf 'rm -rf /dev/shm/vader_segment.*.%s.%x0001.* ' "$EUID" "$family"
    printf '/tmp/ompi.*.%s/jf.%s %s/ompi.*.%s/pid.%s; ' "$EUID" "$family" "${TMPDIR:-/tmp}" "$EUID" \
      "${entry%:*}"
  done
  # shellcheck disable=SC2016
  printf '%s ' 'for f in /dev/shm/tercet-*-*; do p=${f#*/tercet-}; p=${p%%-*};' \
    '[ ! -O "$f" ] || [ -e "/proc/$p" ] || rm -f "$f"; done;'
}

# The checkpoints of the folder, with what tells a new one from an old one of its name.
list_checkpoints() {
  on "${names[0]}" "cd $(printf %q "$folder") 2>/dev/null && stat -c '%n %i %y' -- *.h5 2>/dev/null" |
    sort || true
}

# The last step that the run log tells of; empty where there is none.
last_step() {
  on "${names[0]}" "tail -n 2 $(printf %q "$folder")/run.jsonl 2>/dev/null" |
    grep -o '"step":[0-9]*' | tail -n 1 | cut -d: -f2 || true
}

# What changes as soon as training writes to its run log.
log_state() {
  on "${names[0]}" "stat -c '%i %s %y' -- $(printf %q "$folder")/run.jsonl 2>/dev/null" || true
}
