import Foundation
import TestSupport
import Testing

@testable import Corpora

struct RelationNameTests {
  @Test(
    "names that mean no relation are known in any spelling",
    arguments: [
      "None", "none", "NONE", "NA", "N/A", "n/a", "n.a.", "no_relation", "no relation",
      "No-Relation",
      "NoRelation", "norelation", "NO_RELATION", "no\u{a0}relation", "Null", "<none>", "unrelated",
      "not related", "no_rel",
    ])
  func none(name: String) {
    #expect(RelationName.meansNone(name))
  }

  @Test(
    "other names are relations",
    arguments: [
      "Other", "nationality", "no", "/people/person/nationality", "NA_located", "nonexistent",
      "noun", "_",
      "relation", "na\u{301}",
    ])
  func some(name: String) {
    #expect(!RelationName.meansNone(name))
  }

  /// One pair labelled as no relation, in each format.
  static let files: [(format: CorpusFormat, files: [String: String])] = [
    (.triples, ["in": #"[{"text":"a b","triple_list":[["a","NAME","b"],["a","r","b"]]}]"#]),
    (
      .cotype,
      [
        "in":
          #"{"sentText":"a b","relationMentions":[{"em1Text":"a","em2Text":"b","label":"NAME"},"#
          + #"{"em1Text":"a","em2Text":"b","label":"r"}]}"#
      ]
    ),
    (
      .copyre,
      ["in": "[[[1,2]],[[0,1,0,0,1,1]]]", "w": #"{"a":1,"b":2}"#, "r": #"{"NAME":0,"r":1}"#]
    ),
    (.tuples, ["in.sent": "a b\n", "in.tup": "a ; b ; NAME | a ; b ; r\n"]),
    (
      .conll04,
      ["in": "#doc 1\n0\ta\tB-P\t['NAME', 'r']\t[1, 1]\n1\tb\tB-P\t['N']\t[1]\n"]
    ),
    (
      .spert,
      [
        "in":
          #"[{"tokens":["a","b"],"entities":[{"type":"P","start":0,"end":1},{"type":"P","start":1,"end":2}],"#
          + #""relations":[{"type":"NAME","head":0,"tail":1},{"type":"r","head":0,"tail":1}]}]"#
      ]
    ),
    (
      .dygie,
      ["in": #"{"sentences":[["a","b"]],"relations":[[[0,0,1,1,"NAME"],[0,0,1,1,"r"]]]}"#]
    ),
    (
      .spo,
      [
        "in": #"{"text":"a b","spo_list":[{"subject":"a","predicate":"NAME","object":"b"},"#
          + #"{"subject":"a","predicate":"r","object":"b"}]}"#
      ]
    ),
    (
      .tplinker,
      [
        "in": #"{"text":"a b","relation_list":[{"subj_char_span":[0,1],"obj_char_span":[2,3],"#
          + #""predicate":"NAME"},{"subj_char_span":[0,1],"obj_char_span":[2,3],"predicate":"r"}]}"#
      ]
    ),
    (
      .docred,
      [
        "in":
          #"[{"sents":[["a","b"]],"vertexSet":[[{"pos":[0,1],"sent_id":0}],[{"pos":[1,2],"sent_id":0}]],"#
          + #""labels":[{"h":0,"t":1,"r":"NAME"},{"h":0,"t":1,"r":"r"}]}]"#
      ]
    ),
    (
      .records,
      [
        "in":
          #"[{"tokenized_text":["a","b"],"relations":[{"head":{"position":[0,0]},"tail":{"position":[1,1]},"#
          + #""relation_text":"NAME"},{"head":{"position":[0,0]},"tail":{"position":[1,1]},"relation_text":"r"}]}]"#
      ]
    ),
    (
      .tacred,
      [
        "in":
          #"[{"relation":"NAME","token":["a","b"],"subj_start":0,"subj_end":0,"obj_start":1,"obj_end":1},"#
          + #"{"relation":"r","token":["a","b"],"subj_start":0,"subj_end":0,"obj_start":1,"obj_end":1}]"#
      ]
    ),
    (
      .doccano,
      [
        "in": #"{"text":"a b","entities":[{"id":0,"start_offset":0,"end_offset":1,"label":"P"},"#
          + #"{"id":1,"start_offset":2,"end_offset":3,"label":"P"}],"relations":["#
          + #"{"from_id":0,"to_id":1,"type":"NAME"},{"from_id":0,"to_id":1,"type":"r"}]}"#
      ]
    ),
    (
      .prodigy,
      [
        "in": #"{"text":"a b","tokens":[{"start":0,"end":1,"id":0},{"start":2,"end":3,"id":1}],"#
          + #""relations":[{"head":0,"child":1,"label":"NAME"},{"head":0,"child":1,"label":"r"}]}"#
      ]
    ),
    (
      .jsonl,
      [
        "in": #"{"tokens":["a","b"],"triples":[{"head":[0,0],"relation":"NAME","tail":[1,1]},"#
          + #"{"head":[0,0],"relation":"r","tail":[1,1]}]}"#
      ]
    ),
    (
      .brat,
      [
        "in.txt": "a b",
        "in.ann": "T1\tP 0 1\ta\nT2\tP 2 3\tb\nR1\tNAME Arg1:T1 Arg2:T2\nR2\tr Arg1:T1 Arg2:T2\n",
      ]
    ),
  ]

  @Test("every format has its pair")
  func everyFormat() {
    #expect(Set(Self.files.map(\.format)) == Set(CorpusFormat.allCases))
  }

  @Test(
    "one rule for all formats: no relation is left out and counted, or kept by name",
    arguments: files)
  func rule(format: CorpusFormat, files: [String: String]) throws {
    // A type of brat ends at a blank.
    let names = ["None", "NA", "no_relation", "N/A"] + (format == .brat ? [] : ["No Relation"])
    for name in names {
      let left = try convert(format, files, name)
      #expect(left.sentences.flatMap(\.triples).map(\.relation) == ["r"])
      #expect(left.tally == [.noRelation: 1])
      #expect(left.report(output: "o").contains("keeps one): '\(name)' 1"))
      let kept = try convert(format, files, name, kept: [name])
      #expect(kept.sentences.flatMap(\.triples).map(\.relation) == [name, "r"])
      #expect(kept.tally == [:])
    }
  }

  @Test("Other is kept and pointed out, and left out by name", arguments: files)
  func other(format: CorpusFormat, files: [String: String]) throws {
    let kept = try convert(format, files, "Other")
    #expect(kept.sentences.flatMap(\.triples).map(\.relation) == ["Other", "r"])
    #expect(kept.tally == [.other: 1])
    let said = try convert(format, files, "Other", kept: ["Other"])
    #expect(said.tally == [:])
    let left = try convert(format, files, "Other", dropped: ["Other"])
    #expect(left.sentences.flatMap(\.triples).map(\.relation) == ["r"])
    #expect(left.tally == [.dropped: 1])
  }

  @Test("names that the user gives and no triple has are said")
  func unmatched() throws {
    let report = try convert(.triples, Self.files[0].files, "q", kept: ["NA"], dropped: ["Q", "q"])
      .report(output: "o")
    #expect(report.contains("  --keep-relation NA: no triple has this relation"))
    #expect(report.contains("  --drop-relation Q: no triple has this relation"))
    #expect(!report.contains("--drop-relation q:"))
  }

  @Test(
    "an empty name, and one with a tab or a line end, is refused by every reader", arguments: files)
  func refused(format: CorpusFormat, files: [String: String]) throws {
    // In lines and columns no name can hold these, and a list of names has no empty one.
    let isText = [.tuples, .conll04, .brat].contains(format)
    let names = ["", " ", "\u{a0}"] + (isText ? [] : [#"a\tb"#, #"a\nb"#, #"\u2028"#, #"a\rb"#])
    for name in names where !(isText && name != "") {
      let found = try #require(message { try convert(format, files, name) }, "'\(name)'")
      #expect(found.split(separator: "\n").count == 1)
      #expect(found.contains("record 1"), "\(found)")
    }
    guard format == .jsonl else { return }
    for name in ["", #"a\tb"#] {
      let text = (files["in"] ?? "").replacing("NAME", with: name)
      #expect(throws: CorpusError.self) { try JSONLines.parse(Array(text.utf8), name: "x") }
    }
  }

  private func convert(
    _ format: CorpusFormat, _ files: [String: String], _ name: String, kept: [String] = [],
    dropped: [String] = []
  ) throws -> Conversion {
    try inFolder(files.mapValues { $0.replacing("NAME", with: name) }) { folder in
      var options = ConversionOptions()
      (options.kept, options.dropped) = (kept, dropped)
      let needsNames = !format.needs.isEmpty
      return try format.read(
        "\(folder)/in", words: needsNames ? "\(folder)/w" : nil,
        relations: needsNames ? "\(folder)/r" : nil, options: options)
    }
  }
}
