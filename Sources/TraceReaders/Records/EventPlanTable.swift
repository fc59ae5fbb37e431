// The plans of a recording's event types, each made when the first record of its type comes.

import KVMEvents

struct EventPlanTable: ~Copyable {
  /// By event type (`common_type`, 16 bits): an index into `plans`, or a marker for none.
  private let places: UnsafeMutableBufferPointer<Int32>
  private var plans: [EventPlan] = []
  /// By event type.
  private(set) var tellers: [Int: RecordTeller] = [:]
  private let formats: [EventFormat]
  /// The offset of the event type in every record.
  let type: RecordNumber

  private static let unmade: Int32 = -1
  private static let unknown: Int32 = -2

  init(_ formats: [EventFormat]) throws(TraceReadError) {
    self.formats = formats
    // All events begin with the same common fields; the first format that has them is used for all.
    guard let field = formats.lazy.compactMap({ $0.field("common_type") }).first, field.size == 2,
      let type = RecordNumber(field)
    else { throw .part(.odd(.formats)) }
    self.type = type
    places = .allocate(capacity: 1 << 16)
    places.initialize(repeating: Self.unknown)
    for format in formats {
      if let id = format.id, id < places.count { places[id] = Self.unmade }
    }
  }

  deinit {
    places.deallocate()
    for plan in plans { plan.steps.deallocate() }
  }

  /// The plan for records of this type; nil: the file has no usable format for them.
  @inline(__always) mutating func plan(_ type: Int, _ names: inout EventNameTable) -> EventPlan? {
    let place = places[type]
    return place >= 0 ? plans[Int(place)] : make(type, &names)
  }

  private mutating func make(_ type: Int, _ names: inout EventNameTable) -> EventPlan? {
    guard places[type] == Self.unmade else { return nil }
    places[type] = Self.unknown
    guard let format = formats.first(where: { $0.id == type }), let field = format.field("common_pid"),
      let pid = RecordNumber(field), let name = names.id(of: format.name)
    else { return nil }
    tellers[type] = RecordTeller(format)
    let plan = EventPlan(
      format, pid: pid, name: name, entry: names.entries[Int(name)], tellsComms: tellers[type] != nil)
    places[type] = Int32(plans.count)
    plans.append(plan)
    return plan
  }
}
