import Corpora
import Testing

struct TokenizationTests {
  /// Text and its tokens, between blanks.
  static let words: [(text: String, tokens: String)] = [
    ("Alan Bean was born in Wheeler, Texas.", "Alan Bean was born in Wheeler , Texas ."),
    ("He left Time Inc. in the U.S.-led war.", "He left Time Inc. in the U.S. - led war ."),
    ("Time Inc.", "Time Inc."),
    (
      "J.R.R. Tolkien met J.K.Rowling at 3 p.m., e.g.",
      "J.R.R. Tolkien met J.K. Rowling at 3 p.m. , e.g."
    ),
    ("A.F.C Blackpool, vitamin A... plan b.", "A.F.C Blackpool , vitamin A. .. plan b ."),
    ("in Texas.He left St.Louis", "in Texas . He left St. Louis"),
    ("the New York-based firm", "the New York - based firm"),
    ("Germany's and the boys' toys", "Germany 's and the boys ' toys"),
    ("Germany’s, Inc.'s and “X”’s", "Germany ’s , Inc. 's and “ X ” ’s"),
    ("'S.S. Robur' ('S.S.') BLEU&Co RS&A", "' S.S. Robur ' ( ' S.S. ' ) BLEU & Co RS&A"),
    ("don't, DON’T and can't", "do n't , DO N’T and ca n't"),
    ("O'Neill's d'Amato we'll they've o'clock", "O'Neill 's d'Amato we 'll they 've o'clock"),
    ("'Time' and 'D' \"Life\" ``Look''", "' Time ' and ' D ' \" Life \" `` Look ''"),
    ("(NASA), [ESA]; {x}", "( NASA ) , [ ESA ] ; { x }"),
    (
      "HIV/AIDS and/or A&B, AT&T, Simon&Schuster",
      "HIV / AIDS and / or A&B , AT&T , Simon & Schuster"
    ),
    ("3.5 1,000,000 7:30 2010,2011 1:1", "3.5 1,000,000 7:30 2010 , 2011 1 : 1"),
    ("$100, 62%, €3.50, 5°C", "$ 100 , 62 % , € 3.50 , 5 ° C"),
    ("-3.5 (-4) 1999-2000", "-3.5 ( -4 ) 1999 - 2000"),
    ("wait -- what... no—yes", "wait -- what ... no — yes"),
    ("-LRB- x -RRB- n't 's 've", "-LRB- x -RRB- n't 's 've"),
    ("Windows® C++ #tag @user a_b", "Windows ® C + + # tag @ user a _ b"),
    ("\u{A0}a\u{A0}b\u{2009}c\u{3000}d\u{2028}e\r\nf\u{85}", "a b c d e f"),
    ("e\u{301}te\u{301}, naïve", "e\u{301}te\u{301} , naïve"),
    ("go 👩‍🚀👍🏽🇩🇪.", "go 👩‍🚀 👍🏽 🇩🇪 ."),
    ("a\u{200B}b \u{FEFF}c", "a \u{200B} b \u{FEFF} c"),
    (" \u{301}x", "\u{301}x"),
    ("", ""), (" \n", ""),
  ]

  @Test("words parts punctuation as public corpora do", arguments: words)
  func partsWords(text: String, tokens: String) {
    #expect(Tokenization.words.tokens(of: text).map(\.text) == pieces(tokens))
  }

  static let characters: [(text: String, tokens: String)] = [
    ("氯吡格雷联合阿司匹林治疗ACS。", "氯 吡 格 雷 联 合 阿 司 匹 林 治 疗 ACS 。"),
    ("CD4+T细胞的HbA1c为3.5mg", "CD4 + T 细 胞 的 HbA1c 为 3 . 5mg"),
    ("ＡＢ１２とカタカナ　です", "ＡＢ１２ と カ タ カ ナ で す"),
    ("か\u{3099}き", "か\u{3099} き"),
    ("《红楼梦》 New York", "《 红 楼 梦 》 New York"),
  ]

