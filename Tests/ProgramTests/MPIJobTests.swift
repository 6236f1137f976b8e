import Foundation
import TestSupport
import Testing

extension ProgramTests {
  /// The job for Kubeflow's MPI Operator.
  @Suite("cluster/mpijob.yaml", .enabled(if: hasRanks))
  struct MPIJobTests {
    @Test("it has the fields of v2beta1, and its launcher's command is one that cluster/run reads")
    func fields() throws {
      let path = packageRoot.appending(path: "cluster/mpijob.yaml").path
      let result = try runProcess("/usr/bin/python3", ["-c", check, path])
      try #require(result.status == 0, "\(result.stderr)")
      let words = result.stdout.split(separator: "\n").map(String.init)
      let started = try runProcess(
        words[0], ["--tercet", program.path] + words.dropFirst(), in: packageRoot, timeout: 60)
      #expect(started.status == 1)
      #expect(started.complaints.count == 1, "\(started.stderr)")
      #expect(started.stderr.contains("/etc/mpi/hostfile: cannot be read"), "\(started.stderr)")
    }
  }
}

/// Checks a job against the fields that v2beta1 and pods have, as far as the job may come to use them, and
/// prints the words of the launcher's command.
private let check = #"""
  import re, sys, yaml

  def check(value, form, place):
    if isinstance(form, dict):
      assert isinstance(value, dict), f"{place}: found {value}"
      for key in value:
        assert key in form or key + "!" in form, f"{place}: no field {key}"
      for key, rest in form.items():
        name = key.rstrip("!")
        assert name in value or name == key, f"{place}: needs {name}"
        if name in value:
          check(value[name], rest, f"{place}.{name}")
    elif isinstance(form, list):
      assert isinstance(value, list) and value, f"{place}: found {value}"
      for i, item in enumerate(value):
        check(item, form[0], f"{place}[{i}]")
    elif isinstance(form, type):
      assert type(value) is form, f"{place}: found {value!r}"
    elif isinstance(form, set):
      assert value in form, f"{place}: found {value}, expected one of {form}"
    else:
      assert type(value) is str and form.fullmatch(value), f"{place}: found {value!r}"

  name = re.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?")
  path = re.compile("/.+")
  amount = re.compile(r"[1-9]\d*(m|[kMGT]i?)?")
  amounts = {"cpu": amount, "memory": amount}
  container = {
    "name!": name, "image!": str, "command!": [str],
    "resources": {"requests": amounts, "limits": amounts},
    "volumeMounts": [{"name!": name, "mountPath!": path}]}
  pod = {
    "containers!": [container], "terminationGracePeriodSeconds": int,
    "volumes": [{"name!": name, "persistentVolumeClaim!": {"claimName!": name}}]}
  replica = {
    "replicas!": int, "restartPolicy": {"Never", "OnFailure"}, "template!": {"spec!": pod}}
  job = {
    "apiVersion!": {"kubeflow.org/v2beta1"}, "kind!": {"MPIJob"}, "metadata!": {"name!": name},
    "spec!": {
      "slotsPerWorker": int, "mpiImplementation": {"OpenMPI"},
      "launcherCreationPolicy": {"AtStartup", "WaitForWorkersReady"},
      "runPolicy": {
        "cleanPodPolicy": {"None", "Running", "All"}, "backoffLimit": int,
        "activeDeadlineSeconds": int, "ttlSecondsAfterFinished": int},
      "mpiReplicaSpecs!": {"Launcher!": replica, "Worker!": replica}}}

  found = yaml.safe_load(open(sys.argv[1]))
  check(found, job, "job")
  replicas = found["spec"]["mpiReplicaSpecs"]
  assert replicas["Launcher"]["replicas"] == 1 and replicas["Worker"]["replicas"] > 0
  for each in replicas.values():
    pod = each["template"]["spec"]
    mounts = {m["name"]: m["mountPath"] for c in pod["containers"] for m in c["volumeMounts"]}
    assert set(mounts) <= {volume["name"] for volume in pod["volumes"]}, "a mount without volume"
  command = replicas["Launcher"]["template"]["spec"]["containers"][0]["command"]
  assert command[0] == "cluster/run"
  for word in command:
    place = word.split("=")[-1]
    known = place == "/etc/mpi/hostfile" or any(place.startswith(m) for m in mounts.values())
    assert known or not place.startswith("/"), f"{word}: lies in no volume"
  print("\n".join(command))
  """#
