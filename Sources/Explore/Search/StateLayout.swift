// Which bits of a state a scenario needs, and how to go to them and back. Equal states give equal bits.

import GPCProtocol
import KVMEvents
import Results

/// The packing of one engine's states. Of values that only grow it keeps what steps can observe: `mmu_invalidate_seq`
/// as "moved since my snapshot", a page's name as error, freed, or what the uhva maps to now.
final class StateLayout: Sendable {
  /// Words per state.
  let wordCount: Int
  /// Words per state and the task that ran last.
  let scheduleWordCount: Int
  /// Where the bits of each task begin, after those of the kvm and the caches.
  let taskPositions: [Int]
  let taskWidths: [Int]
  private let bitCount: Int
  /// The bits that say that a task is between its hooks, and those that say that the seq has moved since a task's
  /// snapshot.
  let windowBits: PackedState
  let seqBits: PackedState
  let taskCount: Int
  let cacheCount: Int
  let holderBits: Int
  let hasRange: Bool
  let hasFlag: Bool
  let hasQueue: Bool
  let hasBuffers: Bool
  /// Whether khva is mapped is a question.
  let hasKHVABit: Bool
  /// Some vCPU runs its guest on a copy of a pfn.
  let hasGuests: Bool
  /// Some operation changes `active`, the list, the gpa or the uhva; else they stay as they began.
  let cachesChange: Bool
  let tasks: [Task]
  let initial: ProtocolState

  /// What the locals of one task need.
  struct Task: Sendable {
    let operationBits: Int
    let rangeBits: Int
    let walkedBits: Int
    let refreshes: Bool
    /// Bits for the caches whose vCPUs its walk is to wait for.
    let hitBits: Int
    /// It is a vCPU that copies the pfn.
    let copies: Bool
  }

  /// nil: the scenario needs more than `PackedState.wordsMax` words.
  init?(_ engine: ProtocolEngine) {
    let programs = engine.setup.programs
    let operations = programs.flatMap(\.operations)
    taskCount = engine.taskCount
    cacheCount = engine.cacheCount
    holderBits = Self.bits(engine.taskCount + 1)
    hasRange = engine.rules.range != .none
    hasFlag = engine.rules.hasNeedsInvalidation
    let hasQueue = engine.rules.hasQueue
    self.hasQueue = hasQueue
    let hasBuffers = engine.rules.memory != .sequential
    self.hasBuffers = hasBuffers
    let hasKHVABit = engine.rules.canUnmapKeptKHVA
    self.hasKHVABit = hasKHVABit
    let hasGuests = engine.rules.guestUsesPFN && operations.contains(where: \.runsGuest)
    self.hasGuests = hasGuests
    cachesChange = operations.contains { Self.changesCache($0, engine.setup) }
    let cacheCount = engine.cacheCount
    let tasks = programs.map { program in
      let ranges = program.operations.map { Self.rangeCount($0) }.max() ?? 0
      return Task(
        operationBits: Self.bits(program.operations.count), rangeBits: Self.bits(ranges),
        walkedBits: ranges > 0 ? Self.bits(cacheCount) : 0,
        refreshes: program.operations.contains(where: \.refreshes),
        hitBits: hasGuests && ranges > 0 ? cacheCount : 0,
        copies: hasGuests && program.operations.contains(where: \.runsGuest))
    }
    self.tasks = tasks
    initial = engine.initialState()
    let perCache =
      2 * holderBits + engine.taskCount + 5 + (hasFlag ? 1 : 0) + (hasKHVABit ? 1 : 0)
      + (cachesChange ? 8 : 0) + (hasGuests ? holderBits + Self.copyBits : 0)
    var position = holderBits * 4 + (hasRange ? 6 : 0) + perCache * engine.cacheCount
    var positions: [Int] = []
    taskWidths = tasks.map { $0.bitCount(hasQueue: hasQueue, hasBuffers: hasBuffers, hasKHVABit: hasKHVABit) }
    for width in taskWidths {
      positions.append(position)
      position += width
    }
    taskPositions = positions
    bitCount = position
    windowBits = Self.mask(zip(tasks, positions).map { $1 + $0.windowOffset })
    seqBits = Self.mask(zip(tasks, positions).filter(\.0.refreshes).map { $1 + $0.windowOffset + 1 })
    wordCount = (bitCount + 63) / 64
    scheduleWordCount = (bitCount + Self.lastTaskBits + 63) / 64
    guard scheduleWordCount <= PackedState.wordsMax, !tasks.isEmpty else { return nil }
    guard taskWidths.allSatisfy({ $0 <= 28 }) else { return nil }
  }

  /// The task that ran last, packed after the state.
  func lastTask(_ packed: PackedState) -> UInt64 { packed.take(Self.lastTaskBits, at: bitCount) }

  /// The same state with `task` as the one that ran last.
  func setLastTask(_ task: UInt64, _ packed: inout PackedState) { packed.put(task, Self.lastTaskBits, at: bitCount) }

  private static let lastTaskBits = 4

  private static func mask(_ positions: [Int]) -> PackedState {
    var mask = PackedState()
    for position in positions where position < PackedState.wordsMax * 64 { mask.put(1, 1, at: position) }
    return mask
  }

  /// Bits for one of `count` values.
  static func bits(_ count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }

  private static func rangeCount(_ operation: TaskOperation) -> Int {
    switch operation {
    case .invalidate(let ranges): ranges.count
    case .punchHole: 1
    case .refresh, .check, .use, .deactivate, .activate, .runGuest: 0
    }
  }

  private static func changesCache(_ operation: TaskOperation, _ setup: ProtocolSetup) -> Bool {
    switch operation {
    case .invalidate, .punchHole, .check: false
    case .deactivate, .activate: true
    case .refresh(let cache, let request, _), .use(let cache, let request), .runGuest(let cache, let request, _):
      moves(setup.caches[cache], request)
    }
  }

  private static func moves(_ cache: ProtocolSetup.Cache, _ request: RefreshRequest) -> Bool {
    switch request {
    case .uhva(let uhva): cache.isGPABased || uhva != .page(cache.page)
    case .gpa(let gpa, let resolved, _): !cache.isGPABased || gpa != .page(cache.page) || resolved != .page(cache.page)
    }
  }
}

extension StateLayout.Task {
  /// The position of the bit `isInWindow` among a task's; the seq's bit is the next one. As in `packTask`.
  fileprivate var windowOffset: Int {
    StateLayout.stepBits + operationBits + rangeBits + walkedBits + hitBits + (copies ? 1 : 0)
  }

  fileprivate func bitCount(hasQueue: Bool, hasBuffers: Bool, hasKHVABit: Bool) -> Int {
    let ofRefresh = 4 + (hasQueue ? 2 : 0) + (hasBuffers ? 1 : 0) + (hasKHVABit ? 1 : 0)
    return windowOffset + 1 + (refreshes ? ofRefresh : 0)
  }
}
