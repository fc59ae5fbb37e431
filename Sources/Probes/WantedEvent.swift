// The events that a recording should have: which functions show them, with which fields, and what is lost without one.

/// One event, and the functions that show it. The names of events and fields are those of the probe catalogue
/// (Sources/TraceReaders/Catalogue), which says what they mean to the replay.
struct WantedEvent: Sendable {
  /// What is lost without an event that the replay has no use for.
  static let nothing = "nothing."

  let name: String
  /// What it shows, and what is unknown without it: sentences for the comment above its lines.
  let tells: String
  let lost: String
  /// Only some kernels have it: where its functions are missing nothing is.
  let isOnSomeKernelsOnly: Bool
  /// In the order of preference: the first one that the kernel has is probed.
  let sources: [WantedSource]

  init(_ name: String, _ tells: String, lost: String, onSomeKernelsOnly: Bool = false, _ sources: [WantedSource]) {
    self.name = name
    self.tells = tells
    self.lost = lost
    isOnSomeKernelsOnly = onSomeKernelsOnly
    self.sources = sources
  }
}

/// A function that shows an event.
struct WantedSource: Sendable {
  let function: String
  /// Where its event is called otherwise, for its fields mean something else.
  let event: String?
  let fields: [WantedField]
  let returns: WantedReturn

  init(_ function: String, _ fields: [WantedField], _ returns: WantedReturn = .nothing, event: String? = nil) {
    self.function = function
    self.event = event
    self.fields = fields
    self.returns = returns
  }
}

/// What the probe at the function's return records.
enum WantedReturn: Sendable {
  /// There is no such probe.
  case notProbed
  /// It only tells when: the function is `void`.
  case nothing
  case value(WantedReturnField)
}

struct WantedReturnField: Sendable {
  let key: String
  let type: String

  /// An `int`.
  static let int = WantedReturnField(key: "ret", type: "s32")
  static let bool = WantedReturnField(key: "ret", type: "u8")
}

/// One field: its key, where it is read from (the first that the kernel has), and the type that it is recorded as.
struct WantedField: Sendable {
  let key: String
  let paths: [FetchPath]
  let type: String
  /// Only some kernels have it: nothing is missing without it.
  let isOnSomeKernelsOnly: Bool

  /// - Parameter path: in the kernel's words: `gpc->kvm`, `(kvm,mmu_notifier)mn->mm`; several are parted by ` | `.
  init(_ key: String, _ path: String, _ type: String, onSomeKernelsOnly: Bool = false) {
    self.key = key
    self.type = type
    isOnSomeKernelsOnly = onSomeKernelsOnly
    paths = path.split(separator: " | ").map { FetchPath($0) }
  }
}
