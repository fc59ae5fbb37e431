// What a server answers with: one trace, and a folder of pages.

import Glibc

/// A file that is open.
struct ServedFile {
  let descriptor: Int32
  let size: Int64
  let type: String

  func close() { Glibc.close(descriptor) }
}

package struct ServedFiles: Sendable {
  /// Of the trace, which stays open.
  private let trace: Int32
  private let tracePath: String
  /// Resolved, without a slash at its end; nil: there is none.
  private let folder: String?

  /// - Parameters:
  ///   - trace: a descriptor of a regular file.
  ///   - path: that it has, such as `/trace.pftrace`.
  ///   - folder: served at `/`; nil: nothing else is.
  package init(trace: Int32, at path: String, folder: String?) {
    self.trace = trace
    tracePath = path
    self.folder = folder
  }

  /// Opens what a path names; the caller closes it. nil: there is no such file, or it is outside the folder.
  func open(_ path: String) -> ServedFile? {
    if path == tracePath { return file(dup(trace), "application/octet-stream") }
    guard let folder else { return nil }
    let parts = path.split(separator: "/")
    // Also those that begin with a point, such as `.git`.
    if parts.contains(where: { $0.hasPrefix(".") }) { return nil }
    let wanted = ([folder] + parts.map(String.init)).joined(separator: "/") + (path.hasSuffix("/") ? "/index.html" : "")
    guard let resolved = realpath(wanted, nil) else { return nil }
    defer { free(resolved) }
    let real = String(cString: resolved)
    guard real.hasPrefix(folder + "/") else { return nil }
    return file(Glibc.open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), Self.type(of: real))
  }

  private func file(_ descriptor: Int32, _ type: String) -> ServedFile? {
    var status = stat()
    guard descriptor >= 0 else { return nil }
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    return ServedFile(descriptor: descriptor, size: Int64(status.st_size), type: type)
  }

  private static func type(of path: String) -> String {
    switch path.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "js": "text/javascript"
    case "css": "text/css"
    case "json", "map": "application/json"
    case "wasm": "application/wasm"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "woff2": "font/woff2"
    case _: "application/octet-stream"
    }
  }
}
