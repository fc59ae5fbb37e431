// The frame of a page: one file that asks for nothing and runs only its own script.

/// A whole document around its content.
struct PageShell {
  let title: String

  func document(_ content: (inout HTML) -> Void) -> String {
    var html = HTML()
    html.element("html", ["lang": "en"]) { html in
      html.element("head") { html in
        html.void("meta", ["charset": "utf-8"])
        html.void("meta", ["http-equiv": "Content-Security-Policy", "content": Self.policy])
        html.void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        html.void("meta", ["name": "color-scheme", "content": "light dark"])
        html.void("meta", ["name": "referrer", "content": "no-referrer"])
        html.element("title", title)
        html.raw("style", Self.style)
      }
      html.element("body") { html in
        html.element("main", [:], content)
        html.raw("script", Self.script)
      }
    }
    return "<!DOCTYPE html>\n\(html.text)\n"
  }

  static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
  static let script = String(decoding: PackageResources.page_js, as: UTF8.self)

  private static func hash(_ resource: String) -> String { "'sha256-\(SHA256(Array(resource.utf8)).base64)'" }

  static let policy =
    "default-src 'none'; style-src \(hash(style)); script-src \(hash(script)); base-uri 'none'; form-action 'none'"
}
