/// A verb phrase that states relations between its subject and its object.
struct Phrase {
  let relations: [String]
  let object: NameKind
  let words: String
}

/// The words of synthetic sentences: short lists, so that even a small corpus repeats each of them.
enum NameStock {
  static let phrases: [NameKind: [Phrase]] = [
    .person: [
      phrases("birthplace", .city, ["was born in", "is a native of"]),
      phrases("residence", .city, ["lives in", "has a home in"]),
      phrases("employer", .company, ["works for", "is employed by"]),
      phrases("leads", .company, ["leads", "is the head of"]),
      phrases("founded", .company, ["founded", "set up"]),
      phrases("spouse", .person, ["is married to", "is the spouse of"]),
      phrases("parent", .person, ["is a parent of", "has a child named"]),
      phrases("education", .university, ["studied at", "holds a degree from"]),
      phrases("author", .book, ["wrote", "is the author of"]),
      phrases("citizenship", .country, ["is a citizen of", "holds a passport of"]),
    ].flatMap { $0 },
    .company: [
      phrases("headquarters", .city, ["is based in", "has its head office in"]),
      phrases("owner", .company, ["belongs to", "is owned by"]),
      phrases("market", .country, ["sells its goods in", "does business in"]),
    ].flatMap { $0 },
    .university: [
      phrases("headquarters", .city, ["is based in", "has its campus in"]),
      phrases("sponsor", .company, ["is sponsored by", "receives money from"]),
    ].flatMap { $0 },
    .city: [
      phrases("country", .country, ["lies in", "is a town in"]),
      phrases("capital", .country, ["is the capital of", "is the seat of government of"]),
      phrases("mayor", .person, ["is governed by", "has a mayor named"]),
    ].flatMap { $0 },
  ]

  /// Phrases that state two relations of one pair.
  static let doublePhrases: [NameKind: [Phrase]] = [
    .person: [
      Phrase(relations: ["founded", "leads"], object: .company, words: "founded and still leads"),
      Phrase(
        relations: ["founded", "employer"], object: .company, words: "founded and works for"),
      Phrase(
        relations: ["birthplace", "residence"], object: .city,
        words: "was born in and still lives in"),
    ],
    .city: [
      Phrase(
        relations: ["country", "capital"], object: .country,
        words: "lies in and is the capital of")
    ],
  ]

  /// Passive phrases: the relation's tail comes first, its head after the words.
  static let passivePhrases: [(tail: NameKind, phrase: Phrase)] = [
    (.book, Phrase(relations: ["author"], object: .person, words: "was written by")),
    (.company, Phrase(relations: ["founded"], object: .person, words: "was founded by")),
    (.company, Phrase(relations: ["leads"], object: .person, words: "is led by")),
  ]

  static let firstNames = words(
    """
    Marta Erik Ines Tomas Leila Pavel Nora Hugo Amara Jonas Clara Viktor Selma Andre Greta Oskar
    Mira Felix Dora Ivan Paula Anton Lena Samuel
    """)
  static let lastNames =
    words(
      """
      Lindqvist Moreau Petrov Okafor Haas Silva Novak Berger Castillo Dahl Fischer Grant Horvath
      Ibsen Jansen Keller Lopez Marsh Nilsson Orlov Palmer Quist Rossi Sato Torres Ullman Varga
      Weber
      """) + ["van Dorn", "de Groot"]
  static let cities = [
    "Ostrow", "Port Alder", "Velden", "Marlow", "New Harrow", "Saint Brannoc", "Tarnby", "Eastmere",
    "Kelso Bay", "Lindau", "Westbrook", "Corvina", "Halden", "Fort Nyland", "Silverton", "Dunmore",
    "Lake Orsa", "Belmora", "Rivergate", "Old Stratton", "Ashford", "Norvik", "Calder Falls",
    "Montara",
  ]
  static let countries = [
    Name(.country, "Norland"), Name(.country, "Estavia"), Name(.country, "Calonia"),
    Name(.country, "Verania"), Name(.country, "Tarland"), Name(.country, "Illyra"),
    Name(.country, "Brenia"), Name(.country, "North Sarno"), Name(.country, "Grand Aldovia"),
    Name(.country, "Republic of Levane", takesArticle: true),
    Name(.country, "Southern Isles", takesArticle: true),
  ]
  static let companyStems =
    words(
      "Vela Orion Halcyon Meridian Sable Aster Bluewater Delta Evergreen Falcon Granite Juniper")
    + ["Nordic Star", "Copper Ridge", "Iron Gate"]
  static let companyNouns = words("Foods Motors Press Airlines Systems Energy Textiles Shipping")
  static let titleAdjectives = words("Silent Golden Broken Distant Hidden Winter Paper Burning")
  static let titleNouns = words("River Garden Mirror Harbour Letters Tower Forest Morning")

  private static func phrases(
    _ relation: String, _ object: NameKind, _ variants: [String]
  ) -> [Phrase] {
    variants.map { Phrase(relations: [relation], object: object, words: $0) }
  }

  private static func words(_ text: String) -> [String] { Sentence.tokens(of: text) }
}
