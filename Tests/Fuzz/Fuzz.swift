import Foundation

/// A reader that the fuzzer hands mutated bytes, one a process; `cluster/fuzz` builds and runs it.
///
/// A reader may refuse its input or accept it. Each `check` traps where an accepted input is not sound. The fuzzer
/// itself sees crashes, hangs and large allocations.
enum Reader: String, CaseIterable {
  case jsonl, triples, cotype, copyre, tuples, conll04, spert, dygie, spo, tplinker, docred, records
  case tacred, brat, doccano, prodigy, tokens, pieces, yaml, vectors, checkpoint, message

  /// The reader under test, which `TERCET_FUZZ_READER` names.
  static let chosen: Reader = {
    let name = ProcessInfo.processInfo.environment["TERCET_FUZZ_READER"] ?? ""
    guard let reader = Reader(rawValue: name) else {
      let names = allCases.map(\.rawValue).joined(separator: ", ")
      FileHandle.standardError.write(
        Data("Fuzz: TERCET_FUZZ_READER is '\(name)', expected one of \(names)\n".utf8))
      exit(2)
    }
    return reader
  }()

  func check(_ bytes: UnsafeRawBufferPointer) {
    switch self {
    case .yaml: ConfigurationCheck.run(bytes)
    case .vectors: CorpusCheck.vectors(bytes)
    case .jsonl: CorpusCheck.jsonLines(bytes)
    case .tokens: CorpusCheck.tokens(bytes)
    case .pieces: CorpusCheck.pieces(bytes)
    case .checkpoint: CheckpointCheck.run(bytes)
    case .message: CheckpointCheck.message(bytes)
    default: CorpusCheck.published(rawValue, bytes)
    }
  }
}

/// libFuzzer calls this once, before it reads seeds; the folder that the process runs in is the fuzzer's own.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  switch Reader.chosen {
  case .checkpoint:
    CheckpointCheck.writeKinds("seeds/kinds.h5")
    CheckpointCheck.writeModel("seeds/model.h5")
  case .message: CheckpointCheck.writeMessage()
  default: break
  }
  return 0
}

/// libFuzzer's loop.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main
struct Fuzz {
  static func main() {
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    exit(
      runDriver(&count, &arguments) { bytes, count in
        Reader.chosen.check(UnsafeRawBufferPointer(start: bytes, count: count))
        return 0
      })
  }
}

/// Puts bytes into a file of the folder that the process runs in.
func put(_ bytes: UnsafeRawBufferPointer, _ name: String) {
  let file = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  precondition(file >= 0 && write(file, bytes.baseAddress, bytes.count) == bytes.count, name)
  close(file)
}
