/// Deals the names of a sentence. Names of a sentence share no proper word, so a name occurs inside another
/// only where a layout asks for it.
struct NameDecks {
  private var firstNames = Deck(NameStock.firstNames)
  private var lastNames = Deck(NameStock.lastNames)
  private var cities = Deck(NameStock.cities)
  private var countries = Deck(NameStock.countries)
  private var stems = Deck(NameStock.companyStems)
  private var nouns = Deck(NameStock.companyNouns)
  private var adjectives = Deck(NameStock.titleAdjectives)
  private var titleNouns = Deck(NameStock.titleNouns)
  private var companyForms = Deck<CityForm?>([.bank, nil, nil, nil, nil])
  private var universityForms = Deck(CityForm.universities)
  private var used: Set<String> = []

  /// A form of organisation names that contain a city's name.
  enum CityForm: CaseIterable {
    case universityOf, university, polytechnic, bank

    static let universities: [CityForm] = [.universityOf, .university, .polytechnic]
    /// Forms that begin with the city: a pointer at the city's last token still reads as the city.
    static let front: [CityForm] = [.university, .polytechnic, .bank]

    func name(_ city: String) -> Name {
      switch self {
      case .universityOf: Name(.university, "University of \(city)", takesArticle: true)
      case .university: Name(.university, "\(city) University")
      case .polytechnic: Name(.university, "\(city) Polytechnic")
      case .bank: Name(.company, "\(city) Bank")
      }
    }
  }

  mutating func startSentence() { used = [] }

  mutating func name(_ kind: NameKind, _ dice: inout Dice) -> Name {
    switch kind {
    case .person:
      let first = fresh(\.firstNames, &dice)
      return Name(.person, "\(first) \(fresh(\.lastNames, &dice))")
    case .company:
      if let form = companyForms.deal(&dice) { return form.name(fresh(\.cities, &dice)) }
      return Name(.company, "\(fresh(\.stems, &dice)) \(nouns.deal(&dice))")
    case .university: return universityForms.deal(&dice).name(fresh(\.cities, &dice))
    case .city: return Name(.city, fresh(\.cities, &dice))
    case .country:
      let used = used
      let country = countries.deal(&dice) { !used.contains($0.text) }
      guard let country else { preconditionFailure("a sentence with all countries") }
      self.used.insert(country.text)
      return country
    case .book:
      let adjective = fresh(\.adjectives, &dice)
      return Name(.book, "The \(adjective) \(titleNouns.deal(&dice))")
    }
  }

  /// An organisation with a city's name in its own, and the city.
  mutating func nested(_ forms: [CityForm], _ dice: inout Dice) -> (organisation: Name, city: Name)
  {
    let city = fresh(\.cities, &dice)
    return (forms[dice.roll(below: forms.count)].name(city), Name(.city, city))
  }

  private mutating func fresh(_ deck: WritableKeyPath<NameDecks, Deck<String>>, _ dice: inout Dice)
    -> String
  {
    let used = used
    guard let word = self[keyPath: deck].deal(&dice, where: { !used.contains($0) }) else {
      preconditionFailure("a sentence with all names of a kind")
    }
    self.used.insert(word)
    return word
  }
}
