// The head of an HTTP request, as far as a server of files needs it.

/// From untrusted bytes (RFC 9112).
struct HTTPRequest: Equatable, Sendable {
  let method: String
  /// Decoded, without the query; begins with a slash.
  let path: String
  let host: String?
  let origin: String?
  /// A browser asks whether a public page may read from this machine.
  let asksForPrivateNetwork: Bool

  static let headMax = 8192

  /// nil: malformed.
  init?(head: [UInt8]) {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
    let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/"),
      let path = Self.decoded(words[1].prefix { $0 != "?" })
    else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() where !line.isEmpty {
      guard let colon = line.firstIndex(of: ":"), !line.hasPrefix(" ") else { return nil }
      let name = line[..<colon].lowercased()
      // Two of them: which one is meant is for others to guess.
      if headers[name] != nil, ["host", "origin"].contains(name) { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      headers[name] = String(value)
    }
    method = String(words[0])
    self.path = path
    host = headers["host"]?.lowercased()
    origin = headers["origin"]
    asksForPrivateNetwork = headers["access-control-request-private-network"] == "true"
  }

  /// Percent-encoding undone; nil: malformed, or it has control characters.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte != UInt8(ascii: "%") {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f } ? String(validating: bytes, as: UTF8.self) : nil
  }
}
