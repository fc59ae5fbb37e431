// Records of a trace.dat as `trace-cmd report -t` prints them (3.1.6): the text of a cut.

import KVMEvents

struct RecordPrinter {
  private let formats: [Int: EventFormat]
  private var prints: [Int: PrintFormat] = [:]
  private let comms: SavedComms
  private let isBigEndian: Bool
  private let type: RecordNumber?
  private let pid: RecordNumber?
  /// By stream: the prefix of the lines of its buffer.
  private let prefixes: [[UInt8]]

  init(_ contents: TraceDatContents) {
    let all = contents.formatList.formats
    formats = Dictionary(all.compactMap { format in format.id.map { ($0, format) } }) { first, _ in first }
    comms = contents.comms
    isBigEndian = contents.header.isBigEndian
    type = all.lazy.compactMap { $0.field("common_type") }.first.flatMap(RecordNumber.init)
    pid = all.lazy.compactMap { $0.field("common_pid") }.first.flatMap(RecordNumber.init)
    let instances = contents.buffers.filter { !$0.name.isEmpty }
    let width = instances.map(\.name.utf8.count).max() ?? 0
    prefixes = contents.buffers.flatMap { buffer in
      // `%*s: ` of the longest name; the top buffer has none.
      let name = Self.padded(buffer.name, width) + (buffer.name.isEmpty ? "  " : ": ")
      return buffer.cpus.filter { $0.bytes > 0 }.map { _ in instances.isEmpty ? [] : Array(name.utf8) }
    }
  }

  /// The stream's current record. nil: a record that cannot be printed.
  mutating func line(of stream: CPUStream, at place: Int) -> [UInt8]? {
    switch stream.loss {
    case .unknown: return LossMarker(cpu: stream.cpu, count: nil).text().map { prefixes[place] + $0 }
    case .some(let count): return LossMarker(cpu: stream.cpu, count: count).text().map { prefixes[place] + $0 }
    case .none: break
    }
    let record = UnsafeRawBufferPointer(start: stream.record, count: stream.recordBytes)
    guard let type, let pid, record.count >= max(type.end, pid.end), let time = TraceTimestamp(recorded: stream.time)
    else { return nil }
    let number = Int(truncatingIfNeeded: type.value(in: stream.record, isBigEndian: isBigEndian))
    guard let format = formats[number], let print = prints[number] ?? PrintFormat(format) else { return nil }
    prints[number] = print
    let task = Int32(truncatingIfNeeded: pid.value(in: stream.record, isBigEndian: isBigEndian))
    let head = ReportHead(
      comm: Array(comms.comm(pid: task)), pid: task, cpu: stream.cpu, time: time.rawValue, name: format.name)
    var line = prefixes[place] + head.text
    return print.print(record, isBigEndian: isBigEndian, to: &line) ? line : nil
  }

  private static func padded(_ word: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - word.utf8.count)) + word
  }
}
