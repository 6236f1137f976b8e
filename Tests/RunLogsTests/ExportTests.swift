import Foundation
import TestSupport
import Testing

@testable import RunLogs

@Suite("Run logs for other programs")
struct ExportTests {
  /// The check values of RFC 3720, appendix B.4, and of the catalogue of CRC algorithms.
  @Test(
    "checksums are those of the standard",
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
      (Array("123456789".utf8), 0xE306_9283), ([], 0),
    ] as [([UInt8], UInt32)])
  func checksums(bytes: [UInt8], sum: UInt32) { #expect(CRC32C.checksum(bytes) == sum) }

  @Test("messages are those of Protocol Buffers")
  func messages() {
    var inner = ProtobufMessage()
    inner.add(field: 1, "ab")
    inner.add(field: 2, Float(1.5))
    var outer = ProtobufMessage()
    outer.add(field: 1, -2.0)
    outer.add(field: 2, UInt64(300))
    outer.add(field: 5, inner)
    #expect(
      outer.bytes == [0x09, 0, 0, 0, 0, 0, 0, 0, 0xC0, 0x10, 0xAC, 0x02, 0x2A, 9]
        + [0x0A, 2, 0x61, 0x62, 0x15, 0, 0, 0xC0, 0x3F])
  }

  private static let run = Sample.run([
    Sample.start(), Sample.step(1, epoch: 0, at: 1.5),
    Sample.evaluation(step: 1, epoch: 0, f1: 0.5, tagF1: 0.25, at: 2),
    Sample.step(2, epoch: 1, at: 3),
  ])

  @Test("a file of events replaces the one before")
  func events() throws {
    try withTemporaryDirectory { folder in
      let target = folder.path + "/events/run"
      try EventFile(Self.run).write(to: target)
      let first = try Data(contentsOf: URL(filePath: "\(target)/\(EventFile.fileName)"))
      try EventFile(Self.run).write(to: target)
      #expect(try FileManager.default.contentsOfDirectory(atPath: target) == [EventFile.fileName])
      #expect(try Data(contentsOf: URL(filePath: "\(target)/\(EventFile.fileName)")) == first)
      try Data().write(to: folder.appending(path: "file"))
      let refused = #expect(throws: RunLogError.self) {
        try EventFile(Self.run).write(to: folder.path + "/file")
      }
      #expect(refused?.description.contains("cannot be written: ") == true, "\(refused as Any)")
    }
  }

  @Test("CSV has a line a step and a line an evaluation")
  func csv() {
    let table = CSVTable(losses: ["L_D", "L_E", "L_X"])
    #expect(
      table.header == "run,event,step,epoch,time,L_D,L_E,L_X,total,gradient_norm,rate,"
        + "sentences_per_second,cost,precision,recall,f1,tag_f1")
    let time = "2023-11-14T22:13:2"
    #expect(
      table.lines(of: Self.run, name: "a,\"b\"") == [
        "\"a,\"\"b\"\"\",step,1,1,\(time)1.500Z,24.9,3.125,,28.025,9.75,0.001,10.0,100,,,,",
        "\"a,\"\"b\"\"\",evaluation,1,1,\(time)2.000Z,,,,,,,,,0.0353,0.0213,0.5,0.25",
        "\"a,\"\"b\"\"\",step,2,2,\(time)3.000Z,24.9,3.125,,28.025,9.75,0.001,10.0,100,,,,",
      ])
    let entries = [Sample.step(2, epoch: 1, at: 3), Sample.end(step: 2, at: 3)]
    #expect(entries.map { table.line(of: $0, name: "r") != nil } == [true, false])
  }
}
