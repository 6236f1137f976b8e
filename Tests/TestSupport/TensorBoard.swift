import Foundation

/// A Python that has PyPI's `tensorboard`: `TERCET_TENSORBOARD`, else that of `.build/python`, which `cluster/test`
/// makes; `nil`, with a line that says so, where there is none.
public let tensorBoardPython: String? = {
  let path =
    ProcessInfo.processInfo.environment["TERCET_TENSORBOARD"]
    ?? packageRoot.appending(path: ".build/python/bin/python3").path
  let found = try? runProcess(path, ["-c", "import tensorboard"])
  if found?.status == 0 { return path }
  print(
    "tests against TensorBoard are skipped: \(path) has no tensorboard (cluster/test installs it)")
  return nil
}()
