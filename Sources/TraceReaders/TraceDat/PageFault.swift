// What can be wrong with a page of trace data.

enum PageFault: Equatable {
  /// Shorter than a page's header.
  case short
  /// More bytes in use than the page has.
  case committed(Int)
  /// An entry that extends past the bytes in use.
  case entryPastEnd
  /// An entry of no bytes.
  case emptyEntry
  /// The chunk that holds it cannot be decompressed: the reason.
  case packed(String)

  var reason: String {
    switch self {
    case .short: "a page that ends inside its head"
    case .committed(let bytes): "a page that claims \(bytes) bytes in use, more than it has"
    case .entryPastEnd: "an entry that reaches past its page"
    case .emptyEntry: "an entry without a length"
    case .packed(let reason): "a chunk that cannot be unpacked: \(reason)"
    }
  }
}
