import Corpora

extension FormatTests.Case {
  private static let ann = #"{"text":" Ann left New York , New  York . \r\n","triple_list":"#

  static let good: [FormatTests.Case] = [
    .init(
      name: "a list of records; first occurrences; an entity that the text lacks", format: .triples,
      files: [
        "in": "[\n\(ann)[[\" Ann \",\"r\",\"New York\"],[\"Ann\",\"r\",\"York New\"]]},\n"
          + "{\"text\":\"b\",\"triple_list\":[]}]"
      ],
      lines: [
        #"{"id":"1","tokens":["Ann","left","New","York",",","New","York","."],"#
          + #""entities":[{"span":[0,0]},{"span":[2,3]}],"#
          + #""triples":[{"head":[0,0],"relation":"r","tail":[2,3]},"#
          + #"{"head":[0,0],"relation":"r","tail":"York New"}]}"#,
        #"{"id":"2","tokens":["b"],"entities":[],"triples":[]}"#,
      ], tally: [.argument: 1]),
    .init(
      name: "a record a line, a repeated triple, head = tail", format: .triples,
      files: [
        "in": "{\"text\":\"a b\",\"triple_list\":[[\"a\",\"r\",\"a\"],[\"a\",\"r\",\"a\"]]}\n\n"
          + "{\"text\":\"b\",\"triple_list\":[]}\n",
        "rel": "[{\"0\":\"r\"},{\"r\":0}]",
      ], relations: "rel",
      lines: [
        #"{"id":"1","tokens":["a","b"],"entities":[{"span":[0,0]}],"#
          + #""triples":[{"head":[0,0],"relation":"r","tail":[0,0]},"#
          + #"{"head":[0,0],"relation":"r","tail":[0,0]}]}"#,
        #"{"id":"2","tokens":["b"],"entities":[],"triples":[]}"#,
      ]),
    .init(
      name: "triples of names as people write them, as objects and as lists", format: .triples,
      files: [
        "in": #"{"text":"Ann left Köln","triples":"#
          + #"[{"head":"Ann","relation":"left","tail":"Köln"}]}"#
          + "\n" + #"{"text":"Cy left","triples":[["Cy","left","Rome"]]}"#
      ],
      lines: [
        #"{"id":"1","tokens":["Ann","left","Köln"],"entities":[{"span":[0,0]},{"span":[2,2]}],"#
          + #""triples":[{"head":[0,0],"relation":"left","tail":[2,2]}]}"#,
        #"{"id":"2","tokens":["Cy","left"],"entities":[{"span":[0,0]}],"#
          + #""triples":[{"head":[0,0],"relation":"left","tail":"Rome"}]}"#,
      ], tally: [.argument: 1]),
    .init(
      name: "an accent written in another way is another entity", format: .triples,
      files: ["in": #"[{"text":"e\u0301","triple_list":[["\u00e9","r","e\u0301"]]}]"#],
      lines: [
        "{\"id\":\"1\",\"tokens\":[\"e\u{301}\"],\"entities\":[{\"span\":[0,0]}],"
          + "\"triples\":[{\"head\":\"\u{e9}\",\"relation\":\"r\",\"tail\":[0,0]}]}"
      ], tally: [.argument: 1]),
    .init(
      name: "types, negatives, a mention that the text lacks, a second type", format: .cotype,
      files: [
        "in": #"{"sentText":"Ann left Köln","sentId":"1","entityMentions":["#
          + #"{"start":0,"label":"PERSON","text":"Ann"},{"start":1,"label":"LOCATION","text":"Köln"},"#
          + #"{"start":2,"label":"ORGANIZATION","text":"Köln"},"#
          + #"{"start":3,"label":"LOCATION","text":"Koln"}],"relationMentions":["#
          + #"{"em1Text":"Ann","em2Text":"Köln","label":"r"},"#
          + #"{"em1Text":"Köln","em2Text":"Ann","label":"None"}]}"#
      ],
      lines: [
        #"{"id":"1","tokens":["Ann","left","Köln"],"entities":[{"span":[0,0],"type":"PERSON"},"#
          + #"{"span":[2,2],"type":"LOCATION"}],"triples":[{"head":[0,0],"relation":"r","tail":[2,2]}]}"#
      ], tally: [.mention: 1, .noRelation: 1, .type: 1]),
    .init(
      name: "three lists, relation 0 None", format: .copyre,
      files: [
        "in": "[[2],[[3,1]],[[1,0,1,0,1,0]]]", "w": #"{"a":1,"b":3}"#, "r": #"{"None":0,"r":1}"#,
      ], words: "w", relations: "r",
      lines: [
        #"{"id":"1","tokens":["b","a"],"entities":[{"span":[1,1]},{"span":[0,0]}],"#
          + #""triples":[{"head":[1,1],"relation":"r","tail":[0,0]}]}"#
      ], tally: [.noRelation: 1]),
    .init(
      name: "two lists, relation 0 real", format: .copyre,
      files: ["in": "[[[0]],[[0,0,0]]]", "w": #"{"0":"a"}"#, "r": #"[{"r":0}]"#],
      words: "w", relations: "r",
      lines: [
        #"{"id":"1","tokens":["a"],"entities":[{"span":[0,0]}],"#
          + #""triples":[{"head":[0,0],"relation":"r","tail":[0,0]}]}"#
      ]),
    .init(
      name: "a sentence with two tuples and one with none", format: .tuples,
      files: [
        "in.sent": "New York , Ann\r\nb\n", "in.tup": "Ann ; New York ; /p/q | x ; Ann ; r\n\n",
      ],
      lines: [
        #"{"id":"1","tokens":["New","York",",","Ann"],"entities":[{"span":[3,3]},{"span":[0,1]}],"#
          + #""triples":[{"head":[3,3],"relation":"/p/q","tail":[0,1]},"#
          + #"{"head":"x","relation":"r","tail":[3,3]}]}"#,
        #"{"id":"2","tokens":["b"],"entities":[],"triples":[]}"#,
      ], tally: [.argument: 1]),
    .init(
      name: "a name that is cut otherwise than its text", format: .tuples,
      files: ["in.sent": "Ann left Time Inc .\n", "in.tup": "Ann ; Time Inc. ; r\n"],
      lines: [
        #"{"id":"1","tokens":["Ann","left","Time","Inc","."],"entities":[{"span":[0,0]},"#
          + #"{"span":[2,4]}],"triples":[{"head":[0,0],"relation":"r","tail":[2,4]}]}"#
      ]),
    .init(
      name: "a name with a token of white space in its midst", format: .tuples,
      files: ["in.sent": "Ann left Time \u{1B} Inc\n", "in.tup": "Ann ; Time Inc ; r\n"],
      lines: [
        #"{"id":"1","tokens":["Ann","left","Time","Inc"],"entities":[{"span":[0,0]},"#
          + #"{"span":[2,3]}],"triples":[{"head":[0,0],"relation":"r","tail":[2,3]}]}"#
      ], tally: [.blankToken: 1]),
    .init(
      name: "columns, an I that opens, a relation that ends at no entity", format: .conll04,
      files: [
        "in": """
        #doc 7
        0\tAnn\tB-Peop\t['N']\t[0]
        1\tLee\tI-Peop\t['Live_In', 'Odd']\t[4, 2]
        2\tleft\tO\t['N']\t[2]
        3\tNew\tI-Loc\t['N']\t[3]
        4\tRome\tI-Loc\t['N']\t[4]
        #doc 7
        0\ta\tO\t['N']\t[0]

        """
      ],
      lines: [
        #"{"id":"7","tokens":["Ann","Lee","left","New","Rome"],"entities":[{"span":[0,1],"type":"Peop"},"#
          + #"{"span":[3,4],"type":"Loc"}],"#
          + #""triples":[{"head":[0,1],"relation":"Live_In","tail":[3,4]}]}"#,
        ##"{"id":"7#2","tokens":["a"],"entities":[],"triples":[]}"##,
      ], tally: [.endless: 1]),
    .init(
      name: "exclusive ends", format: .spert,
      files: [
        "in": #"[{"tokens":["Ann","Lee","left"],"pos":["NNP","NNP","VBD"],"#
          + #""entities":[{"type":"P","start":0,"end":2},"#
          + #"{"type":"V","start":2,"end":3}],"relations":[{"type":"r","head":1,"tail":0}],"#
          + #""orig_id":12}]"#
      ],
      lines: [
        #"{"id":"12","tokens":["Ann","Lee","left"],"pos":["NNP","NNP","VBD"],"entities":[{"span":[0,1],"type":"P"},"#
          + #"{"span":[2,2],"type":"V"}],"triples":[{"head":[2,2],"relation":"r","tail":[0,1]}]}"#
      ]),
    .init(
      name: "a part of speech is empty", format: .spert,
      files: [
        "in":
          #"[{"tokens":["Ann","left"],"pos":["NNP",""],"entities":[],"relations":[],"orig_id":1}]"#
      ],
      lines: [#"{"id":"1","tokens":["Ann","left"],"entities":[],"triples":[]}"#],
      tally: [.partsOfSpeech: 1]),
    .init(
      name: "document offsets, a relation across sentences", format: .dygie,
      files: [
        "in": #"{"sentences":[["a","b"],["c","d"]],"ner":[[],[[2,3,"T"]]],"#
          + #""relations":[[[0,0,2,3,"x"]],[[2,3,3,3,"r"]]],"doc_key":"k","clusters":[]}"#
      ],
      lines: [
        #"{"id":"k-0","tokens":["a","b"],"entities":[],"triples":[]}"#,
        #"{"id":"k-1","tokens":["c","d"],"entities":[{"span":[0,1],"type":"T"},{"span":[1,1]}],"#
          + #""triples":[{"head":[0,1],"relation":"r","tail":[1,1]}]}"#,
      ], tally: [.crossing: 1]),
  ]

  static let bad: [FormatTests.Case] = [
    .init(
      name: "a relation outside the file", format: .triples,
      files: ["in": "[\n\(ann)[[\"Ann\",\"q\",\"New\"]]}]", "rel": #"{"r":0}"#], relations: "rel",
      error: "in:2: record 1: relation 'q' is not in rel"),
    .init(
      name: "two strings", format: .triples, files: ["in": "[\(ann)[[\"Ann\",\"New\"]]}]"],
      error: "in:1: record 1: triple_list[0] has 2 strings, expected [head, relation, tail]"),
    .init(
      name: "an empty entity", format: .triples, files: ["in": "[\(ann)[[\" \",\"r\",\"New\"]]}]"],
      error: "in:1: record 1: an entity of a triple is empty"),
    .init(
      name: "blank text", format: .triples, files: ["in": #"[{"text":" ","triple_list":[]}]"#],
      error: "in:1: record 1: sentence without tokens"),
    .init(
      name: "a list that is not closed", format: .triples,
      files: ["in": "[{\"text\":\"a\",\"triple_list\":[]}\n"],
      error: "in:2: malformed JSON: end of text where ',' or ']' should be"),
    .init(
      name: "an empty list", format: .triples, files: ["in": "[]"], error: "in: holds no sentence"),
    .init(
      name: "words without copyre", format: .spert, files: ["in": "[]", "w": #"{"a":0}"#],
      words: "w",
      error: "--words goes with --from copyre alone; leave it out for 'spert'"),
    .init(
      name: "no word list", format: .copyre, files: ["in": "[]"],
      error: "in: --from copyre needs --words FILE and --relations FILE"),
    copyre("[[[1]],[[0,0,9]]]", "in:1: record 1: relation id 9 is not in r"),
    copyre("[[[1],[2]],[[],[]]]", "in:1: record 2: word id 2 is not in w"),
    copyre("[[[1]],[[0,1,1]]]", "in:1: record 1: tail is [1, 1], outside a sentence of 1 tokens"),
    copyre(
      "[[[1]],[[0,0]]]", "in:1: record 1: 2 numbers of triples, expected a multiple of three"),
    copyre("[[[1]],[[],[]]]", "in: has 1 sentences but 2 lists of triples"),
    copyre("[[[1]]]", "in: has 1 lists, expected two or three"),
    .init(
      name: "fewer tuples than sentences", format: .tuples,
      files: ["in.sent": "a\nb\n", "in.tup": "\n"],
      error: "in.sent:2: has no line beside it in in.tup"),
    .init(
      name: "two parts", format: .tuples, files: ["in.sent": "a\n", "in.tup": "a ; b\n"],
      error: "in.tup:1: record 1: tuple 'a ; b' has 2 parts, expected head ; tail ; relation"),
    .init(
      name: "no file", format: .tuples, files: [:],
      error: "in.sent: cannot be opened: No such file or directory"),
    .init(
      name: "four columns", format: .conll04, files: ["in": "#doc 1\n0\ta\tO\t['N']\n"],
      error: "in:2: record 1 (id '1'): has 4 columns between tabs, expected 5"),
    .init(
      name: "a tag of no scheme", format: .conll04, files: ["in": "#doc 1\n0\ta\tX\t['N']\t[0]\n"],
      error: "in:2: record 1 (id '1'): tag 'X', expected O, B-TYPE or I-TYPE"),
    .init(
      name: "a token before the first document", format: .conll04,
      files: ["in": "0\ta\tO\t['N']\t[0]\n"],
      error: "in:1: record 1: a token before the first '#doc NAME'"),
    .init(
      name: "a document without tokens", format: .conll04, files: ["in": "#doc 1\n"],
      error: "in:1: record 1 (id '1'): sentence without tokens"),
    .init(
      name: "a tail outside", format: .conll04, files: ["in": "#doc 1\n0\ta\tO\t['r']\t[1]\n"],
      error: "in:1: record 1 (id '1'): tail 1 is outside a sentence of 1 tokens"),
    .init(
      name: "an entity outside", format: .spert,
      files: [
        "in": #"[{"tokens":["a"],"entities":[{"type":"P","start":0,"end":2}],"relations":[]}]"#
      ],
      error: "in:1: record 1: entities[0] is 0..<2, outside a sentence of 1 tokens"),
    .init(
      name: "an entity that is not there", format: .spert,
      files: [
        "in": #"[{"tokens":["a"],"entities":[],"relations":[{"type":"r","head":0,"tail":0}]}]"#
      ],
      error: "in:1: record 1: relations[0].head is 0, but the record has 0 entities"),
    .init(
      name: "a span outside the document", format: .dygie,
      files: ["in": #"{"sentences":[["a"]],"ner":[[[0,1,"T"]]],"relations":[[]]}"#],
      error: "in:1: record 1: ner[0][0] is [0, 1], outside a sentence of 1 tokens"),
    .init(
      name: "lists of other lengths", format: .dygie,
      files: ["in": #"{"sentences":[["a"]],"ner":[],"relations":[[]]}"#],
      error:
        "in:1: record 1: 1 sentences, but ner of 0; expected one list for each sentence"),
  ]

  private static func copyre(_ text: String, _ error: String) -> FormatTests.Case {
    .init(
      name: error, format: .copyre, files: ["in": text, "w": #"{"a":1}"#, "r": #"{"r":1}"#],
      words: "w", relations: "r", error: error)
  }
}
