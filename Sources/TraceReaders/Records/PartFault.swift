// Why a binary recording cannot be read: what is wrong with the parts that everything else hangs on.

/// Damage in pages and records, if those parts are intact, is an `ImportIssue`.
package enum PartFault: Error, Equatable, Sendable {
  /// The file, or a part with a known length, ends inside this part.
  case cutOff(Part)
  /// A part claims more bytes than any recording has.
  case tooLarge(Part, bytes: UInt64)
  /// The codec's own message about a part that cannot be decompressed.
  case damaged(Part, String)
  /// Another section is where this part should be.
  case misplaced(Part)
  /// A value of this part that no recording has.
  case odd(Part)
  /// A fault of one format only: the end of a sentence that begins with the input's name. The format makes it.
  case ofForm(String)

  /// A part of the file.
  package struct Part: Equatable, Sendable {
    /// Its name in a sentence.
    let words: String

    init(_ words: String) { self.words = words }

    package static let header = Self("header")
    package static let layout = Self("description of the ring buffer")
    package static let formats = Self("event formats")
  }
}

extension PartFault {
  /// The fault as the end of a sentence that begins with the input's name.
  package var predicate: String {
    switch self {
    case .cutOff(let part): "is cut off inside its \(part.words)"
    case .tooLarge(let part, let bytes): "claims \(bytes) bytes for its \(part.words)"
    case .damaged(let part, let reason): "cannot be unpacked: \(part.words): \(reason)"
    case .misplaced(let part): "has something else where its \(part.words) should be"
    case .odd(let part): "has values in its \(part.words) that no recording has"
    case .ofForm(let predicate): predicate
    }
  }
}
