// The simulated machine: tasks take turns, one small action at a time.

import GPCProtocol
import KVMEvents
import Results

/// A record as the kernel made it: its fields are those of some moment before its context continued.
package struct SimulatedRecord: Sendable {
  package let point: ProbePoint
  package let task: Int
  package let operation: Int
  package let cpu: Int
  /// Nanoseconds; no CPU's clock shows it exactly.
  package let time: Int64
  package var fields = ""
}

/// Which task continued, in which operation, and how long after the previous turn.
package struct Turn: Sendable {
  package let task: Int
  package let operation: Int
  /// Nanoseconds.
  package let ns: Int64

  package init(task: Int, operation: Int, ns: Int64) {
    self.task = task
    self.operation = operation
    self.ns = ns
  }
}

/// The result of a run.
package struct SimulatedRun: Sendable {
  package let workload: Workload
  package let settings: SimulationSettings
  package let records: [SimulatedRecord]
  package let truth: KnownTruth
  /// The schedule that was taken: the same run again, or one with operations removed and the others in the same order.
  package let turns: [Turn]

  package init(
    workload: Workload, settings: SimulationSettings, records: [SimulatedRecord], truth: KnownTruth, turns: [Turn]
  ) {
    self.workload = workload
    self.settings = settings
    self.records = records
    self.truth = truth
    self.turns = turns
  }
}

