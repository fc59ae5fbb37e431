// The rows of a query as JSON.

import TextLayout

/// One array with an object per row (RFC 8259). A blob is a text in hex; so is a u64 of the kernel, since jq and
/// JavaScript round numbers above 2^53.
struct JSONPrinter: QueryPrinter {
  private static let escaped = ByteClass {
    $0 < 32 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 >= 128
  }

  var bytes: [UInt8] = Array("[".utf8)
  private let escaped = JSONPrinter.escaped
  /// By column: what is before its value.
  private let keys: [[UInt8]]
  private let isU64: [Bool]
  private var isEmpty = true

  /// - Parameter isU64: by column.
  init(names: [String], isU64: [Bool]) {
    self.isU64 = isU64
    keys = names.enumerated().map { index, name in
      var key = [UInt8](index == 0 ? "{".utf8 : ",".utf8)
      JSONPrinter.append(text: name, to: &key)
      return key + ":".utf8
    }
  }

  mutating func append(_ row: Statement) {
    bytes.append(isEmpty ? "\n" : ",\n")
    isEmpty = false
    for (column, key) in keys.enumerated() {
      bytes.append(contentsOf: key)
      switch QueryValue(row, column: Int32(column)) {
      case .null: bytes.append("null")
      case .integer(let value) where isU64[column]:
        bytes.append("\"0x")
        bytes.append(contentsOf: String(UInt64(bitPattern: value), radix: 16).utf8)
        bytes.append(UInt8(ascii: "\""))
      case .integer(let value): bytes.append(decimal: value)
      case .real(let value): bytes.append(real: value)
      case .text(let text):
        if escaped.containsAny(of: text) {
          JSONPrinter.append(text: String(decoding: text, as: UTF8.self), to: &bytes)
        } else {
          bytes.append(UInt8(ascii: "\""))
          bytes.append(contentsOf: text)
          bytes.append(UInt8(ascii: "\""))
        }
      case .blob(let blob):
        bytes.append(UInt8(ascii: "\""))
        bytes.append(hex: blob)
        bytes.append(UInt8(ascii: "\""))
      }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  mutating func finish() { bytes.append(isEmpty ? "]\n" : "\n]\n") }

  /// Escapes what JSON requires, and what a terminal would obey.
  private static func append(text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes.append("\\\"")
      case "\\": bytes.append("\\\\")
      case "\n": bytes.append("\\n")
      case "\r": bytes.append("\\r")
      case "\t": bytes.append("\\t")
      case _ where scalar.isObeyed:
        bytes.append("\\u")
        bytes.append(hex: UInt8(truncatingIfNeeded: scalar.value >> 8))
        bytes.append(hex: UInt8(truncatingIfNeeded: scalar.value))
      case _: bytes.append(contentsOf: UTF8.encode(scalar)!)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
