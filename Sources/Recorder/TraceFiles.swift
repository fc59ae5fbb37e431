// The files that a recording is made through: tracefs, /proc and /sys, or their stand-ins in a test.

import FileSystem
import Glibc

/// Files by their paths below one root.
package protocol TraceFiles: AnyObject {
  /// nil: it cannot be read.
  func bytes(_ path: String) -> [UInt8]?
  /// Writes without cutting the file short: what tracefs does to a file that is truncated would end other recordings.
  /// - Returns: an errno, or 0.
  func write(_ text: String, to path: String) -> Int32
  /// - Returns: an errno, or 0.
  func makeFolder(_ path: String) -> Int32
  /// - Returns: an errno, or 0.
  func removeFolder(_ path: String) -> Int32
  func exists(_ path: String) -> Bool
  /// Sorted; none where there is no such folder.
  func names(in path: String) -> [String]
  /// `trace_pipe_raw`; nil: it cannot be opened.
  func openPages(_ path: String) -> (any TracePages)?
}

extension TraceFiles {
  package func text(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }
}

/// The pages of one CPU's ring.
package protocol TracePages: AnyObject {
  /// The next page into the front of `block`; 0: none is there now. A negative errno says what went wrong.
  func next(into block: UnsafeMutableRawBufferPointer) -> Int
}

/// The files of this host.
package final class SystemTraceFiles: TraceFiles {
  private let root: String

  /// - Parameter root: what stands in front of every path; empty on a real host.
  package init(root: String = "") { self.root = root }

  package func bytes(_ path: String) -> [UInt8]? {
    let descriptor = open(root + path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    // The largest are saved_cmdlines and kprobe_events.
    while bytes.count < 16 << 20 {
      let count = read(descriptor, &block, block.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      bytes += block[..<count]
    }
    return bytes
  }

  package func write(_ text: String, to path: String) -> Int32 {
    let descriptor = open(root + path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { return errno }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    while true {
      let count = Glibc.write(descriptor, bytes, bytes.count)
      if count < 0 && errno == EINTR { continue }
      return count == bytes.count ? 0 : count < 0 ? errno : EIO
    }
  }

  package func makeFolder(_ path: String) -> Int32 { mkdir(root + path, 0o750) == 0 ? 0 : errno }
  package func removeFolder(_ path: String) -> Int32 { rmdir(root + path) == 0 ? 0 : errno }
  package func exists(_ path: String) -> Bool { access(root + path, F_OK) == 0 }

  package func names(in path: String) -> [String] {
    (try? namesInFolder(root + path)) ?? []
  }

  package func openPages(_ path: String) -> (any TracePages)? {
    let descriptor = open(root + path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    return descriptor < 0 ? nil : SystemTracePages(owning: descriptor)
  }
}

private final class SystemTracePages: TracePages {
  private let descriptor: Int32

  init(owning descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  func next(into block: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = read(descriptor, block.baseAddress, block.count)
      if count >= 0 { return count }
      if errno == EINTR { continue }
      return errno == EAGAIN ? 0 : -Int(errno)
    }
  }
}
