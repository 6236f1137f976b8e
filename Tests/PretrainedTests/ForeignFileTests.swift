import Foundation
import Layers
import TestSupport
import Testing

@testable import Pretrained

/// A Python that has h5py; `nil`, with a line that says so, where there is none.
private let python: String? = {
  for path in ["/usr/bin/python3", "/usr/local/bin/python3"] {
    if let tried = try? runProcess(path, ["-c", "import h5py"]), tried.status == 0 { return path }
  }
  print("tests of other programs' weights are skipped: no python3 with h5py (python3-h5py)")
  return nil
}()

@Suite("Files of pretrained weights that other programs make")
struct ForeignFileTests {
  /// Imports a folder, strips tercet's header, lets a script change `f`, and loads the file.
  private func loaded(
    _ change: String, _ body: (borrowing TransformerFile, TransformerFile.Coverage) throws -> Void
  ) throws {
    let script = """
      import h5py, numpy as np, sys
      path = sys.argv[1]
      contents = open(path, 'rb').read()[512:]
      open(path, 'wb').write(contents)
      f = h5py.File(path, 'r+')
      config, zeros = f['config'].attrs, lambda *shape: np.zeros(shape, 'f4')
      def instead(name, values, **options):
        del f[name]
        f.create_dataset(name, data=values, **options)
      """
    try withTemporaryDirectory { folder in
      try Published().write(to: folder)
      let path = folder.appending(path: "w.h5").path
      try TransformerImport(folder.path).write(to: path)
      let changed = try runProcess(python ?? "", ["-c", script + "\n" + change, path])
      try #require(changed.status == 0, "\(changed.stderr)")
      try withLoaded(path) { (file, coverage, _) in try body(file, coverage) }
    }
  }

  @Test(
    "a file without tercet's header is taken, and what lies beside the encoder left",
    .enabled(if: python != nil))
  func taken() throws {
    try loaded("f['extra/a'] = zeros(3); config['ln_eps'] = np.float64(1e-12)") {
      (file, coverage) in
      #expect(file.shape.layers == 2 && file.shape.epsilon == 1e-12)
      #expect(coverage.missing.isEmpty && coverage.unused == ["extra/a"])
    }
  }

  /// Changes of a file, and what is said of them behind its name.
  private static let cases: [(change: String, line: String)] = [
    (
      "config['segments'] = 6; instead('embed/segment', zeros(6, 4))",
      "'config@segments' is 6; expected 2, with embed/segment [2, 4]: \(segments)"
    ),
    (
      "instead('embed/segment', zeros(6, 4))",
      "'embed/segment' has shape [6, 4]; [2, 4] is expected; \(segments)"
    ),
    ("f.copy('layer/01', 'layer/02')", "'layer/02' is there, but 'config@layers' is 2, \(blocks)"),
    ("f.copy('layer/01', 'layer/1')", "'layer/1' is there, but 'config@layers' is 2, \(blocks)"),
    ("config['layers'] = 1", "'layer/01' is there, but 'config@layers' is 1, \(blocks)"),
    ("config['layers'] = 3", "'layer/02/att/q/w' is missing"),
    ("f['layer/01/att/relative'] = zeros(4)", "'layer/01/att/relative' \(parameter)"),
    ("f['embed/rotary'] = zeros(4)", "'embed/rotary' \(parameter)"),
    ("config['ln_eps'] = 1", "'config@ln_eps' is 1.0; \(epsilon)"),
    ("config['ln_eps'] = 0", "'config@ln_eps' is 0.0; \(epsilon)"),
    ("config['ln_eps'] = 2.5", "'config@ln_eps' is 2.5; \(epsilon)"),
    ("config['ln_eps'] = 1e-60", "'config@ln_eps' is 1e-60, as float32 0.0; \(epsilon)"),
    ("config['ln_eps'] = float('nan')", "'config@ln_eps' is nan; \(epsilon)"),
    ("config['ln_eps'] = '1e-12'", "'config@ln_eps' is no number; \(epsilon)"),
    ("config['heads'] = 3", "'config@heads' is 3, which does not divide 'hidden', 4"),
    ("config['vocab'] = 8", "'vocab' has 7 pieces, but 'config@vocab' is 8; expected as many"),
    (
      "instead('embed/word', zeros(7, 4), compression='gzip')",
      "'embed/word' uses HDF5 filter 1; only fletcher32 is read; \(remedy)"
    ),
    ("del f['format']", "'format' is not that of 'tercet-transformer'; \(remedy)"),
    ("f['format'].attrs['version'] = 2", "'format' has version 2, this tercet reads 1; \(remedy)"),
  ]
  private static let segments =
    "conversion stores the rows of source and target alone, of UniLM's six the fifth and sixth"
  private static let blocks =
    "and blocks count from 00; write there how many blocks the weights have, or leave this one out"
  private static let parameter =
    "is no parameter of a BERT, whose other weights may not work without it; leave it out, or take the "
    + "weights of a BERT"
  private static let epsilon = "expected above 0, below 1"
  private static let remedy = "make the file by tercet import transformer DIR --out FILE"

  @Test(
    "what is not the layout of 7.8 is refused in one line", .enabled(if: python != nil),
    arguments: cases.indices)
  func refusals(index: Int) throws {
    let (change, line) = Self.cases[index]
    do {
      try loaded(change) { (_, _) in Issue.record("taken: \(change)") }
    } catch {
      let said = "\(error)".split(separator: "/w.h5: ", maxSplits: 1).last.map(String.init)
      #expect(said == line)
    }
  }

  @Test("what is no file of pretrained weights is refused with the command that makes one")
  func others() throws {
    try withTemporaryDirectory { folder in
      try Published().write(to: folder)
      try Data().write(to: folder.appending(path: "empty"))
      let whole = folder.appending(path: "whole.h5")
      try TransformerImport(folder.path).write(to: whole.path)
      try Data(contentsOf: whole).dropLast().write(to: folder.appending(path: "cut.h5"))
      let cases = [
        ("", ": is a folder, not a file of pretrained weights"),
        ("/model.safetensors", "/model.safetensors: is no HDF5 file of pretrained weights"),
        ("/vocab.txt", "/vocab.txt: is no HDF5 file of pretrained weights"),
        ("/none.h5", "/none.h5: no such file"), ("/empty", "/empty: is empty"),
      ]
      for (name, finding) in cases {
        let error = #expect(throws: ImportError.self) { () throws in
          _ = try TransformerFile(folder.path + name)
        }
        #expect(error?.description == "\(folder.path)\(finding); \(Self.remedy)")
      }
      let error = #expect(throws: ImportError.self) { () throws in
        _ = try TransformerFile(folder.appending(path: "cut.h5").path)
      }
      #expect(error?.description.contains("/cut.h5: is cut short: ") ?? false)
      #expect(error?.description.hasSuffix(" bytes are there; \(Self.remedy)") ?? false)
    }
  }
}
