// What a page is put together from: digests, escapes.

import Testing

@testable import Page

@Suite struct MarkupTests {
  /// FIPS 180-4's examples: no byte, one block, two blocks. The base64 is that of coreutils' sha256sum, by base64.
  @Test(arguments: [
    ("", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), ("abc", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE="
    ),
  ])
  func digests(text: String, base64: String) { #expect(SHA256(Array(text.utf8)).base64 == base64) }

  /// A comm can hold any byte: markup, the end of a script, controls, and what turns the direction of text.
  @Test func namesAreText() {
    let comm = "</script><b>\"'&\u{1b}[31m\u{202e}\u{0}\u{fffe}é"
    var html = HTML()
    html.element("td", ["title": comm], comm)
    let escaped = "&lt;/script&gt;&lt;b&gt;&quot;&#39;&amp;\\u{1b}[31m\\u{202e}\\u{0}?é"
    #expect(html.text == "<td title=\"\(escaped)\">\(escaped)</td>")
  }

  /// They are written as they are, and nothing in them may end or break a page.
  @Test func resourcesAreWellFormed() {
    for resource in [PageShell.style, PageShell.script] {
      #expect(!resource.isEmpty && !resource.contains("<") && !resource.contains("&"))
    }
  }
}
