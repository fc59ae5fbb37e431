// A perf.data of a recorded text: its events' formats made of the keys they print, its records laid out as perf record
// leaves them.

/// Read out in rounds: of each window of the recording the CPUs' records one CPU after the other, and FINISHED_ROUND
/// behind them.
struct PerfDataFile {
  private var formats: [String: Format] = [:]
  private var names: [String] = []
  private var comms: [Int: [UInt8]] = [:]

  private struct Format {
    let id: Int
    var keys: [String] = []
  }

  private struct Record {
    let cpu: Int
    let bytes: [UInt8]
  }

  private static let window = 100
  private static let firstType = 1000
  /// Types of records, and what a sample and a trailer consist of (perf_event.h).
  private static let (lost, comm, sample, round): (UInt32, UInt32, UInt32, UInt32) = (2, 3, 9, 68)
  /// IDENTIFIER, IP, TID, TIME, CPU, PERIOD, RAW.
  private static let sampleType: UInt64 = 1 << 16 | 1 << 0 | 1 << 1 | 1 << 2 | 1 << 7 | 1 << 8 | 1 << 10

  static func of(_ report: [UInt8]) -> [UInt8] {
    let lines = report.split(separator: 0x0a).map { ReportLine($0) }
    var file = PerfDataFile()
    for case .record(let record) in lines { file.learn(record) }
    return file.bytes(file.data(lines))
  }

  private mutating func learn(_ record: ReportRecord) {
    if formats[record.name] == nil {
      formats[record.name] = Format(id: Self.firstType + names.count)
      names.append(record.name)
    }
    for (key, _) in Self.fields(record) where formats[record.name]?.keys.contains(key) == false {
      formats[record.name]?.keys.append(key)
    }
  }

  /// `key=value`, and the words of the one tracepoint of the kernel's.
  private static func fields(_ record: ReportRecord) -> [(key: String, value: UInt64)] {
    let words = record.body.split(separator: " ")
    if record.name == "kvm_unmap_hva_range", words.count == 7 {
      return [("start", number(words[4])), ("end", number(words[6]))]
    }
    return words.compactMap { word in
      let parts = word.split(separator: "=", maxSplits: 1)
      return parts.count == 2 ? (String(parts[0]), number(parts[1])) : nil
    }
  }

  private static func number(_ word: Substring) -> UInt64 {
    if word.hasPrefix("0x") { return UInt64(word.dropFirst(2), radix: 16) ?? 0 }
    return UInt64(word) ?? UInt64(bitPattern: Int64(word) ?? 0)
  }

  // MARK: Records

  private mutating func data(_ lines: [ReportLine]) -> [UInt8] {
    var output: [UInt8] = []
    var round: [Record] = []
    var losses: [(cpu: Int, count: Int?)] = []
    var last: ReportRecord?
    for line in lines {
      switch line {
      case .record(let record):
        for loss in losses { round.append(Self.loss(loss.cpu, loss.count, at: record.timeNs)) }
        losses = []
        if comms[record.pid] != record.comm {
          comms[record.pid] = record.comm
          round.append(Self.comm(record))
        }
        round.append(sample(record))
        last = record
      case .loss(let cpu, let count): losses.append((cpu, count))
      case .other: break
      }
      if round.count >= Self.window { output += Self.readOut(&round) }
    }
    for loss in losses { round.append(Self.loss(loss.cpu, loss.count, at: last?.timeNs ?? 1)) }
    return output + Self.readOut(&round)
  }

  private static func readOut(_ round: inout [Record]) -> [UInt8] {
    let cpus = Set(round.map(\.cpu)).sorted()
    let records = cpus.flatMap { cpu in round.filter { $0.cpu == cpu }.flatMap(\.bytes) }
    round = []
    return records + record(Self.round, [])
  }

  private func sample(_ record: ReportRecord) -> Record {
    let format = formats[record.name] ?? Format(id: 0)
    let fields = Self.fields(record)
    var raw = Self.little(UInt16(format.id)) + [0, 0] + Self.little(Int32(record.pid))
    for key in format.keys { raw += Self.little(fields.first { $0.key == key }?.value ?? 0) }
    // The kernel pads the raw data so that the sample ends on a word.
    raw += [UInt8](repeating: 0, count: 4)
    var body = Self.little(UInt64(format.id)) + Self.little(UInt64.max << 24)
    body += Self.little(Int32(record.pid)) + Self.little(Int32(record.pid)) + Self.little(UInt64(record.timeNs))
    body += Self.little(UInt64(record.cpu)) + Self.little(UInt64(1)) + Self.little(UInt32(raw.count)) + raw
    return Record(cpu: record.cpu, bytes: Self.record(Self.sample, body))
  }

