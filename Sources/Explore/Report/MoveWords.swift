// A move in words: what the task does, and the locks it holds meanwhile.

import GPCProtocol

/// A move's function and its statements, those that only take or drop a lock left out where there are others.
struct MoveWords {
  private let program: ProtocolProgram
  private let operation: TaskOperation
  private(set) var function = ""
  private var first: String?
  private var told: [String] = []

  init(_ program: ProtocolProgram, of operation: TaskOperation) {
    self.program = program
    self.operation = operation
  }

  var statements: [String] { told.isEmpty ? [first ?? ""] : told }

  mutating func add(_ step: TaskStep, _ branch: StepBranch) {
    let words = program.words(step, in: operation)
    let freesNothing = program.traits[Int(step.code)].has(.freesPages) && operation.isOfProtection
    let statement = freesNothing ? "changes the PTEs, frees nothing" : words.statement
    if first == nil {
      function = words.function
      first = statement
    }
    if program.isTold(step) { told.append(statement + (branch == .done ? "" : " -> \(branch.words)")) }
  }
}

extension TaskOperation {
  /// A change of protection frees nothing.
  fileprivate var isOfProtection: Bool {
    guard case .invalidate(let ranges) = self else { return false }
    return !ranges.contains(where: \.freesPages)
  }
}

extension StepBranch {
  /// How a report names it.
  var words: String {
    switch self {
    case .done, .hit, .miss, .kept, .inactive, .failed, .retry, .pass, .pending, .clear, .woken, .yes, .no, .already:
      rawValue
    case .lookUp: "look up"
    case .noMemslot: "no memslot"
    }
  }
}

/// The locks that a task held in a move: `mn_invalidate_lock`, `gpc_lock`, `mmu_lock` by their first word, `gpc->lock`
/// as gpc with r or w.
struct LockNames {
  private let cacheCount: Int
  private var held: [String] = []

  init(_ cacheCount: Int) { self.cacheCount = cacheCount }

  var words: String { held.joined(separator: " ") }

  mutating func add(heldBy task: Int, _ state: ProtocolState) {
    add("mn", state.kvm.invalidateLock.isHeld(by: task))
    add("list", state.kvm.listLock.isHeld(by: task))
    add("mmu", state.kvm.mmuLock.isHeld(by: task))
    for cache in 0..<cacheCount {
      let number = cacheCount == 1 ? "" : "\(cache)"
      add("refresh\(number)", state.caches[cache].refreshLock.isHeld(by: task))
      add("gpc\(number)/w", state.caches[cache].lock.writer.isHeld(by: task))
      add("gpc\(number)/r", state.caches[cache].lock.readers.bits >> UInt8(task) & 1 == 1)
      add("guest\(number)", state.caches[cache].guestMode.isHeld(by: task))
    }
  }

  private mutating func add(_ lock: String, _ isHeld: Bool) {
    if isHeld && !held.contains(lock) { held.append(lock) }
  }
}

extension KernelLock<SearchWidth> {
  fileprivate func isHeld(by task: Int) -> Bool { Int(holder) == task + 1 }
}
