// A path as the kernel's probe events take it: registers and offsets, by BTF.

import BTF

/// What becomes of a path on one kernel.
enum FetchAnswer: Equatable {
  /// `+16(%di)`.
  case fetch(String)
  /// Why the kernel does not have it, in a clause.
  case missing(String)
}

/// Resolves the paths of one function's probe.
struct FetchResolver {
  private let types: BTF
  private let function: String
  private let parameters: [BTFParameter]

  /// The integer arguments of a function in the order of the x86-64 ABI, as probe events call them. KVM has caches of
  /// pfns on x86 only.
  static let registers = ["di", "si", "dx", "cx", "r8", "r9"]

  init(_ types: BTF, function: String, parameters: [BTFParameter]) {
    self.types = types
    self.function = function
    self.parameters = parameters
  }

  func resolve(_ path: FetchPath) throws(BTFFault) -> FetchAnswer {
    guard let parameter = parameters.first(where: { $0.name == path.argument }) else {
      return .missing("\(function)() has no parameter \(path.argument)")
    }
    guard let place = parameter.place, place < Self.registers.count else {
      return .missing("the argument \(path.argument) of \(function)() is in no register")
    }
    var fetch = "%" + Self.registers[place]
    var bias = 0
    var owner: String?
    if let container = path.container {
      switch try offset(container.member, of: container.structName) {
      case .missing(let reason): return .missing(reason)
      case .at(let offset, _): bias = offset
      }
      owner = container.structName
    } else if !path.members.isEmpty {
      owner = try types.structName(parameter.type, behindPointer: true)
    }
    for (index, name) in path.members.enumerated() {
      guard let structName = owner else {
        return .missing("\(path.text): what \(name) is a member of is not known")
      }
      switch try offset(name, of: structName) {
      case .missing(let reason): return .missing(reason)
      case .at(let offset, let member):
        let distance = offset - bias
        fetch = (distance < 0 ? "\(distance)" : "+\(distance)") + "(\(fetch))"
        bias = 0
        if index + 1 < path.members.count { owner = try types.structName(of: member, behindPointer: true) }
      }
    }
    return .fetch(fetch)
  }

  private enum Offset {
    case at(Int, BTFMember)
    case missing(String)
  }

  private func offset(_ member: String, of structName: String) throws(BTFFault) -> Offset {
    switch try types.member(member, ofStruct: structName) {
    case .missing: return .missing("struct \(structName) has no \(member)")
    case .ambiguous: return .missing("BTF has several structs \(structName), and \(member) stands at different places")
    case .found(let found):
      guard let offset = found.byteOffset else { return .missing("\(member) of struct \(structName) is a bit-field") }
      return .at(offset, found)
    }
  }
}
