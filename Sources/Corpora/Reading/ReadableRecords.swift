/// The good records of a file in tercet's own format, and the faults of the others.
struct ReadableRecords {
  /// The file that was read: that of the name, or the gzipped one beside it.
  let path: String
  /// The sentences of good records, in the order of the file.
  var sentences: [Sentence] = []
  /// The line of each sentence, from 1.
  var lines: [Int] = []
  /// The records that are no sentences.
  var bad = BadRecords()

  init(path: String) { self.path = path }

  /// What to do about several bad records.
  var remedy: String {
    sentences.isEmpty
      ? "is it the right file?"
      : "mend them, or leave them out: \(CorpusFormat.jsonl.command(converting: path)) --skip-bad"
  }
}
