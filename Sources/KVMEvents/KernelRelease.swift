// Which kernel was recorded, as far as the recording says.

/// A kernel's release as `uname -r` prints it: `6.12.95+deb12-amd64`.
package struct KernelRelease: Equatable, Sendable {
  package let text: String
  package let version: KernelVersion

  /// Linux allows 64 characters for it.
  private static let lengthMax = 64

  /// nil: not a single word that begins with a version.
  package init?(_ text: some StringProtocol) {
    let isWord = text.utf8.allSatisfy { 0x21...0x7e ~= $0 }
    guard isWord, text.utf8.count <= Self.lengthMax, let version = KernelVersion(text) else { return nil }
    self.text = String(text)
    self.version = version
  }

  /// - Parameter uname: system, host, release and machine, with blanks between, as a trace.dat has them.
  package init?(uname: some Sequence<UInt8>) {
    let words = String(decoding: uname.prefix { $0 != 0 }, as: UTF8.self).split(separator: " ")
    guard words.count == 4 else { return nil }
    self.init(words[2])
  }
}

extension KernelRelease: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let release = Self(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no release of a kernel")
    }
    self = release
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// The numbers that a release begins with.
package struct KernelVersion: Comparable, Sendable {
  package let major: Int
  package let minor: Int
  package let patch: Int

  /// Reads `6.12.95`, `6.12` and either followed by anything but a digit; a release candidate counts as its release.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, let major = Int(Self.digits(parts[0])), Self.digits(parts[0]) == parts[0],
      let minor = Int(Self.digits(parts[1]))
    else { return nil }
    self.major = major
    self.minor = minor
    let isWhole = Self.digits(parts[1]) == parts[1]
    patch = isWhole && parts.count == 3 ? Int(Self.digits(parts[2])) ?? 0 : 0
  }

  private static func digits(_ text: some StringProtocol) -> String {
    String(text.prefix { $0.isASCII && $0.isNumber })
  }

  package static func < (one: Self, other: Self) -> Bool {
    (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
  }
}
