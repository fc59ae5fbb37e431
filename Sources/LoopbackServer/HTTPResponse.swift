// What a server on the loopback address answers, and to whom.

/// Which pages may read from the server.
struct AccessRule {
  /// `Host` values that name the server. A page of another site whose name was made to mean 127.0.0.1 sends its own.
  private let hosts: Set<String>
  /// The site besides the server itself whose pages may read from it.
  private let origin: String?

  init(port: UInt16, origin: String?) {
    hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
    self.origin = origin
  }

  /// nil: the request is refused. Else the value of `Access-Control-Allow-Origin`, empty where none is needed.
  func allowedOrigin(_ request: HTTPRequest) -> String? {
    guard let host = request.host, hosts.contains(host) else { return nil }
    guard let asked = request.origin else { return "" }
    if hosts.contains(where: { asked == "http://\($0)" }) { return asked }
    return asked == origin ? asked : nil
  }
}

struct HTTPResponse {
  let head: String
  /// nil: it has no body, or is the answer to HEAD.
  let file: ServedFile?

  /// - Parameter request: nil: malformed.
  init(to request: HTTPRequest?, _ files: ServedFiles, _ access: AccessRule) {
    guard let request else {
      self.init("400 Bad Request")
      return
    }
    guard let origin = access.allowedOrigin(request) else {
      self.init("403 Forbidden")
      return
    }
    var headers: [String] = []
    if !origin.isEmpty { headers += ["Access-Control-Allow-Origin: \(origin)", "Vary: Origin"] }
    switch request.method {
    case "OPTIONS":
      headers.append("Access-Control-Allow-Methods: GET, HEAD")
      if request.asksForPrivateNetwork { headers.append("Access-Control-Allow-Private-Network: true") }
      self.init("204 No Content", headers)
    case "GET", "HEAD":
      guard let file = files.open(request.path) else {
        self.init("404 Not Found", headers)
        return
      }
      headers += ["Content-Type: \(file.type)", "X-Content-Type-Options: nosniff", "Cache-Control: no-store"]
      self.init("200 OK", headers, file, hasBody: request.method == "GET")
    case _: self.init("405 Method Not Allowed", headers + ["Allow: GET, HEAD, OPTIONS"])
    }
  }

  /// - Parameter status: the number, and its words.
  init(_ status: String, _ headers: [String] = [], _ file: ServedFile? = nil, hasBody: Bool = true) {
    let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(file?.size ?? 0)", "Connection: close", "", ""]
    head = lines.joined(separator: "\r\n")
    if let file, !hasBody { file.close() }
    self.file = hasBody ? file : nil
  }
}
