/// Writes synthetic sentences clause by clause, and records the facts that they state.
struct Composer {
  private var dice: Dice
  private var names = NameDecks()
  private var phrases: [NameKind: Deck<Phrase>]
  private var doubles: [NameKind: Deck<Phrase>]
  private var passives = Deck(NameStock.passivePhrases)
  private var subjects = Deck<NameKind>([.person, .person, .person, .company, .university, .city])

  private var tokens: [String] = []
  private var facts: [(head: Name, relation: String, tail: Name)] = []
  /// Relations that the sentence has stated and may not state again.
  private var stated: Set<String> = []

  init(dice: Dice) {
    self.dice = dice
    phrases = NameStock.phrases.mapValues { Deck($0) }
    doubles = NameStock.doublePhrases.mapValues { Deck($0) }
  }

  /// The next sentence of a layout, its triples in the order of the text.
  mutating func sentence(_ layout: Layout) -> (tokens: [String], triples: [Triple]) {
    tokens = []
    facts = []
    stated = []
    names.startSentence()
    write(layout)
    tokens.append(".")
    if tokens[0] == "the" { tokens[0] = "The" }
    return (tokens, facts.map(triple))
  }

  /// Entities stand where their names first occur, as in published corpora (Models/README.md D1).
  private func triple(_ fact: (head: Name, relation: String, tail: Name)) -> Triple {
    Triple(head: place(fact.head), relation: fact.relation, tail: place(fact.tail))
  }

  private func place(_ name: Name) -> Argument {
    let span = Sentence.firstOccurrence(of: name.text, in: tokens)
    return span.map(Argument.span) ?? .text(name.text)
  }
}

// MARK: - Layouts

extension Composer {
  private mutating func write(_ layout: Layout) {
    switch layout {
    case .simple: clause()
    case .passive: passive()
    case .relative: clause(aside: 1, of: subject())
    case .coordinated: clause(of: subject(), facts: 2)
    case .repeated: repeated()
    case .chain: clause(of: person(), goingOn: 1)
    case .double: double(dice.roll(below: 3) == 0 ? .city : .person)
    case .parallel: contrast { $0.clause() }
    case .nestedFront: nested(NameDecks.CityForm.front)
    case .nestedBack: nested([.universityOf])
    case .asideDouble: double(.person, aside: 1)
    case .asideChain: clause(aside: 1, of: person(), goingOn: 1)
    case .asides: clause(aside: 2, of: person())
    case .four: clause(aside: 2, of: person(), goingOn: 1)
    case .five: clause(aside: 2, of: person(), goingOn: 2)
    case .six, .seven:
      clause(aside: 2, of: person(), goingOn: 2)
      tokens += [",", "while"]
      clause(aside: layout == .seven ? 1 : 0, of: person())
    }
  }

  private mutating func subject() -> Name { names.name(subjects.deal(&dice), &dice) }

  private mutating func person() -> Name { names.name(.person, &dice) }

  /// `SUBJECT … .` with one fact.
  private mutating func clause() { clause(of: subject()) }

  /// `SUBJECT , who … and … , … OBJECT , which … and …`
  ///
  /// - Parameters:
  ///   - aside: facts between the subject and its verb.
  ///   - facts: facts of the main clause.
  ///   - goingOn: facts about the main clause's object.
  private mutating func clause(aside: Int = 0, of subject: Name, facts: Int = 1, goingOn: Int = 0) {
    mention(subject, aside: aside)
    let object = state(facts, of: subject, toSubjects: goingOn > 0)
    if goingOn > 0 {
      tokens += [",", object.pronoun]
      state(goingOn, of: object)
    }
  }

  private mutating func passive() {
    let (kind, phrase) = passives.deal(&dice)
    let tail = names.name(kind, &dice)
    mention(tail)
    let head = names.name(phrase.object, &dice)
    tokens += Sentence.tokens(of: phrase.words)
    mention(head)
    facts += phrase.relations.map { (head, $0, tail) }
  }

  private mutating func repeated() {
    let subject = subject()
    clause(of: subject)
    tokens += [",", "and"]
    clause(of: subject)
  }

  private mutating func double(_ kind: NameKind, aside: Int = 0) {
    let subject = names.name(kind, &dice)
    guard let phrase = doubles[kind]?.deal(&dice) else {
      preconditionFailure("no double phrase about a \(kind)")
    }
    stated.formUnion(phrase.relations)
    mention(subject, aside: aside)
    write(phrase, of: subject, names.name(phrase.object, &dice))
  }

  private mutating func contrast(_ clause: (inout Composer) -> Void) {
    clause(&self)
    tokens += [",", "while"]
    clause(&self)
  }

  /// `SUBJECT studied at CITY University , which is based in CITY`
  private mutating func nested(_ forms: [NameDecks.CityForm]) {
    let (organisation, city) = names.nested(forms, &dice)
    let subject = person()
    mention(subject)
    write(phrase(of: .person) { $0.object == organisation.kind }, of: subject, organisation)
    tokens += [",", "which"]
    write(phrase(of: organisation.kind) { $0.object == .city }, of: organisation, city)
  }
}

// MARK: - Words

extension Composer {
  /// Writes a name, and facts about it between commas.
  private mutating func mention(_ name: Name, aside: Int = 0) {
    tokens += name.mention
    if aside > 0 {
      tokens += [",", name.pronoun]
      state(aside, of: name)
      tokens.append(",")
    }
  }

  /// Writes verb phrases with their objects, `and` between them.
  ///
  /// - Parameter toSubjects: whether each object must be a kind of thing that phrases have as subject.
  /// - Returns: the last object.
  @discardableResult
  private mutating func state(
    _ count: Int, of subject: Name, toSubjects: Bool = false
  ) -> Name {
    var object = subject
    for i in 0..<count {
      if i > 0 { tokens.append("and") }
      let phrase = phrase(of: subject.kind) {
        !toSubjects || NameStock.phrases[$0.object] != nil
      }
      object = names.name(phrase.object, &dice)
      write(phrase, of: subject, object)
    }
    return object
  }

  private mutating func write(_ phrase: Phrase, of subject: Name, _ object: Name) {
    tokens += Sentence.tokens(of: phrase.words)
    mention(object)
    facts += phrase.relations.map { (subject, $0, object) }
  }

  /// A phrase whose relations the sentence has not stated.
  private mutating func phrase(
    of kind: NameKind, where fits: (Phrase) -> Bool
  ) -> Phrase {
    let stated = stated
    let isNew = { (phrase: Phrase) in fits(phrase) && stated.isDisjoint(with: phrase.relations) }
    guard let phrase = phrases[kind]?.deal(&dice, where: isNew) else {
      preconditionFailure("no phrase about a \(kind) is left")
    }
    self.stated.formUnion(phrase.relations)
    // A town does not lie in one country and govern another.
    if !self.stated.isDisjoint(with: ["country", "capital"]) {
      self.stated.formUnion(["country", "capital"])
    }
    return phrase
  }
}
