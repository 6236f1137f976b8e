import Checkpoints
import Collectives
import Commands
import Foundation
import Glibc
import Limits
import Tensors

/// What a report of a defect should say of program, machine and libraries, a line each.
enum SystemReport {
  /// - Parameter environment: that of the start, before libraries were told how many threads to take.
  static func lines(environment: [String: String]) -> [String] {
    [
      Program.tercet.title, "system: \(system)", "CPU: \(processor)", "libraries: \(libraries)",
      "limits: \(limits)", "memory: \(memory)", "/dev/shm: \(sharedMemory)",
      "environment: \(text(of: environment))",
    ]
  }

  private static var system: String {
    var names = utsname()
    uname(&names)
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    let name = SystemText.value(of: "PRETTY_NAME", in: "/etc/os-release", separator: "=")
    return "\(name ?? "unknown"), \(text(names.sysname)) \(text(names.release)) "
      + text(names.machine)
  }

  /// The instructions on which the choice of kernels depends.
  private static let instructions: Set<Substring> = [
    "avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_bf16", "amx_bf16",
  ]

  private static var processor: String {
    let (file, count) = ("/proc/cpuinfo", ProcessInfo.processInfo.activeProcessorCount)
    let flags = SystemText.value(of: "flags", in: file)?.split(separator: " ") ?? []
    let model = SystemText.value(of: "model name", in: file) ?? "unknown"
    return "\(model), \(count) of \(Session.processorCount) processors, "
      + flags.filter(instructions.contains).joined(separator: " ")
  }

  private static var libraries: String {
    [
      String(Session.libraryVersion.prefix { $0 != "," }), "HDF5 \(CheckpointFile.libraryVersion)",
      ProductLibrary.openblas.kernels ?? "no OpenBLAS",
      ProductLibrary.onednn.kernels ?? "no oneDNN", cLibrary,
    ].joined(separator: ", ")
  }

  /// Such as `glibc 2.36`.
  private static var cLibrary: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      let length = confstr(Int32(_CS_GNU_LIBC_VERSION), text.baseAddress, text.count)
      guard let start = text.baseAddress, 1...text.count ~= length else { return "glibc" }
      return String(cString: start)
    }
  }

  private static var limits: String {
    SystemLimit.allCases.map { limit in
      "ulimit \(limit.rawValue) \(limit.value.map { "\($0)" } ?? "unlimited")"
    }.joined(separator: ", ")
  }

  private static var memory: String {
    let file = "/proc/meminfo"
    let names = ["MemTotal", "MemAvailable"].map { name in
      "\(name) \(SystemText.value(of: name, in: file) ?? "unknown")"
    }
    let group = ControlGroup.memory.map { "\($0) bytes" } ?? "no limit"
    return (names + ["control group \(group)"]).joined(separator: ", ")
  }

  private static var sharedMemory: String {
    let mounts = SystemText.lines("/proc/mounts")
    return mounts.last { $0.split(separator: " ").dropFirst().first == "/dev/shm" }
      ?? "not mounted"
  }

  /// The variables that libraries read.
  private static func text(of environment: [String: String]) -> String {
    let beginnings = ["OMPI_", "PMIX_", "UCX_", "OMP_", "OPENBLAS_", "ONEDNN_", "DNNL_", "HDF5_"]
    let found =
      environment
      .filter { entry in beginnings.contains { entry.key.hasPrefix($0) } }
      .map { "\($0)=\($1)" }.sorted()
    return found.isEmpty ? "nothing that libraries read" : found.joined(separator: " ")
  }
}
