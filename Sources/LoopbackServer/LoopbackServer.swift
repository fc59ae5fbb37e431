// A server of files on 127.0.0.1, for the browser of the user who started it.

import Glibc

/// Answers one request per connection, several connections at a time, on one thread. What a client sends is bounded in
/// bytes, connections are bounded in number, and one that makes no progress is closed.
package final class LoopbackServer {
  private static let connectionsMax = 64
  private static let idleSecondsMax: Int64 = 30
  private static let blockSize = 1 << 16

  private struct Connection {
    let descriptor: Int32
    /// What was read of the request's head; then what is still to be written.
    var bytes: [UInt8] = []
    var file: ServedFile?
    var fileOffset: Int64 = 0
    var isAnswered = false
    var movedAt: Int64
  }

  package let port: UInt16
  private let listener: Int32
  private let files: ServedFiles
  private let access: AccessRule
  private var connections: [Connection] = []

  /// Of the call that failed; EADDRINUSE: another process has the port.
  package struct Failure: Error {
    package let errno: Int32
  }

  /// - Parameters:
  ///   - port: 0: any that is free.
  ///   - origin: the site besides the server itself whose pages may read from it.
  package init(port: UInt16, _ files: ServedFiles, origin: String?) throws(Failure) {
    self.files = files
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard listener >= 0 else { throw Failure(errno: errno) }
    var one: Int32 = 1
    // A port whose connections of a moment ago are not forgotten yet; not one that another process listens on.
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isKnown =
      isBound
      && withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) == 0 }
      }
    guard isKnown, listen(listener, 16) == 0 else {
      let error = errno
      close(listener)
      throw Failure(errno: error)
    }
    self.listener = listener
    self.port = UInt16(bigEndian: address.sin_port)
    access = AccessRule(port: self.port, origin: origin)
  }

  deinit {
    for connection in connections { Self.end(connection) }
    close(listener)
  }

  /// - Parameter isOver: asked several times a second.
  package func run(until isOver: () -> Bool) {
    while !isOver() {
      var polled = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
      if connections.count >= Self.connectionsMax { polled[0].events = 0 }
      polled += connections.map {
        pollfd(fd: $0.descriptor, events: Int16($0.isAnswered ? POLLOUT : POLLIN), revents: 0)
      }
      if poll(&polled, nfds_t(polled.count), 200) < 0, errno != EINTR { return }
      let now = Self.seconds
      var rest: [Connection] = []
      for (var connection, state) in zip(connections, polled.dropFirst()) {
        var isOpen = true
        if state.revents != 0 {
          connection.movedAt = now
          isOpen = connection.isAnswered ? write(&connection) : read(&connection)
        }
        if isOpen, now - connection.movedAt <= Self.idleSecondsMax {
          rest.append(connection)
        } else {
          Self.end(connection)
        }
      }
      connections = rest
      if polled[0].revents != 0 {
        let accepted = accept(listener, nil, nil)
        if accepted >= 0 {
          _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
          _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
          connections.append(Connection(descriptor: accepted, movedAt: now))
        }
      }
    }
  }

  private static var seconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec)
  }

  private static func end(_ connection: Connection) {
    connection.file?.close()
    close(connection.descriptor)
  }

  /// false: the connection is over.
  private func read(_ connection: inout Connection) -> Bool {
    var block = [UInt8](repeating: 0, count: HTTPRequest.headMax)
    let count = Glibc.read(connection.descriptor, &block, block.count)
    if count < 0 { return errno == EAGAIN || errno == EINTR }
    if count == 0 { return false }
    connection.bytes += block.prefix(count)
    let end = connection.bytes.firstRange(of: Array("\r\n\r\n".utf8))
    if end == nil, connection.bytes.count < HTTPRequest.headMax { return true }
    let response =
      if let end, end.lowerBound <= HTTPRequest.headMax {
        HTTPResponse(to: HTTPRequest(head: Array(connection.bytes[..<end.lowerBound])), files, access)
      } else {
        HTTPResponse("431 Request Header Fields Too Large")
      }
    connection.bytes = Array(response.head.utf8)
    connection.file = response.file
    connection.isAnswered = true
    return true
  }

  /// false: all is written, or the client is gone.
  private func write(_ connection: inout Connection) -> Bool {
    if connection.bytes.isEmpty, let file = connection.file {
      var block = [UInt8](repeating: 0, count: Self.blockSize)
      let count = pread(file.descriptor, &block, block.count, Int(connection.fileOffset))
      if count > 0 {
        connection.fileOffset += Int64(count)
        connection.bytes = Array(block.prefix(count))
      }
    }
    if connection.bytes.isEmpty { return false }
    let count = connection.bytes.withUnsafeBytes {
      send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    if count < 0 { return errno == EAGAIN || errno == EINTR }
    connection.bytes.removeFirst(count)
    return true
  }
}
