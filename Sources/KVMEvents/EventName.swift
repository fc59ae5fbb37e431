// The names a recording uses, interned: its tasks and its event names.

/// A task of the recording. The same pid under another comm is another row: a thread may rename itself.
package struct TraceTask: Hashable, Sendable {
  package let pid: Int32
  package let tgid: Int32?
  /// The comm as recorded, any bytes; shown with invalid UTF-8 replaced.
  package let comm: [UInt8]

  package init(pid: Int32, tgid: Int32?, comm: [UInt8]) {
    self.pid = pid
    self.tgid = tgid
    self.comm = comm
  }

  /// `comm-pid`, as ftrace writes it.
  package var label: String { "\(String(decoding: comm, as: UTF8.self))-\(pid)" }
}

/// An event name of the recording, its meaning by the catalogue, and how often it occurred.
package struct EventName: Sendable {
  package let name: String
  /// nil: not an event of the catalogue; counted and not stored.
  package let kind: EventKind?
  package var count: Int64
  /// The recording itself lists it among its events, whether one occurred or not.
  package let isListed: Bool

  package init(name: String, kind: EventKind?, count: Int64, isListed: Bool = false) {
    self.name = name
    self.kind = kind
    self.count = count
    self.isListed = isListed
  }
}
