import Foundation
import Tensors
import TestSupport
import Testing

/// A fixture file, shown by its name.
struct FixtureFile: Sendable, CustomTestStringConvertible {
  let url: URL
  var testDescription: String { url.lastPathComponent }

  /// The folder in `TERCET_FIXTURES`, else the project's own.
  static let folder: URL = {
    let given = ProcessInfo.processInfo.environment["TERCET_FIXTURES"]
    return given.map { URL(filePath: $0) } ?? packageRoot.appending(path: "Tests/Fixtures")
  }()

  /// The files of HDF5.
  static let all = files(".h5")
  /// The files of cases, JSON.
  static let cases = files("cases.json")

  /// The files whose names end so.
  static func files(_ ending: String) -> [FixtureFile] {
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return (files ?? []).filter { $0.lastPathComponent.hasSuffix(ending) }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }.map { FixtureFile(url: $0) }
  }
}

@Suite("Fixtures")
struct FixturesTests {
  @Test("the folder of fixtures holds files")
  func folderIsNotEmpty() {
    #expect(!FixtureFile.all.isEmpty, "no *.h5 in \(FixtureFile.folder.path)")
  }

  @Test(
    "every dataset of a fixture is matched, whichever library multiplies",
    arguments: FixtureFile.all, ProductLibrary.allCases.filter(\.isSupported))
  func matches(_ file: FixtureFile, _ library: ProductLibrary) throws {
    let fixture = try Fixture(file.url, library)
    if try fixture.attributes().contains("decoder") {
      try ModelFixture(fixture).check()
    } else if try fixture.attributes().contains("gru_form") {
      try RINFixture(fixture).check()
    } else if try fixture.attributes().contains("je_scheme") {
      try HMTFixture(fixture).check()
    } else if try fixture.attributes().contains("condition") {
      try CascadeFixture(fixture).check()
    } else if try fixture.attributes().contains("heads"), try fixture.contains("mask/grad") {
      try TransformerFixture(fixture).check()
    } else if try fixture.attributes().contains("heads"), try fixture.contains("mask/copy") {
      try DecodingFixture(fixture).check()
    } else if try fixture.attributes().contains("max_chars") {
      try WordSequenceFixture(fixture).check()
    } else if try fixture.contains("format") {
      try PretrainedFixture(fixture, file.url).check()
    } else if let group = try fixture.groups().first, try fixture.contains("\(group)/emissions") {
      try checkChains(fixture)
    } else if let group = try fixture.groups().first, try fixture.contains("\(group)/out_avg") {
      try checkEncoders(fixture)
    } else {
      Issue.record("\(fixture.name): neither a model nor a chain nor an encoder")
    }
    try fixture.expectAllRead()
  }

  @Test("tags, spans and triples of a file of cases", arguments: FixtureFile.cases)
  func cases(_ file: FixtureFile) throws {
    let json = try Data(contentsOf: file.url)
    try checkHMTCases(json)
    try checkRINCases(json)
  }
}
