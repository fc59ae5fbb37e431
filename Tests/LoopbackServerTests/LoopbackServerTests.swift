// The server of files: what it serves, and to whom. Requests come through real connections, from bash.

import Foundation
import LoopbackServer
import RealBinary
import Synchronization
import Testing

/// A server that runs beside the test, on a port of its own.
private final class RunningServer: Sendable {
  let port: UInt16
  private let isOver = Mutex(false)

  init(_ files: ServedFiles, origin: String?) throws {
    nonisolated(unsafe) let server = try LoopbackServer(port: 0, files, origin: origin)
    port = server.port
    Thread { [self] in server.run { isOver.withLock { $0 } } }.start()
  }

  func end() { isOver.withLock { $0 = true } }
}

@Suite struct LoopbackServerTests {
  private static let origin = "https://ui.perfetto.dev"
  private let folder: TemporaryFolder
  private let server: RunningServer

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.write("secret", "secret")
    _ = try folder.write("t.pftrace", String(repeating: "trace", count: 100_000))
    let pages = folder.file("pages")
    try FileManager.default.createDirectory(at: pages.appending(path: "v1"), withIntermediateDirectories: true)
    try Data("page".utf8).write(to: pages.appending(path: "index.html"))
    try Data("code".utf8).write(to: pages.appending(path: "v1/a b.js"))
    try Data("no".utf8).write(to: pages.appending(path: ".hidden"))
    try FileManager.default.createSymbolicLink(
      at: pages.appending(path: "out"), withDestinationURL: folder.file("secret"))
    let trace = open(folder.file("t.pftrace").path, O_RDONLY)
    let real = pages.resolvingSymlinksInPath().path
    server = try RunningServer(ServedFiles(trace: trace, at: "/trace.pftrace", folder: real), origin: Self.origin)
  }

  /// What is answered to these bytes; `%PORT` is the server's.
  private func answer(_ request: String) throws -> String {
    _ = try folder.write("request", request.replacing("%PORT", with: "\(server.port)"))
    let run = try Invocation(
      shell: "exec 3<>/dev/tcp/127.0.0.1/\(server.port); cat request >&3; cat <&3", in: folder.url)
    return run.text
  }

  private func get(_ path: String, _ headers: String = "", method: String = "GET") throws -> String {
    try answer("\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:%PORT\r\n\(headers)\r\n")
  }

  @Test func servesTheTraceAndTheFolder() throws {
    defer { server.end() }
    let trace = try get("/trace.pftrace?x=1")
    #expect(trace.hasPrefix("HTTP/1.1 200 OK\r\n") && trace.contains("\r\nContent-Length: 500000\r\n"))
    #expect(trace.hasSuffix("\r\n\r\n" + String(repeating: "trace", count: 100_000)))
    #expect(try get("/").hasSuffix("\r\n\r\npage"))
    let code = try get("/v1/a%20b.js")
    #expect(code.hasSuffix("\r\n\r\ncode") && code.contains("\r\nContent-Type: text/javascript\r\n"))
    let head = try get("/trace.pftrace", method: "HEAD")
    #expect(head.contains("\r\nContent-Length: 500000\r\n") && head.hasSuffix("\r\n\r\n"))
  }

  @Test(arguments: [
    "/../secret", "/v1/../../secret", "/%2e%2e/secret", "/v1/%2E%2E/%2E%2E/secret", "/out", "/.hidden", "/none", "/v1",
    "/..%2fsecret", "//../secret",
  ]) func nothingBesideTheFolder(path: String) throws {
    defer { server.end() }
    #expect(try get(path).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
  }

  /// One site's pages, and the server's own.
  @Test func otherPagesReadNothing() throws {
    defer { server.end() }
    let allowed = try get("/trace.pftrace", "Origin: \(Self.origin)\r\n")
    #expect(allowed.contains("\r\nAccess-Control-Allow-Origin: \(Self.origin)\r\n"))
    #expect(try get("/", "Origin: http://localhost:%PORT\r\n").hasPrefix("HTTP/1.1 200"))
    for origin in ["https://evil.example", "null", "\(Self.origin).evil.example", "http://ui.perfetto.dev"] {
      let answer = try get("/trace.pftrace", "Origin: \(origin)\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 403") && !answer.contains("Allow-Origin") && !answer.contains("trace"))
    }
  }

  /// A name of another site that was made to mean 127.0.0.1.
  @Test func otherHostsAreNone() throws {
    defer { server.end() }
    for host in ["Host: evil.example:%PORT\r\n", "Host: 127.0.0.1\r\n", ""] {
      #expect(try answer("GET / HTTP/1.1\r\n\(host)\r\n").hasPrefix("HTTP/1.1 403"), "\(host)")
    }
    #expect(try get("/", "Host: evil.example\r\n").hasPrefix("HTTP/1.1 400"))
  }

  @Test func onlyReads() throws {
    defer { server.end() }
    for method in ["POST", "PUT", "DELETE", "get"] {
      #expect(try get("/", method: method).hasPrefix("HTTP/1.1 405"))
    }
    let asked = "Origin: \(Self.origin)\r\nAccess-Control-Request-Private-Network: true\r\n"
    let preflight = try get("/trace.pftrace", asked, method: "OPTIONS")
    #expect(
      preflight.hasPrefix("HTTP/1.1 204") && preflight.contains("\r\nAccess-Control-Allow-Private-Network: true\r\n"))
  }

  @Test(arguments: [
    "GET\r\n\r\n", "GET x HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\n\r\n", "GET /%00 HTTP/1.1\r\n\r\n", "\r\n\r\n",
  ])
  func whatIsNoRequest(text: String) throws {
    defer { server.end() }
    #expect(try answer(text).hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
  }

  @Test func requestsAreBounded() throws {
    defer { server.end() }
    #expect(try answer("GET / HTTP/1.1\r\n" + String(repeating: "x", count: 8192)).hasPrefix("HTTP/1.1 431"))
  }

  /// A client that sends half a request does not block the others.
  @Test func oneWaitsForNoOther() throws {
    defer { server.end() }
    let request = "GET / HTTP/1.1\\r\\nHost: 127.0.0.1:\(server.port)\\r\\n\\r\\n"
    let run = try Invocation(
      shell: """
        exec 3<>/dev/tcp/127.0.0.1/\(server.port); printf 'GET / HT' >&3
        exec 4<>/dev/tcp/127.0.0.1/\(server.port); printf '\(request)' >&4; cat <&4
        """, in: folder.url)
    #expect(run.text.hasSuffix("\r\n\r\npage"))
  }

  @Test func aPortIsServedOnce() throws {
    defer { server.end() }
    let trace = open(folder.file("t.pftrace").path, O_RDONLY)
    #expect(throws: LoopbackServer.Failure.self) {
      try LoopbackServer(port: server.port, ServedFiles(trace: trace, at: "/t", folder: nil), origin: nil)
    }
  }
}
