// One blob of BTF, as /sys/kernel/btf has it: the positions of its types and strings. Documentation/bpf/btf.rst.

/// The types of a kernel (`vmlinux`), or those that a module adds to them (split BTF).
///
/// Nothing in a blob is trusted: whatever leads out of it is a fault, and no search goes on without end.
package final class BTF: Sendable {
  private let bytes: [UInt8]
  private let strings: Range<Int>
  /// Offsets of the types in `bytes`; the first is the one after the last of the base.
  private let places: [UInt32]
  /// Structs, unions and functions of this blob by a hash of their names: a kernel has a hundred thousand types, and is
  /// asked for a hundred.
  private let index: [UInt32: [UInt32]]
  /// The BTF that this one adds to.
  package let base: BTF?
  /// The number of this blob's first type; 0 is `void`.
  private let firstID: UInt32
  /// Where this blob's strings begin among all.
  private let firstString: UInt32

  /// More than twice what the largest kernel of a distribution has.
  package static let bytesMax = 64 << 20

  /// - Parameter base: for a module, the BTF of the kernel that it was built for.
  package init(_ bytes: [UInt8], base: BTF? = nil) throws(BTFFault) {
    if bytes.count > Self.bytesMax { throw .tooLarge }
    self.bytes = bytes
    self.base = base
    firstID = base.map(\.endID) ?? 1
    firstString = base.map(\.endString) ?? 0
    let header = try BTFHeader(bytes)
    strings = header.strings
    places = try Self.places(in: bytes, header.types, firstID: firstID)
    index = Self.index(bytes, places, strings, firstID: firstID, firstString: firstString)
    try checkNames()
  }

  private static func index(
    _ bytes: [UInt8], _ places: [UInt32], _ strings: Range<Int>, firstID: UInt32, firstString: UInt32
  ) -> [UInt32: [UInt32]] {
    var index: [UInt32: [UInt32]] = [:]
    for (number, place) in places.enumerated() {
      let name = word(bytes, Int(place))
      guard let kind = BTFKind(rawValue: BTFType.kind(word(bytes, Int(place) + 4))), kind.isIndexed, name != 0 else {
        continue
      }
      // A name of the base belongs to a module's type as well: there it is not looked up, but looked at.
      let start = strings.lowerBound + Int(name) - Int(firstString)
      let hash = name < firstString ? foreignHash : hash(bytes[min(start, strings.upperBound)..<strings.upperBound])
      index[hash, default: []].append(firstID + UInt32(number))
    }
    return index
  }

  /// A placeholder for names of the base.
  private static let foreignHash: UInt32 = 0

  /// Of a name's first bytes; never `foreignHash`.
  private static func hash(_ name: some Sequence<UInt8>) -> UInt32 {
    var hash: UInt32 = 2_166_136_261
    for byte in name.prefix(64) {
      if byte == 0 { break }
      hash = (hash ^ UInt32(byte)) &* 16_777_619
    }
    return hash | 1
  }

  /// The number after the last type.
  var endID: UInt32 { firstID + UInt32(places.count) }
  private var endString: UInt32 { firstString + UInt32(strings.count) }

  private static func places(in bytes: [UInt8], _ types: Range<Int>, firstID: UInt32) throws(BTFFault) -> [UInt32] {
    var places: [UInt32] = []
    var place = types.lowerBound
    while place < types.upperBound {
      let id = firstID + UInt32(places.count)
      guard types.upperBound - place >= BTFType.headBytes else { throw .truncated }
      let info = word(bytes, place + 4)
      guard info & ~BTFType.infoMask == 0, let kind = BTFKind(rawValue: BTFType.kind(info)) else {
        throw .unknownKind(BTFType.kind(info), id: id)
      }
      let size = BTFType.headBytes + kind.extraBytes(vlen: Int(info & 0xffff))
      guard types.upperBound - place >= size else { throw .truncated }
      places.append(UInt32(place))
      place += size
    }
    return places
  }

  /// A type's name is a whole string. Of a module that was built for another kernel some would begin inside one.
  private func checkNames() throws(BTFFault) {
    for id in firstID..<endID {
      let name = word(at: place(id))
      if name != 0 && !beginsString(name) { throw .badReference(id: id) }
    }
  }

  private func beginsString(_ offset: UInt32) -> Bool {
    if offset < firstString { return base?.beginsString(offset) ?? false }
    let place = Int(offset - firstString)
    guard place < strings.count else { return false }
    return place == 0 || bytes[strings.lowerBound + place - 1] == 0
  }

  private func place(_ id: UInt32) -> Int { Int(places[Int(id - firstID)]) }

  static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    UInt32(bytes[place]) | UInt32(bytes[place + 1]) << 8 | UInt32(bytes[place + 2]) << 16
      | UInt32(bytes[place + 3]) << 24
  }

  private func word(at place: Int) -> UInt32 { Self.word(bytes, place) }
}

extension BTF {
  /// The type of a number, of this blob or its base.
  /// - Parameter user: the type that names it.
  func type(_ id: UInt32, of user: UInt32) throws(BTFFault) -> BTFType {
    if id < firstID, let base { return try base.type(id, of: user) }
    guard id >= firstID, id < endID else { throw .badReference(id: user) }
    return type(own: id)
  }

  private func type(own id: UInt32) -> BTFType {
    let place = place(id)
    return BTFType(id: id, name: word(at: place), info: word(at: place + 4), sizeOrType: word(at: place + 8))
  }

  /// Types of one name: a kernel has a few.
  private static let namesakesMax = 1024

  /// All structs, unions or functions of this name, the base's first.
  func types(named name: String, _ kinds: Set<BTFKind>) throws(BTFFault) -> [BTFType] {
    var found = try base?.types(named: name, kinds) ?? []
    let wanted = Array(name.utf8)
    for hash in [Self.foreignHash, Self.hash(wanted)] {
      for id in index[hash] ?? [] {
        let type = type(own: id)
        if let kind = type.kind, kinds.contains(kind), isString(type.name, wanted) { found.append(type) }
        if found.count > Self.namesakesMax { throw .endless }
      }
    }
    return found
  }

  /// A word after a type's head; the head says how many there are, and all of them lie in the blob.
  func extra(_ type: BTFType, _ index: Int) -> UInt32 {
    if type.id < firstID, let base { return base.extra(type, index) }
    return word(at: place(type.id) + BTFType.headBytes + 4 * index)
  }

  /// Whether this string is there.
  func isString(_ offset: UInt32, _ wanted: [UInt8]) -> Bool {
    if offset < firstString { return base?.isString(offset, wanted) ?? false }
    let place = strings.lowerBound + Int(offset - firstString)
    guard place < strings.upperBound, strings.upperBound - place > wanted.count else { return false }
    for index in wanted.indices where bytes[place + index] != wanted[index] { return false }
    return bytes[place + wanted.count] == 0
  }

  /// A string of at most `KSYM_NAME_LEN` bytes, which is what a kernel takes for a name.
  func string(_ offset: UInt32, of user: UInt32) throws(BTFFault) -> String {
    if offset < firstString, let base { return try base.string(offset, of: user) }
    let place = strings.lowerBound + Int(offset - firstString)
    guard place < strings.upperBound else { throw .badReference(id: user) }
    let name = bytes[place..<min(place + 512, strings.upperBound)].prefix { $0 != 0 }
    guard place + name.count < strings.upperBound, bytes[place + name.count] == 0 else {
      throw .badReference(id: user)
    }
    return String(decoding: name, as: UTF8.self)
  }
}
