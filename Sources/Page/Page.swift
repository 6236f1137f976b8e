import Corpora
import Evaluation

/// A report as one file of HTML, which needs no network and no other file.
///
/// The page shows the scores, relations and probabilities of each system's first run, the faults of the first system
/// over their sentences, and how the systems compare.
public struct Page {
  /// The size in bytes up to which a page opens at once.
  public static let comfortableSize = 2_000_000

  private let contents: PageContents

  /// Lays out a report.
  ///
  /// - Parameters:
  ///   - title: what stands above the page.
  ///   - sentences: the split.
  ///   - predictions: those of the first run of the first system, one for each sentence.
  ///   - configurations: the configuration of each system's first run as text; `nil` where a system has none.
  /// - Precondition: as many predictions as sentences, and as many configurations as systems.
  public init(
    title: String, result: EvaluationResult, sentences: [Sentence], predictions: [Prediction],
    configurations: [String?]
  ) {
    precondition(
      sentences.count == predictions.count,
      "\(predictions.count) predictions for \(sentences.count) sentences")
    precondition(
      configurations.count == result.systems.count, "\(configurations.count) configurations")
    contents = PageContents(
      title: title, result: result, sentences: sentences, predictions: predictions,
      configurations: configurations)
  }

  /// The page; equal reports make the same bytes.
  public var html: String {
    // The data come last: their text is foreign, and may hold the names of the other places.
    text(PackageResources.page_html)
      .replacing("{style}", with: text(PackageResources.page_css), maxReplacements: 1)
      .replacing("{script}", with: Self.scripts.map(text).joined(), maxReplacements: 1)
      .replacing("{data}", with: contents.embedded, maxReplacements: 1)
  }

  /// The parts of the program, each after those that it uses.
  private static var scripts: [[UInt8]] {
    [
      PackageResources.data_js, PackageResources.elements_js, PackageResources.filter_js,
      PackageResources.drawing_js, PackageResources.card_js, PackageResources.list_js,
      PackageResources.charts_js, PackageResources.tables_js, PackageResources.errors_js,
      PackageResources.systems_js, PackageResources.page_js,
    ]
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
