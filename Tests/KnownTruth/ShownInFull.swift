// What a recording of all probes shows in full of what the simulated kernel missed.

import KVMEvents
import Results
import SimulatedKernel

/// Rules 7 and 8 of the evidence, over the truth's own events, whether they were recorded or not; what was cut off is
/// not there.
struct ShownInFull {
  private let recording: SimulatedRecording
  private let truth: KnownTruth
  private let deltaNs: Int64
  /// Some hook has an event inside that names the kvm: that ties all notifiers to theirs.
  private let isTied: Bool

  init(_ recording: SimulatedRecording) {
    self.recording = recording
    truth = recording.run.truth
    deltaNs = recording.run.settings.recording.deltaNs
    isTied = recording.run.truth.invalidations.contains { invalidation in
      [invalidation.walk, invalidation.endKvm].contains { $0.map { recording.isInside($0) } ?? false }
    }
  }

  /// The returns of checks that said yes, entry and return wholly inside of a contract window.
  func contracts() -> [RecordNumber] {
    truth.checks.compactMap { check in
      guard let ret = check.ret, recording.isInside(check.entry) else { return nil }
      let isShown = check.breached.contains { index in
        let invalidation = truth.invalidations[index]
        return isInside(invalidation) && surely(invalidation.startRet, before: check.entry)
          && surely(ret, before: invalidation.end)
      }
      return isShown && recording.isInside(ret) ? ret : nil
    }
  }

  /// For each page that was used after it had surely been freed: the events of which one must be cited.
  /// - Parameter byTests: a round's retry test is such a use; without its probe only checks are.
  func stalePages(byTests: Bool) -> [[RecordNumber]] {
    truth.rounds.indices.compactMap { number in
      let round = truth.rounds[number]
      guard round.outcome == .accepted, round.records.allSatisfy({ recording.isInside($0) }) else { return nil }
      let checks = truth.checks.filter { $0.mapping == number && $0.answer == true && $0.ret != nil }
      var isShown = byTests && round.isStale && isFreed(round, before: round.test)
      for check in checks where check.isStale && check.uhva?.page == round.uhva.page {
        if recording.isInside(check.entry), recording.isInside(check.ret), isFreed(round, before: check.entry) {
          isShown = true
        }
      }
      return isShown ? [round.test].compactMap { $0 } + checks.compactMap(\.ret) : nil
    }
  }

  /// An invalidation began after the round's lookup and was over before `use`.
  private func isFreed(_ round: KnownTruth.Round, before use: RecordNumber?) -> Bool {
    truth.invalidations.contains { invalidation in
      invalidation.vm == round.vm && invalidation.range.contains(round.uhva.page) && invalidation.freesPages
        && !invalidation.looksLikeSplit && isInside(invalidation)
        && surely(round.lookupRet, before: invalidation.startRet) && surely(invalidation.end, before: use)
    }
  }

  private func isInside(_ invalidation: KnownTruth.Invalidation) -> Bool {
    isTied && invalidation.records.allSatisfy { recording.isInside($0) }
  }

  /// Program order and the order within one CPU are exact; between two CPUs only the clock speaks.
  private func surely(_ a: RecordNumber?, before b: RecordNumber?) -> Bool {
    guard let a, let b else { return false }
    let (first, second) = (recording.run.records[a], recording.run.records[b])
    let pids = [first, second].map { recording.run.workload.tasks[$0.task].pid }
    // The idle tasks are one for each CPU.
    if first.cpu == second.cpu || pids[0] == pids[1] && pids[0] != 0 { return a < b }
    return recording.stamps[a] + deltaNs < recording.stamps[b]
  }
}

extension KnownTruth.Invalidation {
  /// Exactly one aligned 2 MiB, cleared: also what splitting a huge page sends, with nothing freed (rule 22).
  fileprivate var looksLikeSplit: Bool {
    let size: UInt64 = 2 << 20
    return mnEvent == 1 && range.end.rawValue - range.start.rawValue == size && range.start.rawValue % size == 0
  }
}
