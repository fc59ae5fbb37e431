// What the kernel pointers of a recording name.

/// A dictionary that remembers the last hit: events come in runs about one object, and hashing costs as much as a step
/// of the replay.
///
/// The key is the bare number: a generic key would be compared through its protocol, since its module does not show its
/// code to this one.
struct PointerTable<Object> {
  private var objects: [UInt64: Object] = [:]
  private var last: (pointer: UInt64, object: Object)?

  subscript(pointer: UInt64) -> Object? {
    @inline(__always)
    mutating get {
      if let last, last.pointer == pointer { return last.object }
      guard let object = objects[pointer] else { return nil }
      last = (pointer, object)
      return object
    }
    set {
      objects[pointer] = newValue
      last = nil
    }
  }
}
