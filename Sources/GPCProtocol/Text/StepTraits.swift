// What the engine and its drivers ask of a step all the time, in a few bytes.

package struct StepTraits: Hashable, Sendable {
  /// What a step has to do with the locals of other tasks.
  package enum Concern: UInt8, Sendable {
    case none
    /// It bumps the seq past all snapshots.
    case bumpsSeq
    /// It says yes, and is judged by the windows of others.
    case readsWindows
    /// It may find a store in another's buffer.
    case readsBuffers
    /// It looks at the positions of the others, or changes what they hold.
    case any
  }

  /// In how many ways it can go, besides what it finds.
  package enum Choices: UInt8, Sendable {
    case one
    /// A second way where the operation says that its lookup may fail.
    case lookUpMayFail
    /// A second way where the operation says that a vCPU may have events to handle.
    case events
    /// A second way while `valid = true` waits in a store buffer: the read comes before it drains.
    case storeBuffer
  }

  /// The cache that a line is about.
  enum Cache: UInt8, Sendable {
    case none
    case operations
    /// The one that the walk has reached.
    case walked
  }

  package struct Marks: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// `hva_to_pfn()`.
    package static let looksUp = Marks(rawValue: 1 << 0)
    /// The mm's own step between the hooks.
    package static let freesPages = Marks(rawValue: 1 << 1)
    /// On the wait queue: a wake-up is seen.
    package static let isQueued = Marks(rawValue: 1 << 2)
    /// Asleep until woken.
    package static let sleeps = Marks(rawValue: 1 << 3)
    /// The first read of a busy-wait.
    package static let spins = Marks(rawValue: 1 << 4)
    /// A task that is let go on comes by again and again as long as the others do not move.
    package static let mayLoop = Marks(rawValue: 1 << 5)
    /// A recording shows when this begins.
    package static let isAwaited = Marks(rawValue: 1 << 6)
    /// A recording shows when what follows this begins.
    package static let pausesAfter = Marks(rawValue: 1 << 7)
    /// The last step of a refresh.
    package static let returns = Marks(rawValue: 1 << 8)
    /// An invalidation is past its `mmu_lock` section in the start hook, and not yet past that in the end hook.
    package static let isBetweenSections = Marks(rawValue: 1 << 9)
    /// A retry is decided under a lock, and is one only when that is dropped.
    package static let holdsLock = Marks(rawValue: 1 << 10)
    /// Of guest_memfd or a vCPU: no recording has it, only a scenario.
    package static let isUnrecorded = Marks(rawValue: 1 << 11)
  }

  /// The phase of `kvm_mmu_notifier_invalidate_range_end()`.
  static var endHook: UInt8 { 3 }

  package var takes: Lock?
  var drops: Lock?
  /// Another task may come in before it though lock sections are one step.
  package var beginsSection = false
  /// It does more than taking or dropping a lock, which a timeline's lock column says as well.
  package var isTold = true
  /// Which interval of its operation's span it lies in, 0 the first. Of an invalidation: until the count is up; up to
  /// the return of the start hook; between the hooks; the end hook. Any other operation has one. nil: as the
  /// function's.
  var ownPhase: UInt8?
  package internal(set) var phase: UInt8 = 0
  package var choices = Choices.one
  package var concern = Concern.none
  package var marks: Marks = []
  var gpc = Cache.none

  init(
    takes: Lock? = nil, drops: Lock? = nil, beginsSection: Bool = false, isTold: Bool = true, phase: UInt8? = nil,
    choices: Choices = .one, concern: Concern = .none, marks: Marks = []
  ) {
    self.takes = takes
    self.drops = drops
    self.beginsSection = beginsSection
    self.isTold = isTold
    ownPhase = phase
    self.choices = choices
    self.concern = concern
    self.marks = marks
  }

  package func has(_ marks: Marks) -> Bool { self.marks.rawValue & marks.rawValue != 0 }
}
