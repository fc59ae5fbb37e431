// How many columns of a terminal a text takes.

import CWidth
import Glibc

extension String {
  /// By the C library's `wcwidth(3)`: an East Asian wide character takes two columns, a combining one none.
  package var displayWidth: Int {
    let bytes = utf8
    if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.count }
    return wide.measure(self)
  }
}

/// A locale whose characters are Unicode's, whatever the environment says.
private let wide = WideLocale()

private struct WideLocale: @unchecked Sendable {
  /// nil: the C library has no such locale.
  private let handle: locale_t?

  /// Kept as long as the process: never freed, so that any thread may use it.
  init() { handle = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) }

  func measure(_ text: String) -> Int {
    guard let handle else { return text.count }
    let before = uselocale(handle)
    defer { uselocale(before) }
    // What has no width of its own is printed as one character at most.
    return text.unicodeScalars.reduce(0) { $0 + max(Int(wcwidth(wchar_t($1.value))), 0) }
  }
}