  private static func comm(_ record: ReportRecord) -> Record {
    let name = record.comm + [UInt8](repeating: 0, count: 16 - record.comm.count)
    let body = little(Int32(record.pid)) + little(Int32(record.pid)) + name
    return Record(cpu: record.cpu, bytes: Self.record(comm, body + trailer(record.cpu, record.pid, at: record.timeNs)))
  }

  /// Stamped when there was room for it: behind the event that it stands in front of.
  private static func loss(_ cpu: Int, _ count: Int?, at timeNs: Int64) -> Record {
    let body = little(UInt64(firstType)) + little(UInt64(count ?? 0))
    return Record(cpu: cpu, bytes: Self.record(lost, body + trailer(cpu, 0, at: timeNs + 1)))
  }

  /// TID, TIME, CPU, IDENTIFIER.
  private static func trailer(_ cpu: Int, _ pid: Int, at timeNs: Int64) -> [UInt8] {
    little(Int32(pid)) + little(Int32(pid)) + little(UInt64(timeNs)) + little(UInt64(cpu))
      + little(UInt64(firstType))
  }

  private static func record(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
    little(type) + [0, 0] + little(UInt16(8 + body.count)) + body
  }

  // MARK: What stands around them

  private func bytes(_ data: [UInt8]) -> [UInt8] {
    let (headerBytes, attributeBytes) = (104, 128)
    let attributesAt = headerBytes + 8 * names.count
    let dataAt = attributesAt + (attributeBytes + 16) * names.count
    let tracing = tracingData
    var header = Array("PERFILE2".utf8)
    for word in [
      headerBytes, attributeBytes + 16, attributesAt, dataAt - attributesAt, dataAt, data.count, 0, 0, 2, 0, 0, 0,
    ] {
      header += Self.little(UInt64(word))
    }
    let ids = names.indices.flatMap { Self.little(UInt64(Self.firstType + $0)) }
    let attributes = names.indices.flatMap { place in
      Self.attribute(Self.firstType + place, bytes: attributeBytes) + Self.little(UInt64(headerBytes + 8 * place))
        + Self.little(UInt64(8))
    }
    let section = Self.little(UInt64(dataAt + data.count + 16)) + Self.little(UInt64(tracing.count))
    return header + ids + attributes + data + section + tracing
  }

  /// A tracepoint, of which every event is recorded, by the clock since boot; its other records have a trailer.
  private static func attribute(_ type: Int, bytes: Int) -> [UInt8] {
    let (sampleIDAll, usesClockID, clockIDPlace, bootTime) = (1 << 18, 1 << 25, 92, Int32(7))
    var attribute =
      little(UInt32(2)) + little(UInt32(bytes)) + little(UInt64(type)) + little(UInt64(1)) + little(sampleType)
      + little(UInt64(0)) + little(UInt64(sampleIDAll | usesClockID))
    attribute += [UInt8](repeating: 0, count: clockIDPlace - attribute.count) + little(bootTime)
    return attribute + [UInt8](repeating: 0, count: bytes - attribute.count)
  }

  private var tracingData: [UInt8] {
    var output: [UInt8] = [0x17, 0x08, 0x44] + Array("tracing0.6\0".utf8) + [0, 8] + Self.little(UInt32(4096))
    for name in ["header_page", "header_event"] { output += Array("\(name)\0".utf8) + Self.block("") }
    output += Self.little(UInt32(0)) + Self.little(UInt32(1)) + Array("gpc\0".utf8) + Self.little(UInt32(names.count))
    for name in names { output += Self.block(text(of: name)) }
    return output + [UInt8](repeating: 0, count: 16)
  }

  private static func block(_ text: String) -> [UInt8] { little(UInt64(text.utf8.count)) + Array(text.utf8) }

  private func text(of name: String) -> String {
    let format = formats[name] ?? Format(id: 0)
    var text = "name: \(name)\nID: \(format.id)\nformat:\n"
    let common = [("unsigned short common_type", 0, 2), ("unsigned char common_flags", 2, 1), ("int common_pid", 4, 4)]
    let own = format.keys.enumerated().map { ("u64 \($1)", 8 + 8 * $0, 8) }
    for (declaration, offset, size) in common + own {
      text += "\tfield:\(declaration);\toffset:\(offset);\tsize:\(size);\tsigned:\(size == 4 ? 1 : 0);\n"
    }
    return text + "\nprint fmt: \"\"\n"
  }

  private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