  @Test("characters leaves runs of letters and digits whole", arguments: characters)
  func partsCharacters(text: String, tokens: String) {
    #expect(Tokenization.characters.tokens(of: text).map(\.text) == pieces(tokens))
  }

  @Test("blanks parts at ASCII blanks alone")
  func blanks() {
    let tokens = Tokenization.blanks.tokens(of: " a\u{A0}b,\t\r\nc\u{1F600}")
    #expect(tokens.map(\.text) == ["a\u{A0}b,", "c\u{1F600}"])
    #expect(tokens.map(\.offset) == [1..<5, 8..<10])
    #expect(Tokenization.blanks.words(of: " a\u{A0}b,\t\r\nc") == ["a\u{A0}b,", "c"])
  }

  @Test(
    "a token is the text at its offset, and between tokens lies white space alone",
    arguments: Tokenization.allCases)
  func offsets(_ tokenization: Tokenization) {
    for text in (Self.words + Self.characters).map(\.text) {
      let scalars = Array(text.unicodeScalars)
      var (end, gaps) = (0, [Unicode.Scalar]())
      for token in tokenization.tokens(of: text) {
        #expect(Array(token.text.unicodeScalars) == Array(scalars[token.offset]))
        gaps += scalars[end..<token.offset.lowerBound]
        end = token.offset.upperBound
      }
      gaps += scalars[end...]
      #expect(gaps.filter { !$0.properties.isWhitespace } == [])
    }
  }

  @Test("a compound that a model knows stays whole, at its place")
  func compounds() {
    let known: Set = ["state-of-the-art", "Amazon.com", "$100", "Texas."]
    let tokens = Tokenization.words.tokens(
      of: "(state-of-the-art) Amazon.com-based, $100 Texas.", keeping: known.contains)
    #expect(
      tokens.map(\.text) == [
        "(", "state-of-the-art", ")", "Amazon.com", "-", "based", ",", "$", "100", "Texas", ".",
      ])
    #expect(tokens[1].offset == 1..<17)
  }

  private func pieces(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

  static let looks: [(sentences: [String], said: [Tokenization?], found: Tokenization)] = [
    (["Ann left Bonn , Germany .", "So did Mr. Lee ."], [nil], .words),
    (["Ann left Bonn, Germany.", "So did Mr. Lee ."], [nil], .blanks),
    (["Ann left Bonn", "So did Mr. Lee"], [nil], .blanks),
    (["安 娜 离 开 ABC 公 司 。"], [nil], .characters),
    (["安娜 离开 ABC 公司 。"], [nil], .blanks),
    (["Ann left Bonn , Germany ."], [.blanks], .blanks),
    (["Ann left", "Ann left", "Ann left ."], [.words, .words, nil], .words),
  ]

  @Test("how a corpus was cut is what it says, else what its tokens look like", arguments: looks)
  func inference(sentences: [String], said: [Tokenization?], found: Tokenization) {
    let sentences = sentences.enumerated().map { i, text in
      Sentence(id: "\(i)", tokens: pieces(text), tokenization: said[min(i, said.count - 1)])
    }
    #expect(Tokenization(of: sentences) == found)
  }

  @Test("a line of JSON says how its text was cut, and another word is refused")
  func kept() throws {
    let line = #"{"id":"1","tokens":["a"],"tokenize":"words","entities":[],"triples":[]}"#
    let read = try JSONLines.parse(Array(line.utf8), name: "x")
    #expect(read.map(\.tokenization) == [.words])
    #expect(read.map(JSONLines.line) == [line])
    let other = line.replacing("words", with: "bpe")
    #expect(
      message { try JSONLines.parse(Array(other.utf8), name: "x") }
        == "x:1: record 1 (id '1'): tokenize is 'bpe', expected one of 'blanks', 'words', 'characters'"
    )
  }
}
