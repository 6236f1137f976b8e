import Corpora

extension FormatTests.Case {
  private static let google =
    #""text":"Google was founded on September 4, 1998, by Larry Page and Sergey Brin.","#

  /// The field's further formats, as their own descriptions show them.
  static let field: [FormatTests.Case] = [
    .init(
      name: "CMeIE: a nested object, types, a name that the text lacks", format: .spo,
      files: [
        "in": #"{"text":"产后抑郁症@与轻度IL-6情绪失调","spo_list":[{"Combined":false,"predicate":"鉴别诊断","#
          + #""subject":"产后抑郁症","subject_type":"疾病","object":{"@value":"轻度IL-6"},"#
          + #""object_type":{"@value":"检查"}},{"predicate":"r","subject":"度I","object":"情绪"}]}"#
      ], tokenization: .characters,
      lines: [
        #"{"id":"1","tokens":["产","后","抑","郁","症","@","与","轻","度","IL","-","6","情","绪","失","调"],"#
          + #""tokenize":"characters","entities":[{"span":[0,4],"type":"疾病"},"#
          + #"{"span":[7,11],"type":"检查"},{"span":[12,13]}],"#
          + #""triples":[{"head":[0,4],"relation":"鉴别诊断","tail":[7,11]},"#
          + #"{"head":"度I","relation":"r","tail":[12,13]}]}"#
      ], tally: [.argument: 1]),
    .init(
      name: "DuIE: further slots; lists of strings", format: .spo,
      files: [
        "in": #"[{"text":"a in b","spo_list":[{"predicate":"r","subject":"a","object":"#
          + #"{"@value":"b","period":"c","place":""},"subject_type":"T","#
          + #""object_type":{"@value":"U","period":"D"}}]},{"text":"a in b","spo_list":[["a","q","b"]]}]"#
      ],
      lines: [
        #"{"id":"1","tokens":["a","in","b"],"entities":[{"span":[0,0],"type":"T"},{"span":[2,2],"type":"U"}],"#
          + #""triples":[{"head":[0,0],"relation":"r","tail":[2,2]}]}"#,
        #"{"id":"2","tokens":["a","in","b"],"entities":[{"span":[0,0]},{"span":[2,2]}],"#
          + #""triples":[{"head":[0,0],"relation":"q","tail":[2,2]}]}"#,
      ], tally: [.slot: 1]),
    .init(
      name: "spans of the second of two equal names, an emoji before them", format: .tplinker,
      files: [
        "in":
          #"[{"id":"train_0","text":"🙂 Ann, Ann's Bob.","relation_list":[{"subject":"Ann","object":"Bob","#
          + #""subj_char_span":[7,10],"obj_char_span":[13,16],"predicate":"r","subj_tok_span":[3,4],"#
          + #""obj_tok_span":[5,6]},{"subject":"nn","object":"Bob","subj_char_span":[8,10],"#
          + #""obj_char_span":[13,16],"predicate":"q"}],"entity_list":[{"text":"Amy","type":"PER","#
          + #""char_span":[2,5],"tok_span":[0,1]}]}]"#
      ], tokenization: .words,
      lines: [
        #"{"id":"train_0","tokens":["🙂","Ann",",","Ann","'s","Bob","."],"tokenize":"words","#
          + #""entities":[{"span":[1,1],"type":"PER"},{"span":[3,3]},{"span":[5,5]}],"#
          + #""triples":[{"head":[3,3],"relation":"r","tail":[5,5]},{"head":"nn","relation":"q","tail":[5,5]}]}"#
      ], tally: [.differs: 1, .border: 1]),
    .init(
      name: "strings alone", format: .tplinker,
      files: [
        "in":
          #"{"text":"Ann met Bob","relation_list":[{"subject":"Bob","predicate":"r","object":"Ann"}]}"#
      ],
      lines: [
        #"{"id":"1","tokens":["Ann","met","Bob"],"entities":[{"span":[2,2]},{"span":[0,0]}],"#
          + #""triples":[{"head":[2,2],"relation":"r","tail":[0,0]}]}"#
      ]),
    .init(
      name: "an entity of two sentences, one label for both, one across, an empty sentence",
      format: .docred,
      files: [
        "in":
          #"[{"title":"T","sents":[["Ann","in","Bonn"],[],["She","left","Bonn"," ","."]],"vertexSet":["#
          + #"[{"name":"Bonn","pos":[2,3],"sent_id":0,"type":"LOC","global_pos":[2,2],"index":"0_0"},"#
          + #"{"name":"Bonn","pos":[2,3],"sent_id":2,"type":"LOC"}],"#
          + #"[{"name":"Ann","pos":[0,1],"sent_id":0,"type":"PER"}],"#
          + #"[{"name":"she","pos":[0,1],"sent_id":2,"type":"PER"}]],"#
          + #""labels":[{"r":"P1","h":1,"t":0,"evidence":[0]},{"r":"P2","h":1,"t":2,"evidence":[0,2]}]},"#
          + #"{"title":"U","sents":[["a"]],"vertexSet":[]}]"#
      ],
      lines: [
        #"{"id":"T-0","tokens":["Ann","in","Bonn"],"entities":[{"span":[2,2],"type":"LOC"},"#
          + #"{"span":[0,0],"type":"PER"}],"triples":[{"head":[0,0],"relation":"P1","tail":[2,2]}]}"#,
        #"{"id":"T-2","tokens":["She","left","Bonn","."],"entities":[{"span":[2,2],"type":"LOC"},"#
          + #"{"span":[0,0],"type":"PER"}],"triples":[]}"#,
        #"{"id":"U-0","tokens":["a"],"entities":[],"triples":[]}"#,
      ], tally: [.crossing: 1, .emptySentence: 1, .blankToken: 1, .differs: 1]),
    .init(
      name: "GLiREL: inclusive ends", format: .records,
      files: [
        "in": #"{"ner":[[1,1,"Q4914513","Binsey"],[3,4,"Q19686","River Thames"]],"relations":["#
          + #"{"head":{"mention":"Binsey","position":[1,1],"type":"LOC"},"tail":{"mention":"River","#
          + #""position":[3,4],"type":"Q19686"},"relation_text":"next to"}],"#
          + #""tokenized_text":["by","Binsey","the","River","Thames"]}"#
      ],
      lines: [
        #"{"id":"1","tokens":["by","Binsey","the","River","Thames"],"entities":[{"span":[1,1],"type":"Q4914513"},"#
          + #"{"span":[3,4],"type":"Q19686"}],"triples":[{"head":[1,1],"relation":"next to","tail":[3,4]}]}"#
      ], tally: [.differs: 1]),
    .init(
      name: "JointER: exclusive ends, a name of no type; strings alone", format: .records,
      files: [
        "in":
          #"[{"tokens":["A.C.","Cesena","in","Cesena"],"spo_list":[["A.C. Cesena","ground","Cesena"]],"#
          + #""spo_details":[[0,2,"ORG","ground",3,4,"None-label"]],"pos_tags":["NNP","NNP","IN","NNP"]},"#
          + #"{"tokens":["a","b"],"spo_list":[["b","r","a"]],"pos_tags":[]}]"#
      ],
      lines: [
        #"{"id":"1","tokens":["A.C.","Cesena","in","Cesena"],"pos":["NNP","NNP","IN","NNP"],"#
          + #""entities":[{"span":[0,1],"type":"ORG"},"#
          + #"{"span":[3,3]}],"triples":[{"head":[0,1],"relation":"ground","tail":[3,3]}]}"#,
        #"{"id":"2","tokens":["a","b"],"entities":[{"span":[1,1]},{"span":[0,0]}],"#
          + #""triples":[{"head":[1,1],"relation":"r","tail":[0,0]}]}"#,
      ]),
    .init(
      name: "two records of one text, one of them without a relation", format: .tacred,
      files: [
        "in":
          #"[{"id":"e1","docid":"d","relation":"org:founded_by","token":["Tom","Lee","runs","ZA"],"#
          + #""subj_start":3,"subj_end":3,"obj_start":0,"obj_end":1,"subj_type":"ORG","obj_type":"PER"},"#
          + #"{"id":"e2","relation":"r","token":["a"],"subj_start":0,"subj_end":0,"obj_start":0,"obj_end":0},"#
          + #"{"id":"e3","relation":"no_relation","token":["Tom","Lee","runs","ZA"],"subj_start":0,"#
          + #""subj_end":1,"obj_start":3,"obj_end":3,"subj_type":"PER","obj_type":"LOC","#
          + #""stanford_pos":["NNP","NNP","VBZ","NNP"]}]"#
      ],
      lines: [
        #"{"id":"e1","tokens":["Tom","Lee","runs","ZA"],"pos":["NNP","NNP","VBZ","NNP"],"entities":[{"span":[3,3],"type":"ORG"},"#
          + #"{"span":[0,1],"type":"PER"}],"triples":[{"head":[3,3],"relation":"org:founded_by","tail":[0,1]}]}"#,
        #"{"id":"e2","tokens":["a"],"entities":[{"span":[0,0]}],"triples":[{"head":[0,0],"relation":"r","tail":[0,0]}]}"#,
      ], tally: [.noRelation: 1, .type: 1]),
    .init(
      name: "doccano's own example", format: .doccano,
      files: [
        "in": "{\"id\":0,\(google)"
          + #""entities":[{"id":0,"start_offset":0,"end_offset":6,"label":"ORG"},"#
          + #"{"id":1,"start_offset":22,"end_offset":39,"label":"DATE"},"#
          + #"{"id":2,"start_offset":45,"end_offset":54,"label":"PERSON"}],"#
          + #""relations":[{"id":0,"from_id":0,"to_id":1,"type":"foundedAt"},"#
          + #"{"id":1,"from_id":0,"to_id":2,"type":"foundedBy"}]}"#
      ], tokenization: .words,
      lines: [
        #"{"id":"0","tokens":["Google","was","founded","on","September","4",",","1998",",","by","Larry","#
          + #""Page","and","Sergey","Brin","."],"tokenize":"words","entities":[{"span":[0,0],"type":"ORG"},"#
          + #"{"span":[4,7],"type":"DATE"}],"triples":[{"head":[0,0],"relation":"foundedAt","tail":[4,7]},"#
          + #"{"head":[0,0],"relation":"foundedBy","tail":"arry Page"}]}"#
      ], tally: [.border: 1, .mentionBorder: 1]),
    .init(
      name: "lists of offsets, lines, an entity across them", format: .doccano,
      files: [
        "in":
          #"{"id":7,"text":"Ann \n\nmet Bob\r\n","label":[[0,4,"P"],[10,13,"P"],[0,9,"Q"]],"Comments":[]}"#
      ],
      lines: [
        #"{"id":"7-1","tokens":["Ann"],"entities":[{"span":[0,0],"type":"P"}],"triples":[]}"#,
        #"{"id":"7-3","tokens":["met","Bob"],"entities":[{"span":[1,1],"type":"P"}],"triples":[]}"#,
      ], tally: [.pieces: 1]),
    .init(
      name: "the annotator's tokens, spans by character and by token, an answer", format: .prodigy,
      files: [
        "in": #"{"text":"Ann's boss Bob","tokens":[{"text":"Ann's","start":0,"end":5,"id":0},"#
          + #"{"text":"boss","start":6,"end":10,"id":1},{"text":"Bob","start":11,"end":14,"id":2}],"#
          + #""spans":[{"start":6,"end":14,"token_start":1,"token_end":2,"label":"P"}],"relations":["#
          + #"{"head":0,"child":2,"head_span":{"start":0,"end":3},"child_span":{"start":6,"end":14},"label":"r"},"#
          + #"{"head":2,"child":0,"label":"q"}],"answer":"accept"}"#
          + "\n" + #"{"text":"no","relations":[],"answer":"ignore"}"#
      ],
      lines: [
        #"{"id":"1","tokens":["Ann's","boss","Bob"],"entities":[{"span":[1,2],"type":"P"},{"span":[0,0]}],"#
          + #""triples":[{"head":"Ann","relation":"r","tail":[1,2]},{"head":[1,2],"relation":"q","tail":[0,0]}]}"#
      ], tally: [.border: 1, .rejected: 1]),
  ]

