// BTF that is none, is cut off, or was made to harm: a fault, and never a crash, a hang or more memory than the file.

import BTF
import Foundation
import RealBinary
import Testing

/// BTF by hand: types as words, strings as they stand.
private struct HandMade {
  var words: [UInt32] = []
  var strings: [UInt8] = [0]

  mutating func string(_ text: String) -> UInt32 {
    defer { strings += Array(text.utf8) + [0] }
    return UInt32(strings.count)
  }

  mutating func type(_ kind: UInt32, name: UInt32 = 0, vlen: UInt32 = 0, _ size: UInt32, _ more: [UInt32] = []) {
    words += [name, kind << 24 | vlen, size] + more
  }

  var bytes: [UInt8] {
    let types = words.flatMap(Self.little)
    var head: [UInt8] = [0x9f, 0xeb, 1, 0]
    for word in [24, 0, types.count, types.count, strings.count] { head += Self.little(UInt32(word)) }
    return head + types + strings
  }

  static func little(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
}

@Suite struct DamagedBTFTests {
  private func real() throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: KernelFolder(name: "7.3.4+deb13-amd64").path("vmlinux"))))
  }

  private func fault(_ bytes: [UInt8]) -> BTFFault? {
    do throws(BTFFault) {
      _ = try BTF(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func whatIsNoBTF() {
    #expect(fault([]) == .notBTF)
    #expect(fault(Array("not BTF, but long enough for a head".utf8)) == .notBTF)
    #expect(fault([0xeb, 0x9f, 1, 0]) == .otherByteOrder)
    #expect(fault([0x9f, 0xeb, 2, 0] + [UInt8](repeating: 0, count: 20)) == .version(2))
  }

  @Test func everyBeginningIsTruncated() throws {
    let whole = try real()
    for count in 2..<whole.count { #expect(fault(Array(whole[..<count])) == .truncated, "\(count)") }
  }

  /// Every byte set to each of four values: whatever is read of it, nothing but a fault comes of it.
  @Test func everyByteDamaged() throws {
    let whole = try real()
    for place in stride(from: 0, to: whole.count, by: 3) {
      for value: UInt8 in [0, 0x7f, 0x80, 0xff] {
        var bytes = whole
        bytes[place] = value
        guard let btf = try? BTF(bytes) else { continue }
        _ = try? btf.member("mmu_notifier", ofStruct: "kvm")
        _ = try? btf.member("event", ofStruct: "mmu_notifier_range")
      }
    }
  }

  @Test func anUnknownKind() {
    var made = HandMade()
    made.type(1, 4, [0])
    made.type(23, 0)
    #expect(fault(made.bytes) == .unknownKind(23, id: 2))
    #expect(BTFFault.unknownKind(23, id: 2).predicate == "has type 2 of kind 23, which is not known here")
  }

  @Test func typedefsInACircle() throws {
    var made = HandMade()
    let name = made.string("kvm")
    let member = made.string("mm")
    made.type(4, name: name, vlen: 1, 8, [0, 2, 0])
    made.type(8, name: member, 3)
    made.type(8, name: member, 2)
    let btf = try BTF(made.bytes)
    #expect(throws: BTFFault.endless) { try btf.member("mm", ofStruct: "kvm") }
  }

  /// 40 structs, each with two anonymous members of the next one's type: 2^40 places to look.
  @Test func anonymousStructsWithoutEnd() throws {
    var made = HandMade()
    let name = made.string("kvm")
    for id: UInt32 in 1...40 { made.type(4, name: id == 1 ? name : 0, vlen: 2, 8, [0, id + 1, 0, 0, id + 1, 0]) }
    made.type(4, vlen: 0, 8)
    let btf = try BTF(made.bytes)
    #expect(throws: BTFFault.endless) { try btf.member("mm", ofStruct: "kvm") }
  }

  /// Two thousand functions of one name, each with 65,535 parameters: the file has 12 bytes for each.
  @Test func functionsWithoutEnd() throws {
    var made = HandMade()
    let name = made.string("f")
    made.type(13, vlen: 0xffff, 0, [UInt32](repeating: 0, count: 2 * 0xffff))
    made.type(12, name: name, 1)
    var one = made
    #expect(throws: BTFFault.endless) { try BTF(one.bytes).parameters(of: "f") }
    for _ in 0..<2000 { one.type(12, name: name, 1) }
    #expect(throws: BTFFault.endless) { try BTF(one.bytes).parameters(of: "f") }
  }

  @Test func aStructThatContainsItself() throws {
    var made = HandMade()
    made.type(4, name: made.string("kvm"), vlen: 1, 8, [0, 1, 0])
    let btf = try BTF(made.bytes)
    #expect(throws: BTFFault.endless) { try btf.member("mm", ofStruct: "kvm") }
  }

  @Test func aTypeThatIsNotThere() throws {
    var made = HandMade()
    made.type(4, name: made.string("kvm"), vlen: 1, 8, [0, 99, 0])
    let btf = try BTF(made.bytes)
    #expect(throws: BTFFault.badReference(id: 1)) { try btf.member("mm", ofStruct: "kvm") }
    var named = HandMade()
    named.type(1, name: 4000, 4, [0])
    #expect(fault(named.bytes) == .badReference(id: 1))
  }

  @Test func twoStructsThatDiffer() throws {
    var made = HandMade()
    let name = made.string("kvm")
    let member = made.string("mm")
    made.type(1, name: made.string("int"), 4, [32])
    made.type(4, name: name, vlen: 1, 8, [member, 1, 0])
    made.type(4, name: name, vlen: 1, 8, [member, 1, 32])
    #expect(try BTF(made.bytes).member("mm", ofStruct: "kvm") == .ambiguous)
  }

  /// `long f(struct two_words, int, ...)` on x86-64: the first takes two registers, so nobody says where the next one
  /// is.
  @Test func aStructByValueHidesWhatComesBehindIt() throws {
    var made = HandMade()
    let function = made.string("f")
    let first = made.string("pair")
    let second = made.string("n")
    made.type(1, name: made.string("int"), 4, [32])
    made.type(4, name: made.string("two_words"), 16)
    made.type(13, vlen: 3, 1, [first, 2, second, 1, 0, 0])
    made.type(12, name: function, 3)
    guard case .found(let parameters) = try BTF(made.bytes).parameters(of: "f") else {
      Issue.record("f is not found")
      return
    }
    #expect(parameters.map(\.name) == ["pair", "n"])
    #expect(parameters.map(\.place) == [nil, nil])
  }

  @Test func filesThatAreNone() throws {
    let folder = try TemporaryFolder()
    #expect(throws: BTFFileError.system(errno: ENOENT)) { try BTF.read(folder.file("none").path) }
    #expect(throws: BTFFileError.system(errno: EISDIR)) { try BTF.read(folder.url.path) }
    #expect(throws: BTFFileError.fault(.noSection)) { try BTF.read("/proc/self/exe") }
    let packed = try folder.write("kvm.ko", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0, 0])
    #expect(throws: BTFFileError.packed("xz")) { try BTF.read(packed.path) }
    let elf = try folder.write("cut.ko", Array(Data(contentsOf: URL(filePath: "/bin/true"))[..<1000]))
    #expect(throws: BTFFileError.fault(.truncated)) { try BTF.read(elf.path) }
    let zeros = try folder.write("zeros.ko", [0x7f, 0x45, 0x4c, 0x46, 2, 1] + [UInt8](repeating: 0xff, count: 58))
    #expect(throws: BTFFileError.self) { try BTF.read(zeros.path) }
  }
}
