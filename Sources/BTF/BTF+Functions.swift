// The parameters of functions, by their names.

/// One parameter of a function.
package struct BTFParameter: Equatable, Sendable {
  package let name: String
  package let type: UInt32
  /// Which of the integer arguments it is, from 0; nil: it, or one before it, is not passed in one register.
  package let place: Int?
}

extension BTF {
  /// The parameters in their order. A name may occur several times (static functions of two files): they have to
  /// agree, but for the numbers of equal types.
  package func parameters(of function: String) throws(BTFFault) -> BTFAnswer<[BTFParameter]> {
    var lists: [[BTFParameter]] = []
    for type in try types(named: function, [.function]) {
      let prototype = try self.type(type.sizeOrType, of: type.id)
      guard prototype.kind == .prototype else { throw .badReference(id: type.id) }
      lists.append(try parameters(of: prototype))
    }
    guard let first = lists.first else { return .missing }
    let agree = lists.allSatisfy { $0.map(\.name) == first.map(\.name) && $0.map(\.place) == first.map(\.place) }
    return agree ? .found(first) : .ambiguous
  }

  private func parameters(of prototype: BTFType) throws(BTFFault) -> [BTFParameter] {
    // C promises 127; the kernel's have at most a dozen.
    if prototype.vlen > 255 { throw .endless }
    var parameters: [BTFParameter] = []
    var place: Int? = 0
    for index in 0..<prototype.vlen {
      let name = extra(prototype, 2 * index)
      let type = extra(prototype, 2 * index + 1)
      // `...` has neither.
      if name == 0 && type == 0 { break }
      guard let bytes = try scalarBytes(type), bytes <= 8 else {
        place = nil
        parameters.append(BTFParameter(name: try string(name, of: prototype.id), type: type, place: nil))
        continue
      }
      parameters.append(BTFParameter(name: try string(name, of: prototype.id), type: type, place: place))
      place = place.map { $0 + 1 }
    }
    return parameters
  }
}
