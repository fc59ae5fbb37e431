// One CPU's records in the order in which they were recorded: iterates over the pages of the ring buffer.

struct CPUStream {
  let cpu: Int32
  let pages: CPUPages

  // The record that comes next.

  /// Its time, corrected: what the streams are merged by.
  var time: UInt64 = 0
  private(set) var record: UnsafeRawPointer
  private(set) var recordBytes = 0
  /// Whether there is one. A stream may end with a loss after its last record.
  private(set) var hasRecord = false
  /// What was lost before it.
  private(set) var loss = Loss.none

  // The current page.

  private var next: UnsafeRawPointer
  private var end: UnsafeRawPointer
  /// The time of the last entry of the ring buffer, as it was recorded.
  private(set) var stamp: UInt64 = 0

  // The last task: usually the next one, too.

  var pid: Int32 = -1
  var task: Int32 = -1

  enum Loss: Equatable {
    case none
    case unknown
    case some(UInt64)
  }

  enum Step {
    case record
    case pageEnd
    /// The rest of the page cannot be read.
    case broken(PageFault)
  }

  /// - Parameter nowhere: an address to point to until the first page is there; nothing is read from it.
  init(cpu: Int32, pages: CPUPages, nowhere: UnsafeRawPointer) {
    (self.cpu, self.pages) = (cpu, pages)
    (record, next, end) = (nowhere, nowhere, nowhere)
  }

  var isAtEnd: Bool { !hasRecord && loss == .none }

  mutating func takeLoss() { loss = .none }

  /// More events are missing before the next record.
  mutating func lose(_ more: Loss) {
    switch (loss, more) {
    case (_, .none): break
    case (.none, _): loss = more
    case (.some(let a), .some(let b)): loss = .some(a &+ b)
    case (.unknown, _), (.some, .unknown): loss = .unknown
    }
  }

  mutating func finish() { hasRecord = false }

  /// Begins a page. nil: it is intact, as far as its header shows.
  mutating func begin(_ page: UnsafeRawBufferPointer, _ layout: RingBufferLayout) -> PageFault? {
    (next, end) = (record, record)
    guard page.count >= layout.dataOffset, let start = page.baseAddress else { return .short }
    stamp = layout.isBigEndian ? UInt64(bigEndian: start.value()) : UInt64(littleEndian: start.value())
    let commit = layout.long(start + layout.commitOffset)
    let used = Int(commit & 0x7ff_ffff)
    guard used <= page.count - layout.dataOffset else { return .committed(used) }
    next = start + layout.dataOffset
    end = next + used
    if commit >> 31 & 1 == 1 { lose(lost(commit, page, layout)) }
    return nil
  }

  /// The number of events lost before this page is after its data, if there was room.
  private func lost(_ commit: UInt64, _ page: UnsafeRawBufferPointer, _ layout: RingBufferLayout) -> Loss {
    guard commit >> 30 & 1 == 1, let start = page.baseAddress,
      page.count - (end - start) >= layout.commitBytes
    else { return .unknown }
    let count = layout.long(end)
    return count == 0 || count > UInt64(Int64.max) ? .unknown : .some(count)
  }

  /// Continues to the next record of this page.
  @inline(__always) mutating func step(isBigEndian: Bool) -> Step {
    while end - next >= 4 {
      let head = word(isBigEndian)
      let type = isBigEndian ? head >> 27 : head & 31
      let delta = UInt64(isBigEndian ? head & 0x7ff_ffff : head >> 5)
      if type &- 1 < 28 {
        let count = Int(type) &* 4
        guard end - next >= count else { return broken(.entryPastEnd) }
        stamp &+= delta
        take(count)
        return .record
      }
      if let step = special(type, delta, isBigEndian) { return step }
    }
    hasRecord = false
    return .pageEnd
  }

  /// The next four bytes, skipped.
  @inline(__always) private mutating func word(_ isBigEndian: Bool) -> UInt32 {
    let value: UInt32 = next.value()
    next += 4
    return isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value)
  }

  @inline(__always) private mutating func take(_ count: Int) {
    record = next
    recordBytes = count
    hasRecord = true
    next += count
  }

  /// Entries other than records of up to 112 bytes. nil: skipped.
  private mutating func special(_ type: UInt32, _ delta: UInt64, _ isBigEndian: Bool) -> Step? {
    // Padding without a time ends the page.
    if type == 29, delta == 0 {
      next = end
      return nil
    }
    guard end - next >= 4 else { return broken(.entryPastEnd) }
    switch type {
    case 0:
      return takeLong(word(isBigEndian), delta)
    case 29:
      // A record that was discarded: its length counts from after the first four bytes.
      let count = Int(word(isBigEndian))
      guard count >= 4, count - 4 <= end - next else { return broken(.entryPastEnd) }
      stamp &+= delta
      next += count - 4
    case 30:
      stamp &+= delta &+ UInt64(word(isBigEndian)) << 27
    case _:
      // An absolute stamp has 59 bits; the top ones stay.
      stamp = stamp & 0xf800_0000_0000_0000 | (delta &+ UInt64(word(isBigEndian)) << 27)
    }
    return nil
  }

  /// A record preceded by its length, which includes itself.
  private mutating func takeLong(_ length: UInt32, _ delta: UInt64) -> Step {
    guard length > 4 else { return broken(.emptyEntry) }
    let count = (Int(length) - 4 + 3) & ~3
    guard count <= end - next else { return broken(.entryPastEnd) }
    stamp &+= delta
    take(count)
    return .record
  }

  private mutating func broken(_ fault: PageFault) -> Step {
    next = end
    hasRecord = false
    return .broken(fault)
  }
}

extension UnsafeRawPointer {
  @inline(__always) func value<Value: BitwiseCopyable>() -> Value { loadUnaligned(as: Value.self) }
}

extension RingBufferLayout {
  /// The kernel's `unsigned long`.
  fileprivate func long(_ place: UnsafeRawPointer) -> UInt64 {
    if commitBytes == 4 {
      let value: UInt32 = place.value()
      return UInt64(isBigEndian ? UInt32(bigEndian: value) : UInt32(littleEndian: value))
    }
    return isBigEndian ? UInt64(bigEndian: place.value()) : UInt64(littleEndian: place.value())
  }
}
