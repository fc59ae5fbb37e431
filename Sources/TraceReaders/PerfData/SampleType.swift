// What a sample, or the trailer of another record, consists of: `PERF_SAMPLE_…` of include/uapi/linux/perf_event.h.

struct SampleType: OptionSet {
  let rawValue: UInt64

  static let ip = SampleType(rawValue: 1 << 0)
  static let tid = SampleType(rawValue: 1 << 1)
  static let time = SampleType(rawValue: 1 << 2)
  static let addr = SampleType(rawValue: 1 << 3)
  static let read = SampleType(rawValue: 1 << 4)
  static let callchain = SampleType(rawValue: 1 << 5)
  static let id = SampleType(rawValue: 1 << 6)
  static let cpu = SampleType(rawValue: 1 << 7)
  static let period = SampleType(rawValue: 1 << 8)
  static let streamID = SampleType(rawValue: 1 << 9)
  static let raw = SampleType(rawValue: 1 << 10)
  static let identifier = SampleType(rawValue: 1 << 16)

  /// The values before those without a fixed size, 8 bytes each, in this order.
  static let leading: [SampleType] = [.identifier, .ip, .tid, .time, .addr, .id, .streamID, .cpu, .period]
  /// The trailer of a record that is not a sample (`sample_id_all`), in this order.
  static let trailing: [SampleType] = [.tid, .time, .id, .streamID, .cpu, .identifier]
}

/// What a value that was read along with a sample consists of: `PERF_FORMAT_…`.
struct ReadFormat: OptionSet {
  let rawValue: UInt64

  static let timeEnabled = ReadFormat(rawValue: 1 << 0)
  static let timeRunning = ReadFormat(rawValue: 1 << 1)
  static let id = ReadFormat(rawValue: 1 << 2)
  static let group = ReadFormat(rawValue: 1 << 3)
  static let lost = ReadFormat(rawValue: 1 << 4)

  /// Words that occur once, whatever the group's size.
  var times: Int { (contains(.timeEnabled) ? 1 : 0) + (contains(.timeRunning) ? 1 : 0) }
  /// Words for each event of the group.
  var perEvent: Int { 1 + (contains(.id) ? 1 : 0) + (contains(.lost) ? 1 : 0) }
}
