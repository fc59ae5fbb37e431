// The report as one JSON document.

import FoundationEssentials
import TextLayout

package enum JSONReport {
  /// The document, keys sorted, a newline at its end: same report, same bytes. What a terminal would obey is escaped.
  package static func text(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(report), as: UTF8.self).escapedForJSON + "\n"
  }
}
