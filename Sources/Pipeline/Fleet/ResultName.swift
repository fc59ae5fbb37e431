// Where the result of a recording is: by its content and by what was asked of it.

import Schema
import TraceReaders

/// `0123456789abcdef-1-fedcba9876543210`: the hash of the recording's bytes, the version of the fleet database, and a
/// digest of the options, the labels and the version of gpc-replay. Who asks the same of the same bytes gets the same
/// name, on whatever host.
package struct ResultName: Hashable, Sendable {
  package let text: String

  init(_ content: ContentHash, digest: ContentHash) {
    text = "\(content.digits)-\(Schema.fleetVersion)-\(digest.digits)"
  }

  /// It is the name of a result's file, whatever the file is.
  static func isOne(_ file: String) -> Bool {
    file.wholeMatch(of: /[0-9a-f]{16}-[0-9]+-[0-9a-f]{16}\.db/) != nil
  }

  /// Of the result, from the folder of all results: `01/0123….db`.
  package var place: String { "\(text.prefix(2))/\(text).db" }
  /// Of the recording's own database, if it is kept.
  package var eventsPlace: String { "\(text.prefix(2))/\(text).trace.db" }
}
