// The bytes of a trace.dat fixture, to be damaged at known places.

@testable import TraceReaders

/// `quiet-v6.dat`: pages as they were recorded, and all lists in front of them.
struct DatBytes {
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ name: String) throws { bytes = try Fixture.packed(name) }

  /// Where `text` stands first, from a place on.
  func place(of text: String, from start: Int = 0) -> Int {
    let wanted = Array(text.utf8)
    var place = start
    while place + wanted.count <= bytes.count, !bytes[place..<place + wanted.count].elementsEqual(wanted) { place += 1 }
    precondition(place + wanted.count <= bytes.count, "the fixture has no `\(text)`")
    return place
  }

  func number<Number: FixedWidthInteger>(at place: Int, _: Number.Type) -> Number {
    bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: Number.self)) }
  }

  mutating func put<Number: FixedWidthInteger>(_ value: Number, at place: Int) {
    withUnsafeBytes(of: value.littleEndian) { source in
      bytes.withUnsafeMutableBytes {
        UnsafeMutableRawBufferPointer(rebasing: $0[place..<place + source.count]).copyBytes(from: source)
      }
    }
  }

  mutating func put(_ text: String, at place: Int) {
    bytes.replaceSubrange(place..<place + text.utf8.count, with: text.utf8)
  }

  /// Replaces a text by one of the same length.
  mutating func replace(_ old: String, with new: String, from start: Int = 0) {
    precondition(old.utf8.count == new.utf8.count, "lengths would move")
    put(new, at: place(of: old, from: start))
  }

  /// Version 6: the count of CPUs, and where their list begins.
  var cpuCount: Int { place(of: "options  \0") - 4 }
  var cpuList: Int { place(of: "flyrecord\0") + 10 }

  /// Version 6: where a CPU's first page stands. CPUs 2 and 3 have data.
  func page(ofCPU cpu: Int) -> Int { Int(number(at: cpuList + 16 * cpu, UInt64.self)) }
}
