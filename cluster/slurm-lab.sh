# Sourced by cluster/lab: Slurm on its hosts, slurmctld on node1 and a slurmd on each. Commands that are run by
# 'cluster/lab shell' find it.
# shellcheck shell=bash disable=SC2154

slurm=$lab/slurm

# Debian's packages do not start anything here: where they could, they would start another cluster.
slurm_packages() {
  (
    # shellcheck source=cluster/ground.sh
    source "$here/ground.sh"
    export DEBIAN_FRONTEND=noninteractive
    install_packages slurm-wlm munge
  )
}

slurm_configuration() {
  local count
  count=$(hosts | wc -l)
  cat <<END
ClusterName=lab
SlurmctldHost=node1($network.1)
SlurmUser=root
AuthType=auth/munge
# A job that is put back waits for as long as credentials live, two minutes otherwise.
AuthInfo=cred_expire=10
MpiDefault=pmix
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool/%n
TmpFS=$slurm/tmp/%n
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.%n.pid
SlurmctldLogFile=$slurm/slurmctld.log
SlurmdLogFile=$slurm/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
KillWait=5
SlurmdTimeout=15
JobRequeue=1
SlurmdParameters=config_overrides
NodeName=node[1-$count] NodeAddr=$network.[1-$count] CPUs=$(env -u OMP_NUM_THREADS nproc) RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
}

slurm_up() {
  local host
  is_up || fail "no hosts; make them with: cluster/lab up N"
  [[ ! -e $slurm ]] || fail "Slurm runs already; end it with: cluster/lab slurm down"
  slurm_packages >&2
  for host in $(hosts); do mkdir -p "$slurm/spool/$host" "$slurm/tmp/$host"; done
  mkdir -p "$slurm/state"
  slurm_configuration >"$slurm/slurm.conf"
  if [[ ! -S /run/munge/munge.socket.2 ]] || ! munge -n >/dev/null 2>&1; then
    install -d -o munge -g munge -m 755 /run/munge
    runuser -u munge -- munged --force 2>"$slurm/munged.log"
    : >"$slurm/munged"
  fi
  "$here/lab" shell node1 slurmctld
  for host in $(hosts); do "$here/lab" shell "$host" slurmd -N "$host"; done
  # Returns once every host is ready.
  for ((i = 0; i < 300; i++)); do
    [[ $("$here/lab" shell node1 sinfo -h -t idle -o %D 2>/dev/null) != "$(hosts | wc -l)" ]] || return 0
    sleep 0.1
  done
  fail "Slurm's hosts are not ready after 30 s; see $slurm/*.log"
}

slurm_down() {
  [[ -e $slurm ]] || return 0
  cat "$slurm"/*.pid 2>/dev/null | xargs -r kill 2>/dev/null || true
  [[ ! -e $slurm/munged ]] || runuser -u munge -- munged --stop >/dev/null 2>&1 || true
  rm -rf "$slurm"
}
