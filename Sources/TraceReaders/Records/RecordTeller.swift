// The comms in records of other events: their positions, by the event's format.

/// The counterpart of `readComms` for lines.
struct RecordTeller {
  let teller: CommTeller
  private var comms: [Text] = []
  private var pids: [RecordNumber] = []

  /// A comm: an array of bytes, or one elsewhere in the record (`__data_loc`: 16 bits of offset, 16 of size).
  private struct Text {
    let offset: Int
    let size: Int
    let isElsewhere: Bool

    init(_ field: EventFormat.Field) {
      (offset, size, isElsewhere) = (field.offset, field.size, field.isElsewhere)
    }
  }

  /// nil: the event gives no comm, or its format is unexpected.
  init?(_ format: EventFormat) {
    guard let teller = CommTeller(eventName: format.name.utf8) else { return nil }
    self.teller = teller
    let (comms, pids) = Self.fields(teller)
    self.comms = comms.compactMap { format.field($0).flatMap { $0.isNumber ? nil : Text($0) } }
    self.pids = pids.compactMap { format.field($0).flatMap { RecordNumber($0) } }
    guard self.comms.count == comms.count, self.pids.count == pids.count else { return nil }
  }

  private static func fields(_ teller: CommTeller) -> (comms: [String], pids: [String]) {
    switch teller {
    case .change: (["prev_comm", "next_comm"], ["prev_pid", "next_pid"])
    case .one, .exit: (["comm"], ["pid"])
    case .fork: (["parent_comm", "child_comm"], ["parent_pid", "child_pid"])
    case .exec: ([], ["pid", "old_pid"])
    case .rename: (["oldcomm", "newcomm"], ["pid"])
    }
  }

  func read(_ record: UnsafeRawPointer, bytes: Int, isBigEndian: Bool, into tasks: inout TaskTable) {
    guard bytes >= pids.reduce(0, { max($0, $1.end) }) else { return }
    func pid(_ place: Int) -> Int32 {
      Int32(truncatingIfNeeded: pids[place].value(in: record, isBigEndian: isBigEndian))
    }
    func tell(_ place: Int, of pid: Int32) {
      if let comm = Self.comm(comms[place], record, bytes, isBigEndian) { tasks.tell(comm, of: pid) }
    }
    switch teller {
    case .change:
      tell(0, of: pid(0))
      tell(1, of: pid(1))
    case .one: tell(0, of: pid(0))
    case .fork:
      tell(0, of: pid(0))
      tasks.forget(pid(1))
      tell(1, of: pid(1))
    case .exec:
      tasks.forget(pid(0))
      tasks.forget(pid(1))
    case .rename:
      tell(0, of: pid(0))
      tasks.forget(pid(0))
      tell(1, of: pid(0))
    case .exit:
      tell(0, of: pid(0))
      tasks.forget(pid(0))
    }
  }

  /// Up to its NUL; nil: it is not within the record.
  private static func comm(_ text: Text, _ record: UnsafeRawPointer, _ bytes: Int, _ isBigEndian: Bool) -> CommKey? {
    var (start, size) = (text.offset, text.size)
    if text.isElsewhere {
      guard bytes >= text.offset + 4 else { return nil }
      let word = (record + text.offset).loadUnaligned(as: UInt32.self)
      let place = isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
      (start, size) = (Int(place & 0xffff), Int(place >> 16))
    }
    guard size > 0, start + size <= bytes else { return nil }
    let comm = UnsafeRawBufferPointer(start: record + start, count: min(size, CommKey.width - 1)).prefix { $0 != 0 }
    return CommKey(UnsafeRawBufferPointer(rebasing: comm))
  }
}