  static let badField: [FormatTests.Case] = [
    .init(
      name: "a number for a string", format: .spo,
      files: ["in": #"{"text":"a","spo_list":[{"subject":"a","predicate":"r","object":1}]}"#],
      error: "in:1: record 1: spo_list[0].object is the number 1, expected a string"),
    .init(
      name: "an object without its value", format: .spo,
      files: ["in": #"{"text":"a","spo_list":[{"subject":"a","predicate":"r","object":{}}]}"#],
      error: "in:1: record 1: spo_list[0].object has no key '@value'"),
    .init(
      name: "a span outside", format: .tplinker,
      files: [
        "in": #"{"text":"abc","relation_list":[{"subject":"a","object":"b","subj_char_span":[0,1],"#
          + #""obj_char_span":[1,4],"predicate":"r"}]}"#
      ],
      error:
        "in:1: record 1: relation_list[0].obj_char_span is 1..<4, outside a text of 3 characters"),
    .init(
      name: "a sentence that is not there", format: .docred,
      files: [
        "in":
          #"[{"title":"T","sents":[["a"]],"vertexSet":[[{"name":"a","pos":[0,1],"sent_id":1}]]}]"#
      ],
      error: "in:1: record 1 (id 'T'): vertexSet[0][0].sent_id is 1, but there are 1, from 0"),
    .init(
      name: "an entity that is not there", format: .docred,
      files: [
        "in": #"[{"title":"T","sents":[["a"]],"vertexSet":[],"labels":[{"h":0,"t":0,"r":"P1"}]}]"#
      ],
      error: "in:1: record 1 (id 'T'): labels[0].h is 0, but there are 0, from 0"),
    .init(
      name: "seven fields", format: .records,
      files: ["in": #"[{"tokens":["a"],"spo_details":[[0,1,"T","r",0,1]]}]"#],
      error: "in:1: record 1: spo_details[0] is a list, expected "
        + "[start, end, type, relation, start, end, type]"),
    .init(
      name: "an object outside", format: .tacred,
      files: [
        "in":
          #"[{"id":"e","relation":"r","token":["a"],"subj_start":0,"subj_end":0,"obj_start":0,"obj_end":1}]"#
      ],
      error: "in:1: record 1 (id 'e'): obj is [0, 1], outside a sentence of 1 tokens"),
    .init(
      name: "a relation to no entity", format: .doccano,
      files: [
        "in": #"{"id":1,"text":"a","entities":[],"relations":[{"from_id":3,"to_id":3,"type":"r"}]}"#
      ],
      error: "in:1: record 1 (id '1'): relations[0] names entity '3', which the record lacks"),
    .init(
      name: "tokens out of order", format: .prodigy,
      files: [
        "in": #"{"text":"ab","tokens":[{"start":0,"end":2},{"start":1,"end":2}],"relations":[]}"#
      ],
      error: "in:1: record 1: tokens[1] begins inside the token before it"),
    .init(
      name: "tokens and --tokenize", format: .spert, files: ["in": #"[{"tokens":["a"]}]"#],
      tokenization: .words,
      error: "in: --from spert has tokens, not text to cut; leave --tokenize out"),
  ]
}
