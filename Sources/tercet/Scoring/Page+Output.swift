import Commands
import Page

extension Page {
  /// Writes the page, and says where it is larger than browsers open at once.
  func write(to output: Output) throws {
    let html = self.html
    try output.write(html)
    let size = html.utf8.count
    if size > Self.comfortableSize {
      let megabytes = Double(size / 100_000) / 10
      Console.error(
        "\(output.name): has \(megabytes) MB and opens slowly; a page of fewer sentences, or of fewer "
          + "predictions by --min-score, stays under \(Self.comfortableSize / 1_000_000) MB")
    }
  }
}
