// How much happened, and how much was said of it: a judge that has nothing to judge finds nothing wrong.

import KVMEvents
import SimulatedKernel

package struct Tally: Sendable {
  /// What the simulated kernel did.
  package var checks = 0
  package var yes = 0
  package var tests = 0
  package var retries = 0
  package var necessary = 0
  package var contracts = 0
  package var stale = 0
  /// What the replay said of it.
  package var forcedTests = 0
  package var forcedChecks = 0
  package var causes = 0
  package var certain = 0
  package var possible = 0
  /// Certain by the next lookup.
  package var raised = 0
  /// Rounds repeated by an unrecorded mover of seq.
  package var moved = 0
  package var neverEnded = 0
  /// Recordings that are said to lack events, and those that have fields that are not used.
  package var filtered = 0
  package var implausible = 0

  package init() {}

  init(_ recording: SimulatedRecording, _ replayed: ReplayedRecording) {
    let truth = recording.run.truth
    checks = truth.checks.count { $0.answer != nil }
    yes = truth.checks.count { $0.answer == true }
    tests = truth.rounds.count { $0.tested != nil }
    let repeated = truth.rounds.filter { $0.outcome == .retried }
    retries = repeated.count
    necessary = repeated.count { truth.isNecessary($0) }
    contracts = truth.checks.count { !$0.breached.isEmpty }
    stale = truth.rounds.count { $0.isStale } + truth.checks.count { $0.isStale }
    forcedTests = replayed.rounds.count { $0.decision == "agrees" || $0.decision == "disagrees" }
    forcedChecks = replayed.checks.count { $0.decision == "agrees" || $0.decision == "disagrees" }
    causes = replayed.rounds.count { $0.cause == "necessary" || $0.cause == "false" }
    let missed = replayed.findings.filter { $0.kind == .contract || $0.kind == .stale }
    certain = missed.count { $0.isCertain }
    possible = missed.count - certain
    raised = missed.count { $0.isRaised }
    moved = replayed.rounds.count { $0.subCause == "seq_other" }
    neverEnded = replayed.neverEnded.count
    filtered = replayed.isCalledFiltered ? 1 : 0
    implausible = replayed.implausible.isEmpty ? 0 : 1
  }

  package mutating func add(_ other: Tally) {
    checks += other.checks
    yes += other.yes
    tests += other.tests
    retries += other.retries
    necessary += other.necessary
    contracts += other.contracts
    stale += other.stale
    forcedTests += other.forcedTests
    forcedChecks += other.forcedChecks
    causes += other.causes
    certain += other.certain
    possible += other.possible
    raised += other.raised
    moved += other.moved
    neverEnded += other.neverEnded
    filtered += other.filtered
    implausible += other.implausible
  }
}

extension Tally: CustomStringConvertible {
  package var description: String {
    """
    checks    \(checks), \(yes) yes, \(contracts) in a contract window; \(forcedChecks) forced
    tests     \(tests), \(retries) retries, \(necessary) necessary; \(forcedTests) forced, \(causes) causes told
    pages     \(stale) uses of freed ones; missed invalidations found: \(certain) certain (\(raised) by the next lookup), \(possible) possible
    others    \(moved) rounds repeated by a mover of seq without a hook; \(neverEnded) operations open at the end
    """
  }
}
