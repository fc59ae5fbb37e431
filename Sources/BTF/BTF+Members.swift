// Offsets of struct members, and the struct that a type leads to.

/// A member of a struct, found by its name.
package struct BTFMember: Equatable, Sendable {
  /// From the start of the struct.
  package let bitOffset: Int
  /// Of a bit-field; nil: it is none.
  package let bitSize: Int?
  let type: UInt32

  /// From the start of the struct; nil: it does not begin with a byte.
  package var byteOffset: Int? { bitSize == nil && bitOffset % 8 == 0 ? bitOffset / 8 : nil }
}

/// The types of a name.
package enum BTFAnswer<Value: Equatable & Sendable>: Equatable, Sendable {
  case found(Value)
  case missing
  /// There are several of that name, and they differ.
  case ambiguous
}

extension BTF {
  /// The type that `typedef`, `const` and the like lead to; nil: `void`.
  private func resolved(_ id: UInt32, of user: UInt32) throws(BTFFault) -> BTFType? {
    var id = id
    for _ in 0..<32 {
      if id == 0 { return nil }
      let type = try type(id, of: user)
      guard let kind = type.kind, kind.isModifier else { return type }
      id = type.sizeOrType
    }
    throw .endless
  }

  /// The struct or union that a pointer, or a type itself, leads to: its name. nil: it leads to none that has one. Of
  /// an array it is that of its elements.
  package func structName(_ id: UInt32, behindPointer: Bool) throws(BTFFault) -> String? {
    guard var type = try resolved(id, of: id) else { return nil }
    if type.kind == .array {
      guard let element = try resolved(extra(type, 0), of: type.id) else { return nil }
      type = element
    }
    if behindPointer {
      guard type.kind == .pointer, let target = try resolved(type.sizeOrType, of: id) else { return nil }
      type = target
    }
    switch type.kind {
    case .structure, .union, .forward: return type.name == 0 ? nil : try string(type.name, of: type.id)
    default: return nil
    }
  }

  /// Bytes of an integer, a pointer or an enumeration; nil: it is none of these.
  package func scalarBytes(_ id: UInt32) throws(BTFFault) -> Int? {
    guard let type = try resolved(id, of: id) else { return nil }
    switch type.kind {
    case .int, .enumeration, .enumeration64: return Int(type.sizeOrType)
    case .pointer: return 8
    default: return nil
    }
  }

  /// A member by its name, anonymous structs and unions looked into. A kernel's BTF may hold a struct several times, in
  /// vmlinux and in a module: they have to agree.
  package func member(_ name: String, ofStruct structName: String) throws(BTFFault) -> BTFAnswer<BTFMember> {
    let wanted = Array(name.utf8)
    var budget = 1 << 20
    var places: [BTFMember?] = []
    for type in try types(named: structName, [.structure, .union]) {
      places.append(try member(wanted, of: type, depth: 0, budget: &budget))
    }
    guard let first = places.first else { return .missing }
    let agree = places.allSatisfy { $0?.bitOffset == first?.bitOffset && $0?.bitSize == first?.bitSize }
    guard agree else { return .ambiguous }
    return first.map { .found($0) } ?? .missing
  }

  private func member(
    _ name: [UInt8], of type: BTFType, depth: Int, budget: inout Int
  ) throws(BTFFault) -> BTFMember? {
    if depth > 16 { throw .endless }
    for index in 0..<type.vlen {
      budget -= 1
      if budget < 0 { throw .endless }
      let member = member(index, of: type)
      let memberName = extra(type, 3 * index)
      if memberName == 0 {
        guard let inner = try resolved(member.type, of: type.id), inner.kind == .structure || inner.kind == .union,
          let found = try self.member(name, of: inner, depth: depth + 1, budget: &budget)
        else { continue }
        let offset = member.bitOffset + found.bitOffset
        return BTFMember(bitOffset: offset, bitSize: found.bitSize, type: found.type)
      }
      if isString(memberName, name) { return member }
    }
    return nil
  }

  private func member(_ index: Int, of type: BTFType) -> BTFMember {
    let offset = extra(type, 3 * index + 2)
    let target = extra(type, 3 * index + 1)
    guard type.hasKindFlag else { return BTFMember(bitOffset: Int(offset), bitSize: nil, type: target) }
    let bits = Int(offset >> 24)
    return BTFMember(bitOffset: Int(offset & 0xff_ffff), bitSize: bits == 0 ? nil : bits, type: target)
  }

  /// The member's own type, for a member of it.
  package func structName(of member: BTFMember, behindPointer: Bool) throws(BTFFault) -> String? {
    try structName(member.type, behindPointer: behindPointer)
  }

  package func scalarBytes(of member: BTFMember) throws(BTFFault) -> Int? { try scalarBytes(member.type) }
}
