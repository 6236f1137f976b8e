import Autodiff
import Layers
import Tensors
import Testing

@testable import Pretrained

/// Loads a file into an encoder with a head for tokens, and proves it by its record.
///
/// - Parameter body: called with the file, what it covers, and the values of each parameter.
func withLoaded(
  _ path: String,
  _ body: (borrowing TransformerFile, TransformerFile.Coverage, [String: [Float]]) throws -> Void
) throws {
  var file = try TransformerFile(path)
  var layout = ParameterLayout()
  let encoder = TransformerEncoder(file.shape, in: &layout)
  _ = TokenHead(
    "head.token", words: encoder.embedding.word, epsilon: file.shape.epsilon, in: &layout)
  let slab = Slab(count: layout.count)
  let coverage = try file.load(layout, into: slab)
  let record = try #require(try file.reference())
  #expect(record.difference(to: encoder, on: Tape(parameters: slab)) == 0)
  let values = Dictionary(
    uniqueKeysWithValues: layout.parameters.map { ($0.name, Array(slab.buffer[$0.values])) })
  try body(file, coverage, values)
}
