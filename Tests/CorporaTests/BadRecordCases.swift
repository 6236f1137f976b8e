@testable import Corpora

extension BadRecordTests {
  /// Files of which the second record of three is bad, and the start of its fault.
  static let files: [(format: CorpusFormat, files: [String: String], fault: String)] = [
    (
      .triples,
      [
        "in":
          #"[{"text":"a b","triple_list":[["a","r","b"]]},{"text":"a","triple_list":[["a","r",""]]},"#
          + #"{"text":"c","triple_list":[]}]"#
      ], "in:1: record 2: an entity of a triple is empty"
    ),
    (
      .triples,
      [
        "in": "{\"text\":\"a\",\"triple_list\":[]}\n{\"text\":\"b\",\"triple_list\":[}\n"
          + "{\"text\":\"c\",\"triple_list\":[]}\n"
      ], "in:2: record 2: malformed JSON: '}' where a value should be"
    ),
    (
      .cotype,
      [
        "in": #"{"sentText":"a","relationMentions":[],"sentId":7}"# + "\n"
          + #"{"sentText":"a","relationMentions":[{"em1Text":"a","em2Text":1,"label":"r"}],"sentId":8}"#
          + "\n" + #"{"sentText":"a","relationMentions":[],"sentId":9}"#
      ], "in:2: record 2 (id '8'): relationMentions[0].em2Text is the number 1, expected a string"
    ),
    (
      .copyre,
      ["in": "[[[1],[2],[1]],[[],[],[]]]", "w": #"{"a":1}"#, "r": #"{"r":1}"#],
      "in:1: record 2: word id 2 is not in w"
    ),
    (
      .tuples, ["in.sent": "a b\nc\nd\n", "in.tup": "a ; b ; r\nc ; r\n\n"],
      "in.tup:2: record 2: tuple 'c ; r' has 2 parts"
    ),
    (
      .conll04,
      [
        "in": "#doc 4\n0\ta\tO\t['N']\t[0]\n#doc 5\n0\ta\tO\t['N']\t[0]\n2\tb\tO\t['N']\t[0]\n"
          + "#doc 6\n0\ta\tO\t['N']\t[0]\n"
      ], "in:5: record 2 (id '5'): token number '2', expected 1"
    ),
    (
      .spert,
      [
        "in": #"[{"tokens":["a"],"orig_id":"x"}, {"tokens":["a"],"relations":[{}],"orig_id":"y"}, "#
          + #"{"tokens":["b"],"orig_id":"z"}]"#
      ], "in:1: record 2 (id 'y'): relations[0] has no key 'head'"
    ),
    (
      .dygie,
      [
        "in": "{\"doc_key\":\"d1\",\"sentences\":[[\"a\"]]}\n"
          + "{\"doc_key\":\"d2\",\"sentences\":[[\"a\"],[\"b c\"]]}\n"
          + "{\"doc_key\":\"d3\",\"sentences\":[[\"a\"]]}\n"
      ], "in:2: record 2 (id 'd2'): tokens[0], 'b c', holds a blank"
    ),
    (
      .jsonl,
      [
        "in": "{\"id\":\"p\",\"tokens\":[\"a\"],\"triples\":[]}\n\n"
          + "{\"id\":\"q\",\"tokens\":[\"a\"],\"triples\":[{\"head\":[0,1],\"relation\":\"r\",\"tail\":[0,0]}]}\n"
          + "{\"id\":\"o\",\"tokens\":[\"a\"],\"triples\":[]}\n"
      ], "in:3: record 2 (id 'q'): triples[0].head is [0, 1], outside a sentence of 1 tokens"
    ),
    lines(
      .spo, #"{"text":"a","spo_list":[]}"#,
      #"{"text":"a","spo_list":[{"subject":"a","predicate":"r"}]}"#,
      "record 2: spo_list[0] has no key 'object'"),
    lines(
      .tplinker, #"{"text":"a","relation_list":[]}"#,
      #"{"id":"t","text":"a","relation_list":[{"subject":"a","object":"a"}]}"#,
      "record 2 (id 't'): relation_list[0] has no key 'predicate'"),
    lines(
      .docred, #"{"sents":[["a"]],"vertexSet":[]}"#,
      #"{"title":"T","sents":[["a"]],"vertexSet":[[{"pos":[0,2],"sent_id":0}]]}"#,
      "record 2 (id 'T'): vertexSet[0][0].pos is 0..<2"),
    lines(
      .records, #"{"tokenized_text":["a"]}"#, #"{"tokenized_text":["a"],"ner":[[0,1,"T"]]}"#,
      "record 2: ner[0] is [0, 1]"),
    lines(
      .doccano, #"{"text":"a","label":[]}"#, #"{"id":2,"text":"a","label":[[0,9,"T"]]}"#,
      "record 2 (id '2'): label[0] is 0..<9"),
    lines(
      .prodigy, #"{"text":"a","relations":[]}"#,
      #"{"text":"a","tokens":[{"start":0,"end":7}],"relations":[]}"#,
      "record 2: tokens[0]"),
    (
      .tacred, ["in": tacred("a", 0) + tacred("b", 1) + tacred("c", 0)],
      "in:2: record 2 (id 'b'): obj is [0, 1], outside a sentence of 1 tokens"
    ),
    (
      .brat,
      [
        "a.txt": "a", "a.ann": "T1\tP 0 1\ta\n", "b.txt": "b", "b.ann": "\nT1\tP 0 2\tb\n",
        "c.txt": "c", "c.ann": "",
      ], "b.ann:2: record 2: T1 is 0..<2, outside a text of 1 characters"
    ),
  ]

  /// A sentence of one word, with an object that ends at a token.
  private static func tacred(_ word: String, _ end: Int) -> String {
    #"{"id":"\#(word)","token":["\#(word)"],"relation":"r","subj_start":0,"subj_end":0,"#
      + "\"obj_start\":0,\"obj_end\":\(end)}\n"
  }

  /// A record a line, the second of three bad.
  private static func lines(
    _ format: CorpusFormat, _ good: String, _ bad: String, _ fault: String
  ) -> (format: CorpusFormat, files: [String: String], fault: String) {
    (format, ["in": "\(good)\n\(bad)\n\(good)\n"], "in:2: \(fault)")
  }
}
