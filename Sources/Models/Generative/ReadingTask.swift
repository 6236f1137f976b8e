import Corpora

/// What the network reads of a sentence in a pass of training, and what it is asked (Generative/README.md 7.5).
package struct ReadingTask: Sendable {
  /// A row of which the network predicts a token and its label.
  package struct Question: Sendable {
    package let position: Int
    package let token: Int32
    package let label: CopyLabel
    /// Whether the token is one of the source.
    package let isOfSource: Bool

    package init(position: Int, token: Int32, label: CopyLabel, isOfSource: Bool = false) {
      (self.position, self.token, self.label) = (position, token, label)
      self.isOfSource = isOfSource
    }
  }

  /// `[CLS] source [SEP] target [SEP]`, some of them replaced.
  package let ids: [Int32]
  /// The pieces of the source, both symbols included.
  package let source: Int
  /// By rising position.
  package let questions: [Question]

  package init(ids: [Int32], source: Int, questions: [Question]) {
    (self.ids, self.source, self.questions) = (ids, source, questions)
  }
}
