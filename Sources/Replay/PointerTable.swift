// Objects by the pointers that name them.

/// A dictionary that remembers the last hit: events come in runs about one object, and hashing costs as much as a step of the replay.
struct PointerTable<Pointer: Hashable, Object: AnyObject> {
  private var objects: [Pointer: Object] = [:]
  private var last: (pointer: Pointer, object: Object)?

  subscript(pointer: Pointer) -> Object? {
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
