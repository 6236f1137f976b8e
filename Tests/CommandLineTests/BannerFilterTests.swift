import Testing

@testable import tercet

@Suite("what mpirun says of the end of ranks")
struct BannerFilterTests {
  private static let dashes = String(repeating: "-", count: 74) + "\n"

  private func passed(_ chunks: [String]) -> (text: String, filter: BannerFilter) {
    var filter = BannerFilter()
    var text: [UInt8] = []
    for chunk in chunks { text += filter.pass(Array(chunk.utf8)[...]) }
    text += filter.pass([])
    return (String(decoding: text, as: UTF8.self), filter)
  }

  @Test("banners go, lines of ranks stay, however they are cut")
  func lines() {
    let text =
      "tercet: no such file\n" + Self.dashes + "Primary job  terminated normally, but\n"
      + Self.dashes + "mpirun: Forwarding signal 10 to job\nwarning: late\nno end"
    for size in [1, 7, 4096] {
      var rest = Array(text)[...]
      var chunks: [String] = []
      while !rest.isEmpty {
        chunks.append(String(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      let (kept, filter) = passed(chunks)
      #expect(kept == "tercet: no such file\nwarning: late\nno end")
      #expect(filter.hasPassedLines && filter.firstBanner == nil)
    }
  }

  @Test("where no rank has spoken the first banner that gives a reason is kept, on one line")
  func reason() {
    let text =
      Self.dashes + "Primary job  terminated\n" + Self.dashes + Self.dashes
      + "There are not enough slots\n\n  in the system.\n" + Self.dashes + Self.dashes
      + "Another\n" + Self.dashes
    let (kept, filter) = passed([text])
    #expect(kept.isEmpty && !filter.hasPassedLines)
    #expect(filter.firstBanner == "There are not enough slots in the system.")
  }
}
