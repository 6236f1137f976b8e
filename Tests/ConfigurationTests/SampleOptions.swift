import Configuration

/// Options as the rest of the project writes them: defaults, and the compiler's own `Codable`.
struct SampleOptions: Codable, Equatable {
  var seed: UInt64 = 1
  var epochs = 50
  var batch = Batch()
  var optimizer = Optimizer()
  var model = ModelSection(.copy(CopyOptions()))

  struct Batch: Codable, Equatable {
    var size = 100
    var shards = 8
  }

  struct Optimizer: Codable, Equatable {
    var rate: Float = 0.001
    var decay = 0.5
    var clip: Float?
    var schedule = Schedule.constant
    var milestones: [Int] = []
    var nesterov = false
  }

  enum Schedule: String, Codable, CaseIterable {
    case constant
    case warmUp = "warm-up"
  }
}

struct CopyOptions: Codable, Equatable {
  enum Decoders: String, Codable, CaseIterable { case one, mul }

  var hidden = 1000
  var dropout: Float = 0
  var teacherForcing: Float = 1
  var decoders = Decoders.one
  var vectors: String?
}

struct TagOptions: Codable, Equatable {
  var width = 300
  var dropout: Float = 0.4
  var names = ["O", "B"]
}

/// One section whose keys depend on its `kind`.
struct ModelSection: Codable, Equatable {
  enum Kind: String, Codable, CaseIterable { case copy, tag }

  enum Options: Equatable {
    case copy(CopyOptions)
    case tag(TagOptions)
  }

  let options: Options

  private enum CodingKeys: String, CodingKey { case kind }

  init(_ options: Options) { self.options = options }

  init(from decoder: any Decoder) throws {
    let kind = try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind)
    switch kind {
    case .copy: options = .copy(try CopyOptions(from: decoder))
    case .tag: options = .tag(try TagOptions(from: decoder))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch options {
    case .copy(let options):
      try container.encode(Kind.copy, forKey: .kind)
      try options.encode(to: encoder)
    case .tag(let options):
      try container.encode(Kind.tag, forKey: .kind)
      try options.encode(to: encoder)
    }
  }
}

/// The options of a text, `x.yaml`, and of overrides, over defaults.
func decode(
  _ text: String, overrides: [String] = [], defaults: SampleOptions = SampleOptions()
) throws -> SampleOptions {
  let document = try ConfigurationDocument(text: text, name: "x.yaml")
    .overridden(by: overrides.map { try ConfigurationOverride($0) })
  return try document.decode(SampleOptions.self, defaults: defaults)
}

/// The error of such options.
func message(_ text: String, overrides: [String] = []) -> String {
  do {
    return "no error, but \(try decode(text, overrides: overrides))"
  } catch {
    return "\(error)"
  }
}
