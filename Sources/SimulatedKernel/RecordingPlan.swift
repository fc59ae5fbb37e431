// What is recorded of a run.

/// Which probes are set, when the recording begins and ends, and what is lost in between.
package struct RecordingPlan: Sendable {
  /// Events of a CPU that are dropped.
  package struct Gap: Sendable {
    package var cpu: Int
    /// Stamps, both within the gap.
    package var begin: Int64
    package var end: Int64
    /// The marker has their number.
    package var tellsCount: Bool
  }

  package var probes = Set(ProbePoint.allCases)
  /// Stamps; nil: from the first record, to the last.
  package var begin: Int64?
  package var end: Int64?
  package var gaps: [Gap] = []
  /// What these record is dropped silently.
  package var hiddenTasks: Set<Int> = []
  package var hiddenCPUs: Set<Int> = []
  /// The value read instead of a field.
  package enum Misreading: Sendable, CaseIterable {
    case zero, one
    /// Another value each time, as from a register that is used for something else.
    case garbage
  }

  /// The keys of fields that the definitions read at another offset.
  package var misread: [String: Misreading] = [:]

  package init() {}

  func keeps(_ record: SimulatedRecord) -> Bool {
    probes.contains(record.point) && !hiddenTasks.contains(record.task) && !hiddenCPUs.contains(record.cpu)
  }

  func keeps(_ time: Int64) -> Bool { begin.map { $0 <= time } ?? true && end.map { time <= $0 } ?? true }
}

extension RecordingPlan {
  package init(drawnFrom run: SimulatedRun) {
    self.init()
    let settings = run.settings.recording
    var chance = Dice(seed: run.settings.seed, stream: -4)
    switch settings.probes {
    case .all: break
    case .functionLevel: probes = ProbePoint.functionLevel
    case .drawn:
      let percent = chance.pick([50, 80, 90])
      probes = Set(ProbePoint.allCases.filter { _ in chance.chance(percent) })
    case .only(let chosen): probes = chosen
    }
    guard let first = run.records.first?.time, let last = run.records.last?.time else { return }
    let span = Int(last - first)
    if settings.isCut {
      if chance.chance(60) { begin = first + Int64(chance.below(span / 2 + 1)) }
      if chance.chance(60) { end = last - Int64(chance.below(span / 2 + 1)) }
    }
    if settings.isFiltered {
      if chance.chance(50) {
        hiddenTasks = [chance.below(run.workload.tasks.count)]
      } else {
        hiddenCPUs = [chance.below(run.workload.machine.cpuCount)]
      }
    }
    if settings.isImplausible {
      let keys = ["active", "valid", "active_inv", "seq", "mmu_seq", "gen", "slotsgen"]
      for key in keys where chance.chance(40) {
        misread[key] = chance.pick([.zero, .zero, .one, .garbage])
      }
    }
    for _ in 0..<chance.within(0...settings.gapsMax) {
      let length = Int64(chance.below(span / chance.pick([2, 10, 50]) + 1))
      let begin = first + Int64(chance.below(span + 1))
      gaps.append(
        Gap(
          cpu: chance.below(run.workload.machine.cpuCount), begin: begin, end: begin + length,
          tellsCount: chance.chance(60)))
    }
  }
}
