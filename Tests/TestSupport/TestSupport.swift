import Foundation

/// A fresh folder, removed when the body returns or throws.
public func withTemporaryDirectory<T>(_ body: (URL) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "tercet-\(UUID().uuidString)", directoryHint: .isDirectory)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The top of this package.
public let packageRoot = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// The folder of corpora that are not part of the project: `TERCET_DATA`, else `../shared/data`
/// beside the package; `nil`, with a line that says so, where there is none.
public let corpusFolder: URL? = {
  let path = ProcessInfo.processInfo.environment["TERCET_DATA"]
  let folder = path.map { URL(filePath: $0) } ?? packageRoot.appending(path: "../shared/data")
  if FileManager.default.fileExists(atPath: folder.path) { return folder }
  print("tests on real corpora are skipped: no folder \(folder.path) (set TERCET_DATA)")
  return nil
}()
