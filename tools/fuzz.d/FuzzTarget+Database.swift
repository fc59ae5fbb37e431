// Bytes as edits of a database, which is replayed, compared and reported again.

import Glibc
import Stages
import TraceReaders
import TraceStore

extension FuzzTarget {
  func database(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    let template = FuzzTemplate.all[Int(first) % FuzzTemplate.all.count]
    let path = template.copy()
    defer { FuzzTemplate.remove(path) }
    HostileEdits(Array(bytes.dropFirst())).apply(to: path, template.tables)
    do {
      let database = try TraceDatabase(at: path)
      // What was stored, and what is made of the events.
      _ = try Stages.report(database)
      _ = try Stages.viewFault(database)
      _ = try Stages.compare(database)
      try Stages.replay(database)
      _ = try Stages.report(database)
      _ = try Stages.compare(database)
    } catch {
      precondition(error is TraceStoreError, "a database that is none of ours any more is said to be so")
    }
  }
}

/// A database of a small recording, whole, that each execution damages a copy of.
private struct FuzzTemplate {
  private let image: [UInt8]
  let tables: [HostileTable]

  /// From the folder that tools/fuzz runs in.
  static let all = [
    "traces/missed/contract", "traces/cut/late-walk", "traces/history/two-refreshers-lossy",
    "traces/history/memslot-moved-in-refresh", "traces/lifecycle/einval",
  ].map { FuzzTemplate($0 + "/trace.txt.zst") }

  private init(_ trace: String) {
    let path = Self.path
    do {
      _ = try Stages.imported(TraceReader(.file(path: trace), options: TraceReadOptions()), at: .file(path))
    } catch {
      preconditionFailure("\(trace) cannot be imported: \(error)")
    }
    tables = HostileTable.all(of: path)
    image = FuzzFile.bytes(of: path)
    Self.remove(path)
  }

  /// In memory where there is such a file system: SQLite waits for the disk at each COMMIT.
  private static let path = "\(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp")/gpc-replay-fuzz-\(getpid()).db"

  func copy() -> String {
    let descriptor = open(Self.path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    precondition(descriptor >= 0 && write(descriptor, image, image.count) == image.count, "a copy can be made")
    close(descriptor)
    return Self.path
  }

  static func remove(_ path: String) {
    for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
  }
}
