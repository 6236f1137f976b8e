import Testing

@testable import Typesetting

@Suite("Columns of a terminal")
struct ColumnsTests {
  @Test(
    "wide characters take two columns, marks that join another none",
    arguments: [
      ("", 0), ("Wheeler", 7), ("Köln", 4), ("e\u{301}", 1), ("北京", 4), ("ｶﾅ", 2), ("Ａ", 2),
      ("한국", 4), ("\u{200B}a", 1), ("😀", 2), ("− “x” …", 7), ("ひらがな", 8),
    ])
  func columns(_ text: String, _ columns: Int) { #expect(text.columns == columns, "\(text)") }
}

@Suite("Lines that fit")
struct LinesTests {
  static let text =
    "On 北京大学 and Massachusetts-Institute-of-Technology-and-more: a word that is too wide is cut."

  @Test("every line fits, and no word is lost", arguments: [4, 10, 40, 80, 200])
  func wrapped(_ width: Int) {
    for indent in [0, 2] {
      let lines = Lines.wrapped(Self.text, to: width, indent: indent)
      for line in lines { #expect(line.columns <= width, "\(line)") }
      for line in lines.dropFirst() {
        #expect(line.hasPrefix(String(repeating: " ", count: indent)))
      }
      #expect(lines.joined().filter { $0 != " " } == Self.text.filter { $0 != " " })
    }
    #expect(Lines.wrapped(Self.text, to: nil) == [Self.text])
    #expect(Lines.wrapped("a b c", to: 3) == ["a b", "c"])
  }

  @Test("fields of a line of progress go from the right, then the first is cut")
  func fitted() {
    let line = "epoch 1/30  step 7  loss 52.3100  235.1 sentences/s"
    #expect(Lines.fitted(line, to: 80) == line)
    #expect(Lines.fitted(line, to: 40) == "epoch 1/30  step 7  loss 52.3100")
    #expect(Lines.fitted(line, to: 20) == "epoch 1/30  step 7")
    #expect(Lines.fitted(line, to: 5) == "epoch")
  }
}

@Suite("Tables that fit")
struct TextTableTests {
  static let table = TextTable(
    header: ["", "match", "P", "R", "F1", "ceiling F1", "correct", "predicted", "gold"],
    rows: [
      ["all", "exact", "0.5950", "0.5600", "0.5770", "0.9780", "899", "1511", "1607"],
      [
        "entity length >3", "partial-last by string", "0.5950", "-", "1.0000", "0.9780", "1", "7",
        "16",
      ],
      ["北京大学", "exact", "0.1234", "0.5600", "0.5770", "0.9780", "899", "1511", "1607"],
    ], keys: 2)

  @Test("a table that fits has a line a row, aligned")
  func whole() {
    let lines = Self.table.lines(width: 200)
    #expect(lines == Self.table.lines(width: nil))
    #expect(
      lines == [
        "                  match                        P       R      F1  ceiling F1  correct  "
          + "predicted  gold",
        "all               exact                   0.5950  0.5600  0.5770      0.9780      899       "
          + "1511  1607",
        "entity length >3  partial-last by string  0.5950       -  1.0000      0.9780        1       "
          + "   7    16",
        "北京大学          exact                   0.1234  0.5600  0.5770      0.9780      899       "
          + "1511  1607",
      ])
  }

  @Test("a table that is too wide stands in parts one below the other")
  func blocks() {
    let lines = Self.table.lines(width: 80)
    #expect(lines.count == 9)
    #expect(lines[0].hasSuffix("P       R      F1  ceiling F1"))
    #expect(lines[4].isEmpty)
    #expect(
      lines[7] == "entity length >3  partial-last by string        1          7    16")
  }

  @Test("in a narrow terminal a row is a paragraph")
  func paragraphs() {
    let lines = Self.table.lines(width: 40)
    #expect(
      lines.prefix(4) == [
        "match", "all  exact", "  P 0.5950  R 0.5600  F1 0.5770",
        "  ceiling F1 0.9780  correct 899",
      ])
  }

  @Test("no layout loses a cell or is too wide", arguments: [10, 20, 40, 60, 80, 100, 104, 120])
  func widths(_ width: Int) {
    let lines = Self.table.lines(width: width)
    for line in lines { #expect(line.columns <= width, "\(line)") }
    let text = lines.joined().filter { $0 != " " }
    for cell in ["0.5950", "0.1234", "1511", "1607", "predicted", "-", "partial-lastbystring"] {
      #expect(text.contains(cell), "\(cell) at \(width)")
    }
  }
}

@Suite("Figures")
struct FigureTests {
  @Test(
    "numbers keep their significant digits",
    arguments: [
      (24.913, "24.9"), (3.1, "3.10"), (0.0221, ".0221"), (0.5, ".500"), (-0.5, "-.500"),
      (1234.56, "1235"), (0, "0"), (1e9, "1.00e+09"), (0.00002214, "2.21e-05"), (.infinity, "inf"),
      (99.96, "100.0"),
    ])
  func significant(value: Double, text: String) {
    #expect(Figures.significant(value, digits: 3) == text)
  }

  @Test("scores have four digits", arguments: [(0.02651, ".0265"), (1, "1.0000"), (0, ".0000")])
  func scores(value: Double, text: String) { #expect(Figures.score(value) == text) }

  @Test(
    "whole numbers have commas",
    arguments: [(0, "0"), (999, "999"), (8_912_331, "8,912,331"), (-1000, "-1,000")])
  func grouped(count: Int, text: String) { #expect(Figures.grouped(count) == text) }

  @Test("things are counted")
  func counts() {
    let texts = [0, 1, 2040].map { Figures.count($0, "step") }
    #expect(texts == ["0 steps", "1 step", "2,040 steps"])
  }

  @Test(
    "durations have the units that matter",
    arguments: [
      (0, "0 s", "0s", "0:00"), (45.4, "45 s", "45s", "0:45"), (99, "99 s", "99s", "1:39"),
      (128, "2 min 8 s", "2m8s", "2:08"), (750, "13 min", "13m", "12:30"),
      (3599, "60 min", "60m", "59:59"), (4680, "1 h 18 min", "1h18m", "1:18:00"),
      (183_600, "2 d 3 h", "2d3h", "51:00:00"), (-3, "0 s", "0s", "0:00"),
      (.nan, "0 s", "0s", "0:00"),
    ])
  func durations(seconds: Double, long: String, short: String, clock: String) {
    #expect(Figures.duration(seconds) == long)
    #expect(Figures.shortDuration(seconds) == short)
    #expect(Figures.clock(seconds) == clock)
  }
}

@Suite("Sparklines")
struct SparklineTests {
  @Test(
    "the least value is the lowest bar, the greatest the highest",
    arguments: [
      ([0, 1, 2, 3, 4, 5, 6, 7], 10, "▁▂▃▄▅▆▇█"), ([5, 5, 5], 10, "▁▁▁"), ([], 10, ""),
      ([1, 1, 8, 8], 2, "▁█"), ([0, 100, 50], 3, "▁█▅"), ([.nan, 1, 2], 9, "▁█"),
    ] as [([Double], Int, String)])
  func curves(values: [Double], width: Int, text: String) {
    #expect(Sparkline.text(values, width: width) == text)
  }

  @Test("no curve is wider than it may be", arguments: [1, 7, 40, 99])
  func widths(_ width: Int) {
    #expect(Sparkline.text((0..<99).map(Double.init), width: width).columns == width)
  }
}
