// One event of a recording: where and when, which task, and what its probe read.

/// An event's number: the line of the text it was read from (first line 1), or its ordinal in a binary recording. Grows
/// in replay order.
public typealias EventID = Int64

/// A task as the recording names it: an index into the table of tasks, dense from 0.
public typealias TaskID = Int32

/// An event name as the recording spells it: an index into the table of names, dense from 0.
public typealias EventNameID = Int32

/// One event of a recording. Trivial on purpose: it is copied in the import's hot path.
public struct RecordedEvent: Sendable {
  public var id: EventID = 0
  public var time = TraceTimestamp(rawValue: 0)
  /// `unknownCPU` for a loss without a known CPU.
  public var cpu: Int32 = 0
  /// The thread id the recording prints (`pid` in kernel terms); 0 is the idle task of its CPU.
  public var pid: Int32 = 0
  /// `noTask` for `lostEvents`, which has no task.
  public var task: TaskID = 0
  public var name: EventNameID = 0
  public var kind: EventKind = .bystander
  // Not `[]`: that goes through SetAlgebra's generic initialiser, unspecialised, once per event.
  public var fields = EventFieldSet(rawValue: 0)
  public var values = InlineArray<25, UInt64>(repeating: 0)

  public static let noTask: TaskID = -1
  public static let unknownCPU: Int32 = -1
  /// `flags` of `lostEvents`: it is not known where they were lost, only that it was before this marker.
  public static let lostAnywhere: UInt64 = 1

  @inlinable public init() {}

  /// The field's value, or nil if the probe did not record it. Signed fields are two's complement.
  @inlinable public subscript(field: EventField) -> UInt64? {
    // Through a pointer: `values[…]` copies all of them first, and so does a span of them.
    @inline(__always) get {
      guard fields.contains(field) else { return nil }
      return withUnsafeBytes(of: values) { $0.load(fromByteOffset: 8 * field.rawValue, as: UInt64.self) }
    }
  }

  @inlinable @inline(__always) public mutating func set(_ field: EventField, _ value: UInt64) {
    fields.insert(field)
    values[field.rawValue] = value
  }

  @inlinable @inline(__always) public var kvm: KVMPointer? { self[.kvm].map(KVMPointer.init(rawValue:)) }
  @inlinable @inline(__always) public var gpc: GPCPointer? { self[.gpc].map(GPCPointer.init(rawValue:)) }
  @inlinable @inline(__always) public var mn: NotifierPointer? { self[.mn].map(NotifierPointer.init(rawValue:)) }
  @inlinable @inline(__always) public var mm: MMPointer? { self[.mm].map(MMPointer.init(rawValue:)) }
  @inlinable @inline(__always) public var uhva: UHVA? { self[.uhva].map(UHVA.init(rawValue:)) }
  @inlinable @inline(__always) public var oldUhva: UHVA? { self[.oldUhva].map(UHVA.init(rawValue:)) }
  @inlinable @inline(__always) public var gpa: GPA? { self[.gpa].map(GPA.init(rawValue:)) }
  @inlinable @inline(__always) public var pfn: PFN? { self[.pfn].map(PFN.init(rawValue:)) }
  @inlinable @inline(__always) public var ret: Int64? { self[.ret].map { Int64(bitPattern: $0) } }

  /// `start` and `end` as a range; nil if one is missing or the end is below the start.
  @inlinable @inline(__always) public var range: HVARange? {
    guard let start = self[.start], let end = self[.end], start <= end else { return nil }
    return HVARange(start: UHVA(rawValue: start), end: UHVA(rawValue: end))
  }
}
