/// Words that keep their period: those of public corpora that end no sentence there, without any that is a
/// word of its own as well (`Sun.`, `Miss.`, `Art.`).
enum Abbreviations {
  static let all: Set<String> = Set(
    """
    Mr Mrs Ms Messrs Dr Prof Rev Hon Jr Sr St Ste Mt Ft Gov Sen Rep Pres Supt Gen Lt Col Maj Capt Cmdr Cpl Sgt Pvt
    Adm Brig Inc Corp Co Cos Ltd Bros Assn Dept Univ Ave Blvd Rd No Nos Vol vs etc al cf ca approx est Ph
    Jan Feb Apr Aug Sept Sep Oct Nov Dec Ala Ariz Ark Calif Colo Conn Del Fla Ga Ky La Md Mich Minn Mo Mont Neb Nev
    Okla Pa Tenn Tex Va Vt Wis Wyo
    """.split(whereSeparator: \.isWhitespace).map(String.init))

  /// The letters of the longest.
  static let longest = 6
}
