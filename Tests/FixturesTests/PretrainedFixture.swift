import Autodiff
import Corpora
import Foundation
import Layers
import Models
import Pretrained
import Tensors
import Testing

/// A file of pretrained weights: what the reader's process loads is what the file holds, and the first block gives what
/// its record says.
struct PretrainedFixture {
  private let fixture: Fixture
  private let url: URL

  init(_ fixture: Fixture, _ url: URL) { (self.fixture, self.url) = (fixture, url) }

  func check() throws {
    var file = try TransformerFile(url.path)
    let network = GenerativeNetwork(
      file.shape, hasLabels: try fixture.contains("head/bio"))
    let values = Slab(count: network.layout.count)
    let coverage = try file.load(network.layout, into: values)
    let hasHead = try fixture.contains("head/token")
    #expect(coverage.missing == (hasHead ? [] : ["head.token"]) && coverage.unused.isEmpty)
    let loaded = network.layout.parameters.filter { hasHead || !$0.name.hasPrefix("head.token") }
    #expect(coverage.values == loaded.reduce(0) { $0 + $1.values.count })
    for parameter in loaded {
      let array = parameter.name.replacing(".", with: "/")
      #expect(try fixture.shape(array) == parameter.shape, "\(array)")
      #expect(try fixture.floats(array) == Array(values.buffer[parameter.values]), "\(array)")
    }
    #expect(try fixture.shape("vocab") == [file.vocabulary.count])
    fixture.leaveOut("vocab")
    if let record = try file.reference() {
      #expect(try fixture.integers("reference/ids") == record.ids)
      #expect(try fixture.integers("reference/segments") == record.segments)
      #expect(try fixture.floats("reference/hidden") == record.hidden)
      #expect(
        record.difference(to: network.encoder, on: fixture.tape(values)) < ReferenceRecord.tolerance
      )
    }
  }
}
