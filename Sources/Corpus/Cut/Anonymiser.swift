// A text of trace-cmd or tracefs without identifying data: comms, pids, addresses, and when the host was started.

import KVMEvents
import TraceReaders

/// Replaces every comm, pid and address, each always by the same, in the columns in which they are printed. What the
/// protocol looks at stays: page offsets, overlaps, memslot arithmetic, guest addresses, CPUs, and the times between
/// events.
package struct Anonymiser {
  private let catalogue: ProbeCatalogue
  private var finder = RecordFinder()
  private var uses: [String: [String: EventField]] = [:]
  private var addresses: AddressNames
  private var comms: [[UInt8]: String] = [:]
  private var pids: [Int: Int] = [:]
  private var prefixes: [[UInt8]: String] = [:]
  /// The earliest stamp, and its replacement.
  private let begin: Int64
  /// nil: the times between events stay.
  private let coarse: CoarseStamps?
  /// Of the line before.
  private var timeBefore: Int64?
  private static let newBegin: Int64 = 1_000_000_000

  /// - Parameters:
  ///   - lines: all of the text.
  ///   - uncertainty: of the clock, if times are to keep their order alone (`CoarseStamps`); nil: they are as far apart
  ///     as before.
  package init(_ lines: [[UInt8]], uncertainty: Int64? = nil, catalogue: ProbeCatalogue = .embedded) {
    self.catalogue = catalogue
    addresses = AddressNames(AddressNames.Seen())
    var times: Set<Int64> = []
    var seen = AddressNames.Seen()
    var finder = RecordFinder()
    for line in lines {
      guard let places = finder.places(in: line) else { continue }
      times.insert(places.time)
      let name = String(decoding: line[places.name], as: UTF8.self)
      let fields = uses[name] ?? catalogue.fields(of: name)
      uses[name] = fields
      for word in NumberWord.all(in: line, from: places.body) {
        seen.add(word.value, Self.use(of: word, in: name, fields))
      }
    }
    begin = times.min() ?? 0
    coarse = uncertainty.map { CoarseStamps(times, uncertainty: $0) }
    addresses = AddressNames(seen)
  }

  /// The line, anonymised. Lines come in order: names are numbered as they appear.
  package mutating func rewrite(_ line: [UInt8]) -> [UInt8] {
    guard let places = finder.places(in: line) else { return renamePrefix(of: line) }
    var new = prefix(Array(line[places.prefix]))
    new += rightAligned(Array(comm(Array(line[places.comm])).utf8), places.comm.count)
    new.append(UInt8(ascii: "-"))
    // `%-5d`: the blanks that fill the field belong to the pid.
    let pid = Array(String(pid(line[places.pid])).utf8)
    new += pid + [UInt8](repeating: 0x20, count: max(0, 5 - pid.count))
    let stampBegin = stampField(line, places)
    var place = min(places.pid.lowerBound + max(5, places.pid.count), stampBegin)
    if !places.tgid.isEmpty {
      // `(%7d)`.
      new += line[place..<max(place, places.tgid.upperBound - 7)]
      new += rightAligned(Array(String(self.pid(line[places.tgid])).utf8), 7)
      place = places.tgid.upperBound
    }
    new += line[place..<stampBegin]
    new += stamp(places)
    new += line[places.stamp.upperBound..<places.difference.lowerBound] + difference(places) + line[places.name]
    new += body(line, places)
    return new
  }

  // MARK: Fields

  private mutating func body(_ line: [UInt8], _ places: RecordPlaces) -> [UInt8] {
    let name = String(decoding: line[places.name], as: UTF8.self)
    let gap = line[places.name.upperBound..<places.body]
    // Text written into the trace by a user can be anything.
    if name == "print" || name == "tracing_mark_write" { return Array(gap) + Array("text".utf8) }
    let fields = uses[name] ?? [:]
    var new = Array(gap)
    var place = places.body
    for word in NumberWord.all(in: line, from: places.body) {
      new += line[place..<word.range.lowerBound]
      let use = Self.use(of: word, in: name, fields)
      let value = addresses.name(of: word.value, use)
      new += value == word.value ? Array(line[word.range]) : word.text(value)
      place = word.range.upperBound
    }
    return new + line[place...]
  }

  private static func use(of word: NumberWord, in name: String, _ fields: [String: EventField]) -> NumberUse {
    if let key = word.key { return fields[key].map { NumberUse($0) } ?? .untold }
    // `mmu notifier unmap range: 0x… -- 0x…`
    return name == "kvm_unmap_hva_range" ? .user : .untold
  }

  // MARK: Heads

  private mutating func comm(_ column: [UInt8]) -> String {
    let comm = Array(column.drop { $0 == 0x20 })
    let text = String(decoding: comm, as: UTF8.self)
    // No task: the CPU is idle, or the tracer does not know the task.
    if text == "<idle>" || text == "<...>" || text.hasPrefix("swapper") { return text }
    if let known = comms[comm] { return known }
    let number = comms.count + 1
    // Eight columns is what `-l` has.
    let name = number < 1000 ? "task-\(number)" : "t\(number)"
    comms[comm] = name
    return name
  }

  private mutating func pid(_ digits: ArraySlice<UInt8>) -> Int {
    guard let pid = Int(String(decoding: digits, as: UTF8.self)), pid != 0 else { return 0 }
    if let known = pids[pid] { return known }
    let name = 1001 + pids.count
    pids[pid] = name
    return name
  }

  /// Where the field of the time stamp begins: the blanks that fill it belong to the stamp.
  private func stampField(_ line: [UInt8], _ places: RecordPlaces) -> Int {
    let fraction = places.decimals == 0 ? 0 : places.decimals + 1
    let width = (places.decimals == 0 ? 12 : 5) + fraction
    var begin = places.stamp.lowerBound
    while places.stamp.upperBound - begin < width, begin > places.pid.upperBound, line[begin - 1] == 0x20 { begin -= 1 }
    return begin
  }

  private func newTime(_ places: RecordPlaces) -> Int64 {
    (coarse.map { $0[places.time] } ?? places.time - begin) + Self.newBegin
  }

  private func stamp(_ places: RecordPlaces) -> [UInt8] {
    let time = newTime(places)
    guard places.decimals > 0 else { return rightAligned(Array(String(time).utf8), 12) }
    let unit: Int64 = places.decimals == 9 ? 1 : 1000
    let fraction = String(time % 1_000_000_000 / unit)
    let zeros = String(repeating: "0", count: places.decimals - fraction.count)
    return rightAligned(Array(String(time / 1_000_000_000).utf8), 5) + Array(".\(zeros)\(fraction)".utf8)
  }

  /// `--ts-diff`: the time since the previous line, which may be another one now.
  private mutating func difference(_ places: RecordPlaces) -> [UInt8] {
    let time = newTime(places)
    defer { timeBefore = time }
    guard !places.difference.isEmpty else { return [] }
    let text = timeBefore.map { "(+\(time - $0))" } ?? ""
    return Array((" " + text + String(repeating: " ", count: max(0, 8 - text.count)) + " ").utf8)
  }

  // MARK: Prefixes

  /// `kvmgpc: `, a buffer's or a file's name, or blanks in the place of one. The column is as wide as the longest name.
  private mutating func prefix(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.isEmpty { return [] }
    let name = Array(bytes.drop { $0 == 0x20 })
    if name.isEmpty { return [UInt8](repeating: 0x20, count: 4) }
    let known = prefixes[name] ?? "b\(prefixes.count + 1)"
    prefixes[name] = known
    return Array((known + ": ").utf8)
  }

  /// In a line that is not a record: a header or a loss marker.
  private mutating func renamePrefix(of line: [UInt8]) -> [UInt8] {
    guard let colon = line.indices.dropLast().first(where: { line[$0] == UInt8(ascii: ":") && line[$0 + 1] == 0x20 })
    else { return line }
    let rest = line[(colon + 2)...]
    guard rest.starts(with: Array("cpus=".utf8)) || rest.starts(with: Array("CPU:".utf8)) else { return line }
    return prefix(Array(line[...(colon + 1)])) + rest
  }

  private func rightAligned(_ text: [UInt8], _ width: Int) -> [UInt8] {
    [UInt8](repeating: 0x20, count: max(0, width - text.count)) + text
  }
}
