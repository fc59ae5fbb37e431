// The recording as it grows, and as a trace.dat in the end.

import FileSystem
import Glibc

/// The rings of all CPUs, drained into files beside the recording: in one stretch, or in several of which the older
/// ones are given up again.
package final class RecordingFile {
  /// Symbolic links followed.
  package let path: String
  private let pageBytes: Int
  private let rings: [any TracePages]
  /// The files of each CPU, the oldest stretch first.
  private var stretches: [[PageFile]] = []
  private var stretchesBegun = 0
  private let block: UnsafeMutableRawBufferPointer

  /// - Parameter pages: the rings, by CPU.
  package init(_ path: String, pages: [any TracePages], pageBytes: Int) throws(RecordingFileError) {
    self.path = FinalPath.resolve(path)
    self.pageBytes = pageBytes
    rings = pages
    block = .allocate(byteCount: pageBytes, alignment: 4096)
    try beginStretch()
  }

  deinit { block.deallocate() }

  package var stretchCount: Int { stretches.count }

  /// What is drained from now on can outlive what was before.
  package func beginStretch() throws(RecordingFileError) {
    var files: [PageFile] = []
    for cpu in rings.indices { files.append(try PageFile("\(path).cpu\(cpu).\(stretchesBegun).\(getpid())")) }
    stretches.append(files)
    stretchesBegun += 1
  }

  /// Gives up the oldest stretch, if it is not the only one. CPUs are drained one after the other, so what is left
  /// begins on each at another moment: each CPU keeps a page at least, and its first one says that events before it are
  /// lost.
  package func dropStretch() throws(RecordingFileError) {
    guard stretches.count > 1 else { return }
    for (old, new) in zip(stretches[0], stretches[1]) {
      if new.bytes == 0 { try new.appendLastPage(of: old, pageBytes: pageBytes) }
      try new.markLossBeforeFirstPage()
    }
    stretches.removeFirst()
  }

  /// Removes the files beside a recording that a process did not come to finish.
  package static func removeUnfinished(_ path: String, pid: Int32) {
    let (folder, name) = FinalPath.split(FinalPath.resolve(path))
    for file in (try? namesInFolder(folder)) ?? [] where file.hasSuffix(".\(pid)") {
      let rest = file.dropLast("\(pid)".count + 1)
      guard rest == "\(name).part" || rest == "\(name).look" || rest.hasPrefix("\(name).cpu") else { continue }
      unlink("\(folder)/\(file)")
    }
  }

  package var bytes: Int64 { stretches.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes } } }

  /// Takes what is there now. A page that is not full yet takes a whole one in the file, so once in a while is often
  /// enough.
  /// - Returns: bytes taken.
  @discardableResult
  package func drain() throws(RecordingFileError) -> Int64 {
    let before = bytes
    for (cpu, ring) in rings.enumerated() {
      // Not more than a large ring at a time: other CPUs wait.
      for _ in 0..<4096 {
        let count = ring.next(into: block)
        if count < 0 { throw .ring(cpu: cpu, errno: Int32(-count)) }
        if count == 0 { break }
        if count < pageBytes {
          memset(block.baseAddress! + count, 0, pageBytes - count)
        }
        try stretches[stretches.count - 1][cpu].append(UnsafeRawBufferPointer(block))
      }
    }
    return bytes - before
  }

  /// Writes the trace.dat; it gets its own name only when it is complete.
  package func finish(_ head: TraceDatHead) throws(RecordingFileError) {
    let part = "\(path).part.\(getpid())"
    var unsynced = try write(head, to: part, isMoved: true)
    if rename(part, path) != 0 {
      let error = errno
      unlink(part)
      throw .system(path: path, doing: "cannot be made", errno: error)
    }
    if !FinalPath.syncFolder(FinalPath.split(path).folder) { unsynced = errno }
    // What was recorded stays: there is no second one.
    if unsynced != 0 { throw .system(path: path, doing: "cannot be synced to its disk", errno: unsynced) }
  }

  /// Where `writeSoFar` writes.
  package var pathSoFar: String { "\(path).look.\(getpid())" }

  /// Writes what there is as a trace.dat of its own, to be looked at while the recording goes on.
  package func writeSoFar(_ head: TraceDatHead) throws(RecordingFileError) {
    unlink(pathSoFar)
    _ = try write(head, to: pathSoFar, isMoved: false)
  }

  /// - Returns: why what was moved is not on the disk for certain; 0: it is.
  private func write(_ head: TraceDatHead, to target: String, isMoved: Bool) throws(RecordingFileError) -> Int32 {
    let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw .system(path: target, doing: "cannot be made", errno: errno) }
    defer { close(descriptor) }
    do throws(RecordingFileError) {
      let cpuBytes = rings.indices.map { cpu in stretches.reduce(0) { $0 + $1[cpu].bytes } }
      let bytes = head.bytes(cpuBytes: cpuBytes)
      try PageFile.write(bytes, to: descriptor, target)
      let places = head.places(cpuBytes: cpuBytes, from: Int64(bytes.count))
      for (cpu, first) in places.enumerated() {
        var place = first
        for stretch in stretches {
          let bytes = stretch[cpu].bytes
          try stretch[cpu].copy(to: descriptor, at: place, target, isMoved: isMoved)
          place += bytes
        }
      }
      return !isMoved || fsync(descriptor) == 0 ? 0 : errno
    } catch {
      unlink(target)
      throw error
    }
  }
}
