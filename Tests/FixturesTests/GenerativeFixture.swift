import Autodiff
import Corpora
import Layers
import Models
import Tensors
import Testing

/// The parts of a fixture of the generative model that all of them have: sizes, symbols and parameters.
struct GenerativeFixture {
  let fixture: Fixture
  let network: GenerativeNetwork
  let values: Slab
  let symbols: GenerativeSymbols

  init(_ fixture: Fixture) throws {
    self.fixture = fixture
    func size(_ name: String) throws -> Int { try fixture.integer(name) }
    network = GenerativeNetwork(
      TransformerShape(
        layers: try size("layers"), hidden: try size("hidden"), heads: try size("heads"),
        inner: try size("inner"), vocabulary: try size("vocab"),
        positions: try size("max_position"),
        segments: try size("segments"), epsilon: try fixture.real("ln_eps")),
      hasLabels: true)
    let ids = try ["cls", "sep", "mask", "pad", "unk"].map { Int32(try size($0)) }
    symbols = GenerativeSymbols(
      start: ids[0], end: ids[1], mask: ids[2], banned: [ids[0], ids[2], ids[3], ids[4]])
    try #require(try fixture.text("labels") == "O,B,I")
    values = Slab(count: network.layout.count)
    try fixture.load(parameters, into: values)
  }

  /// Every parameter, by its own name.
  var parameters: FixtureParameters {
    network.layout.parameters.map { ($0.name, FixtureParameter(parameter: $0)) }
  }

  /// Compares rows of whole sentences with an array padded to the longest.
  func compare(_ dataset: String, _ rows: Matrix, _ layout: SentenceLayout) throws {
    let (time, width) = (try fixture.shape(dataset)[1], rows.columns)
    try fixture.compare(
      dataset,
      (0..<layout.sentences).flatMap { sentence in
        rows.rows(layout.rows(ofSentence: sentence)).elements
          + [Float](repeating: 0, count: (time - layout.lengths[sentence]) * width)
      })
  }
}
