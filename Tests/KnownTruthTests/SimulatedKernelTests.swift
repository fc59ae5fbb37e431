// The simulated kernel: the same for a seed, and as the protocol's page says.

import Forms
import GPCProtocol
import KnownTruth
import SimulatedKernel
import Testing

@Suite struct SimulatedKernelTests {
  private func run(_ settings: SimulationSettings) -> SimulatedRun {
    SimulatedKernel.run(Workload(drawnFrom: settings), settings)
  }

  @Test func aSeedIsOneRecording() {
    for seed in 1...20 as ClosedRange<UInt64> {
      var settings = SimulationSettings(seed: seed)
      settings.recording.deltaNs = 1000
      settings.recording.gapsMax = 3
      settings.recording.isCut = true
      let first = SimulatedRecording(run(settings))
      let isSame = first.text == SimulatedRecording(run(settings)).text
      #expect(isSame, "seed \(seed)")
      // Its schedule, followed, gives it again.
      let again = SimulatedKernel.run(first.run.workload, settings, following: first.run.turns)
      let isFollowed = first.text == SimulatedRecording(again).text
      #expect(isFollowed, "seed \(seed)")
    }
  }

  /// Every probe comes up, and each of its lines is an event without dirt to the real reader.
  @Test func theReaderKnowsEveryProbe() throws {
    var seen: Set<ProbePoint> = []
    for seed in 1...80 as ClosedRange<UInt64> {
      let recording = SimulatedRecording(run(SimulationSettings(seed: seed)))
      seen.formUnion(recording.run.records.map(\.point))
      let replayed = try ReplayedRecording(recording.text, form: .v69, deltaNs: 0)
      #expect(replayed.issues.isEmpty, "seed \(seed)")
    }
    #expect(seen == Set(ProbePoint.allCases))
  }

  /// Line order is the order of the stamps; within a task and within a CPU it is the order in which things happened.
  /// Between two CPUs the stamps are off by less than delta.
  @Test func clocksAreOffByLessThanDelta() {
    for seed in 1...100 as ClosedRange<UInt64> {
      var settings = SimulationSettings(seed: seed)
      settings.recording.deltaNs = 1000
      let recording = SimulatedRecording(run(settings))
      let records = recording.run.records
      let byLine = records.indices.sorted { (recording.lines[$0] ?? 0) < (recording.lines[$1] ?? 0) }
      // The idle tasks are one for each CPU.
      var lastOfTask: [Int32: Int] = [:]
      var lastOfCPU: [Int: Int] = [:]
      for (before, record) in zip([byLine[0]] + byLine, byLine) {
        #expect(recording.stamps[before] <= recording.stamps[record])
        #expect(0...1000 ~= recording.stamps[record] - records[record].time)
        let pid = recording.run.workload.tasks[records[record].task].pid
        let key = pid == 0 ? -1 - Int32(records[record].cpu) : pid
        #expect(lastOfTask[key] ?? -1 < record && lastOfCPU[records[record].cpu] ?? -1 < record, "seed \(seed)")
        lastOfTask[key] = record
        lastOfCPU[records[record].cpu] = record
      }
    }
  }

  /// gpc-protocols: mainline is clean but for pages outside all memslots (`mmu_invalidate_seq` does not move for them).
  @Test func mainlineIsCleanInsideMemslots() {
    for seed in 1...200 as ClosedRange<UInt64> {
      let truth = run(SimulationSettings(seed: seed)).truth
      #expect(truth.checks.allSatisfy { $0.breached.isEmpty }, "seed \(seed)")
      for round in truth.rounds where round.isStale {
        let freed = truth.invalidations.filter {
          $0.vm == round.vm && $0.freesPages && $0.range.contains(round.uhva.page)
        }
        #expect(freed.contains { !$0.hitsMemslot }, "seed \(seed)")
      }
    }
  }

  /// A round that mainline repeats had a reason: the count of some invalidation, or the bump of one.
  @Test func mainlineRetriesForInvalidationsOnly() {
    for seed in 1...100 as ClosedRange<UInt64> {
      let truth = run(SimulationSettings(seed: seed)).truth
      for round in truth.rounds where round.outcome == .retried {
        let tested = round.tested ?? 0
        let near = truth.invalidations.filter {
          $0.vm == round.vm && $0.up ?? .max < tested && $0.down ?? .max > round.snapshot
        }
        #expect(!near.isEmpty && (round.retriedBy == .count || near.contains { $0.hitsMemslot }), "seed \(seed)")
      }
    }
  }

  /// A gap is the CPU's records of some stretch, and its marker stands in front of the CPU's next one.
  @Test func gapsHaveTheirMarkers() {
    var gaps = 0
    for seed in 1...60 as ClosedRange<UInt64> {
      var settings = SimulationSettings(seed: seed)
      settings.recording.gapsMax = 3
      let recording = SimulatedRecording(run(settings))
      let lost = recording.lines.count { $0 == nil }
      let markers = recording.text.split(separator: "\n").enumerated().filter { $0.element.hasPrefix("CPU:") }
      #expect((lost == 0) == markers.isEmpty)
      gaps += markers.count
      for (index, marker) in markers {
        let cpu = marker.split(separator: " ")[0].dropFirst(4)
        let next = recording.lines.firstIndex { $0 == Int64(index + 2) }.map { recording.run.records[$0].cpu }
        #expect(next.map(String.init) == String(cpu), "seed \(seed), line \(index + 1)")
      }
    }
    #expect(gaps > 20)
  }

  /// Two VMs in one address space are told one after the other, and freed from once.
  @Test func bothVMsOfAnAddressSpaceAreTold() {
    var pairs = 0
    for seed in 1...100 as ClosedRange<UInt64> {
      let run = run(SimulationSettings(seed: seed))
      guard run.workload.machine.mmOfVM == [0, 0] else { continue }
      let freed = Dictionary(grouping: run.truth.invalidations.filter { $0.freed != nil }) { $0.freed ?? 0 }
      pairs += freed.values.count { Set($0.map(\.vm)) == [0, 1] }
    }
    #expect(pairs > 5)
  }
}