package final class SimulatedKernel {
  let workload: Workload
  let settings: SimulationSettings
  let engine: ProtocolEngine
  let steps: EngineSteps
  let rules: ProtocolRules
  var vms: [SimulatedVM] = []
  var mms: [SimulatedMM] = []
  var tasks: [SimulatedTask] = []
  var records: [SimulatedRecord] = []
  var truth = KnownTruth()
  private(set) var now = start
  private static let start: Int64 = 100_000_000_000
  /// Counts turns: the moments of the truth.
  private(set) var moment = 0
  private var turns: [Turn] = []
  /// When the last of them was.
  private var lastTurn = start
  /// The task that ran last on each CPU.
  private var running: [Int: Int] = [:]
  private var chance: Dice
  private let pace: Pace

  private init(_ workload: Workload, _ settings: SimulationSettings) {
    self.workload = workload
    self.settings = settings
    let form = settings.mutant?.form(settings.form) ?? settings.form
    rules = form.rules
    engine = ProtocolEngine(form, edit: settings.mutant?.edit)
    steps = EngineSteps(form.program)
    chance = Dice(seed: settings.seed, stream: -1)
    pace = Pace(&chance, deltaNs: settings.recording.deltaNs)
    let machine = workload.machine
    mms = (0...(machine.mmOfVM.max() ?? 0)).map {
      SimulatedMM(pointer: MMPointer(rawValue: 0xff2d_067e_8006_3c80 + UInt64($0) * 0x5000))
    }
    vms = machine.mmOfVM.indices.map { number in
      SimulatedVM(
        number: number, kvm: machine.kvm(ofVM: number), mm: mms[machine.mmOfVM[number]], firstSeq: machine.firstSeq)
    }
    for vm in vms {
      for cache in 0..<machine.cachesOfVM[vm.number] {
        // The first is the shared info's, a member of `struct kvm`; the others are the vCPUs', elsewhere.
        let pointer = GPCPointer(rawValue: vm.kvm.rawValue + (cache == 0 ? 0x9668 : 0x10_0000 + UInt64(cache) * 0x78))
        vm.caches.append(SimulatedVM.Cache(pointer: pointer, index: vm.state.addCache()))
      }
    }
    tasks = workload.tasks.indices.map { SimulatedTask(index: $0, plan: workload.tasks[$0]) }
  }

  /// A schedule drawn from the seed.
  package static func run(_ workload: Workload, _ settings: SimulationSettings) -> SimulatedRun {
    let kernel = SimulatedKernel(workload, settings)
    // An infinite loop does not end by itself.
    var left = 400 * workload.operationCount
    while left > 0, kernel.takeAny() { left -= 1 }
    return kernel.result
  }

  /// This schedule and no more. Turns of tasks that cannot move, or of operations that do not exist, are skipped; their
  /// time passes.
  package static func run(
    _ workload: Workload, _ settings: SimulationSettings, following turns: [Turn]
  ) -> SimulatedRun {
    let kernel = SimulatedKernel(workload, settings)
    for turn in turns where !kernel.take(turn) { kernel.now += turn.ns }
    return kernel.result
  }

  private var result: SimulatedRun {
    for task in tasks {
      read(task)
      task.dropActions()
    }
    return SimulatedRun(workload: workload, settings: settings, records: records, truth: truth, turns: turns)
  }

  // MARK: Turns

  /// False: no task can move.
  private func takeAny() -> Bool {
    let last = turns.last?.task
    if let last, chance.chance(pace.stayPercent), take(last) { return true }
    let first = chance.below(tasks.count)
    for offset in tasks.indices where take((first + offset) % tasks.count) { return true }
    return false
  }

  private func take(_ task: Int) -> Bool {
    guard let operation = tasks[task].operation else { return false }
    return take(Turn(task: task, operation: operation, ns: pace.ns(&chance)))
  }

  private func take(_ turn: Turn) -> Bool {
    let task = tasks[turn.task]
    guard task.operation == turn.operation, !task.isInterrupted, getsItsCPU(task) else { return false }
    let before = now
    now += turn.ns
    moment += 1
    guard act(task) == .done else {
      now = before
      return false
    }
    turns.append(Turn(task: turn.task, operation: turn.operation, ns: now - lastTurn))
    lastTurn = now
    running[task.cpu] = task.index
    return true
  }

  private func act(_ task: SimulatedTask) -> Progress {
    if read(task) { return .done }
    return task.isBusy ? task.act() : begin(task)
  }

  /// The probe that the task has hit reads its fields. False: it has.
  @discardableResult private func read(_ task: SimulatedTask) -> Bool {
    guard let (record, fields) = task.readFields() else { return false }
    records[record].fields = fields
    return true
  }

  private func begin(_ task: SimulatedTask) -> Progress {
    guard canBegin(task), let operation = task.takeOperation() else { return .blocked }
    task.dice = Dice(seed: settings.seed, stream: operation.id)
    let host = task.plan.host.map { tasks[$0] }
    if let host {
      task.cpu = host.cpu
      task.isPinned = true
      host.isInterrupted = true
    } else {
      migrate(task)
    }
    perform(operation, task)
    if let host {
      task.last {
        task.isPinned = false
        host.isInterrupted = false
        host.sawRecord(at: task.lastRecord)
        return .done
      }
    }
    return .done
  }

  /// A CPU runs one task at a time; a task that holds a spinlock there is not preempted, and an interrupt runs on top
  /// of its host.
  private func getsItsCPU(_ task: SimulatedTask) -> Bool {
    let host = task.isBusy ? nil : task.plan.host
    guard let other = running[host.map { tasks[$0].cpu } ?? task.cpu], other != task.index else { return true }
    return !tasks[other].isPinned || other == host
  }

  private func canBegin(_ task: SimulatedTask) -> Bool {
    if task.plan.after.contains(where: { tasks[$0].hasWork }) { return false }
    guard let host = task.plan.host.map({ tasks[$0] }) else { return true }
    return !host.isInterrupted && !host.hasInterruptsOff && host.unread == nil
  }

  /// Between two operations a task may go to another CPU. That takes longer than the clocks are apart: its records stay
  /// in order.
  private func migrate(_ task: SimulatedTask) {
    let isElsewhere = settings.features.contains(.migrations) && task.plan.pid != 0 && task.dice.chance(15)
    let cpu = isElsewhere ? task.dice.below(workload.machine.cpuCount) : task.plan.cpu
    guard cpu != task.cpu, running[cpu].map({ !tasks[$0].isPinned }) ?? true else { return }
    task.cpu = cpu
    if let last = task.lastRecord { now = max(now, last + settings.recording.deltaNs + 1) }
  }

  // MARK: Records

  /// The probe is hit now; it reads its fields at some time before the task continues.
  func emit(_ point: ProbePoint, _ task: SimulatedTask, _ fields: @escaping () -> String) -> RecordNumber {
    // No task hits two probes in one nanosecond.
    if task.lastRecord == now { now += 1 }
    records.append(
      SimulatedRecord(point: point, task: task.index, operation: task.current, cpu: task.cpu, time: now))
    let record = records.count - 1
    task.hit(record, at: now, fields)
    if task.dice.chance(50) { read(task) }
    return record
  }

  /// Hits a probe. `note` gets the record.
  func hit(
    _ point: ProbePoint, _ task: SimulatedTask, _ fields: @escaping () -> String,
    note: @escaping (RecordNumber) -> Void = { _ in }
  ) -> Action {
    { [self] in
      note(emit(point, task, fields))
      return .done
    }
  }
}

/// How a schedule is drawn: how long a task stays on, and how long its actions take.
private struct Pace {
  let stayPercent: Int
  private let meanNs: Int
  private let tiePercent: Int

  init(_ chance: inout Dice, deltaNs: Int64) {
    stayPercent = chance.pick([0, 50, 80, 95])
    let delta = Int(deltaNs)
    meanNs = chance.pick(delta == 0 ? [3, 100, 2000] : [delta / 20 + 1, delta / 3 + 1, 4 * delta])
    tiePercent = chance.pick([0, 5, 40])
  }

  func ns(_ chance: inout Dice) -> Int64 {
    chance.chance(tiePercent) ? 0 : Int64(1 + chance.below(2 * meanNs))
  }
}
