// The recording as it grows, and as a trace.dat in the end.

import Glibc

/// The rings of all CPUs, drained into files beside the recording.
package final class RecordingFile {
  package let path: String
  private let pageBytes: Int
  private var rings: [(pages: any TracePages, file: PageFile)] = []
  private let block: UnsafeMutableRawBufferPointer

  /// - Parameter pages: the rings, by CPU.
  package init(_ path: String, pages: [any TracePages], pageBytes: Int) throws(RecordingFileError) {
    self.path = path
    self.pageBytes = pageBytes
    block = .allocate(byteCount: pageBytes, alignment: 4096)
    for (cpu, ring) in pages.enumerated() {
      rings.append((ring, try PageFile("\(path).cpu\(cpu).\(getpid())")))
    }
  }

  deinit { block.deallocate() }

  /// Removes the files beside a recording that a process did not come to finish.
  package static func removeUnfinished(_ path: String, pid: Int32) {
    unlink("\(path).part.\(pid)")
    // CPUs are counted without a gap.
    var cpu = 0
    while unlink("\(path).cpu\(cpu).\(pid)") == 0 { cpu += 1 }
  }

  package var bytes: Int64 { rings.reduce(0) { $0 + $1.file.bytes } }

  /// Takes what is there now. A page that is not full yet takes a whole one in the file, so once in a while is often
  /// enough.
  /// - Returns: bytes taken.
  @discardableResult
  package func drain() throws(RecordingFileError) -> Int64 {
    let before = bytes
    for (cpu, ring) in rings.enumerated() {
      // Not more than a large ring at a time: other CPUs wait.
      for _ in 0..<4096 {
        let count = ring.pages.next(into: block)
        if count < 0 { throw .ring(cpu: cpu, errno: Int32(-count)) }
        if count == 0 { break }
        if count < pageBytes {
          memset(block.baseAddress! + count, 0, pageBytes - count)
        }
        try ring.file.append(UnsafeRawBufferPointer(block))
      }
    }
    return bytes - before
  }

  /// Writes the trace.dat; under its own name it stands only when it is whole.
  package func finish(_ head: TraceDatHead) throws(RecordingFileError) {
    let part = "\(path).part.\(getpid())"
    let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw .system(path: part, doing: "cannot be made", errno: errno) }
    do throws(RecordingFileError) {
      defer { close(descriptor) }
      let cpuBytes = rings.map(\.file.bytes)
      let bytes = head.bytes(cpuBytes: cpuBytes)
      try PageFile.write(bytes, to: descriptor, part)
      let places = head.places(cpuBytes: cpuBytes, from: Int64(bytes.count))
      for (ring, place) in zip(rings, places) { try ring.file.move(to: descriptor, at: place, part) }
      if rename(part, path) != 0 { throw .system(path: path, doing: "cannot be made", errno: errno) }
    } catch {
      unlink(part)
      throw error
    }
  }
}
