// The records of a perf.data one after the other, in file order.

struct PerfRecords: ~Copyable {
  private let file: RandomAccessFile
  private let isBigEndian: Bool
  /// What was read of the file, and its offset there.
  private let block: UnsafeMutableRawBufferPointer
  private var blockPlace: UInt64 = 0
  private var filled = 0
  /// The next record.
  private(set) var place: UInt64
  private let end: UInt64
  private var isOver = false

  enum Step {
    /// A record, and its offset in the file; its bytes are valid until the next one is read.
    case record(PerfRecord, place: UInt64)
    /// The next bytes are not a record, and the position of the next one is unknown: why.
    case broken(String)
    case end
  }

  /// More than the largest record, plus one read.
  private static let blockBytes = 1 << 18

  init(_ file: RandomAccessFile, _ range: Range<UInt64>, isBigEndian: Bool) {
    self.file = file
    self.isBigEndian = isBigEndian
    block = .allocate(byteCount: Self.blockBytes + CPUPages.slack, alignment: 16)
    (place, end) = (range.lowerBound, range.upperBound)
  }

  deinit { block.deallocate() }

  mutating func next() throws(TraceReadError) -> Step {
    if isOver || place == end { return .end }
    let here = place
    guard try holds(PerfRecord.headBytes), let head = block.baseAddress.map({ $0 + Int(here - blockPlace) }) else {
      return broken("they end inside a record")
    }
    guard let bytes = PerfRecord.size(head, isBigEndian: isBigEndian) else {
      return broken("a record at byte \(here) has no size")
    }
    guard try holds(bytes), let start = block.baseAddress.map({ $0 + Int(here - blockPlace) }) else {
      return broken("they end inside a record")
    }
    let record = PerfRecord(start: start, bytes: bytes, isBigEndian: isBigEndian)
    place += UInt64(bytes)
    if let reason = skipAttachment(of: record) { return broken(reason) }
    return .record(record, place: here)
  }

  private mutating func broken(_ reason: String) -> Step {
    isOver = true
    return .broken(reason)
  }

  /// Bytes that belong to a record but are not in its size. nil: skipped, or there are none; else why they are invalid.
  private mutating func skipAttachment(of record: PerfRecord) -> String? {
    var bytes: UInt64?
    switch record.kind {
    case .auxtrace: bytes = record.number(at: 8, UInt64.self)
    case .tracingData: bytes = record.number(at: 8, UInt32.self).map { (UInt64($0) + 7) & ~7 }
    case _: return nil
    }
    guard let bytes, bytes <= end - place else { return "data after a record extend past their end" }
    place += bytes
    return nil
  }

  /// Whether that many bytes are available from the next record on; reads them.
  private mutating func holds(_ count: Int) throws(TraceReadError) -> Bool {
    if UInt64(count) > end - place { return false }
    let isInBlock = place >= blockPlace && place + UInt64(count) <= blockPlace + UInt64(filled)
    if isInBlock { return true }
    let wanted = Int(min(UInt64(Self.blockBytes), end - place))
    blockPlace = place
    filled = try file.read(at: Int64(place), into: UnsafeMutableRawBufferPointer(rebasing: block[..<wanted]))
    return filled >= count
  }
}
