import Configuration
import Foundation
import Training

/// Configurations: an accepted text is written as another with the same meaning.
///
/// The lines after the first zero byte are `--set` values.
enum ConfigurationCheck {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    put(UnsafeRawBufferPointer(rebasing: parts[0]), "input")
    let lines = parts.count < 2 ? [] : parts[1].split(separator: 0x0A)
    let settings = lines.map { String(decoding: $0, as: UTF8.self) }
    do {
      let document = try ConfigurationDocument(contentsOf: "input")
        .overridden(by: settings.map { try ConfigurationOverride($0) })
      guard let options = try options(document) else { return }
      let text = ConfigurationText.yaml(of: options)
      let again = try self.options(try ConfigurationDocument(text: text, name: "written"))
      precondition(again.map(ConfigurationText.yaml) == text, text)
    } catch {
      precondition(!"\(error)".contains("\n") && !"\(error)".contains("written"), "\(error)")
    }
  }

  /// The options that a document means; `nil` where no run can work with them.
  static func options(_ document: ConfigurationDocument) throws -> RunOptions? {
    let kind = document.string(at: "model.kind") ?? "copymtl"
    guard let defaults = RunOptions(modelKind: kind) else { return nil }
    let options = try document.decode(RunOptions.self, defaults: defaults)
    return (try? options.validate()) == nil ? nil : options
  }
}
