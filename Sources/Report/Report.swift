// The contents of a report, read from the database: text and JSON show the same values.

import KVMEvents
import Results
import TextLayout
import TraceStore

/// One report on one database. Every value comes from the tables and views of `schema/`.
package struct Report: Encodable, Sendable {
  /// The layout of the JSON document; raised with every incompatible change.
  package var layout = 6
  /// The first lines of the text: what was missed, by whom, and what limits the answer. For people; the other keys are
  /// for programs.
  package var answer: [String] = []
  package var trace: RecordingFacts
  /// nil: imported only.
  package var replay: ReplaySettings?
  /// What the recording states about itself: where and how it was made, and what its probes missed.
  package var recordingMarks: [String]?
  package var counts: Counts
  package var events: [EventCount]
  package var issues: [Issue]
  package var losses: [Loss]
  /// What the replay gave up to keep memory and time bounded; nil: nothing.
  package var givenUp: [GivenUp]?
  package var missingProbes: [MissingProbe]
  package var implausibleFields: [ImplausibleField]
  package var silentOmissions: [SilentOmission]
  /// Possible omissions: the CPUs, up to the last with a recorded event, that have none.
  package var silentCpus: [Int64]
  package var conformance: [Conformance]
  /// The reasons for open and unknown decisions, and for undecided and unknown causes.
  package var doubts: [DoubtCount]
  /// By age; empty if no form was tested.
  package var forms: [Form]
  package var retries: [RetryCause]
  /// VMs whose recorded `mmu_invalidate_seq` moved further than the recorded hooks explain.
  package var unexplainedSeqMoves: [SeqMoves]
  package var neverEnded: [NeverEndedCall]
  package var findingCounts: [FindingCount]
  /// Findings of one kind that are alike, worst first.
  package var findingGroups: [FindingGroup]
  /// Worst first.
  package var findings: [FindingDetail]
  /// The longest, whatever the cause.
  package var stalls: [Stall]
  /// Decisions that leave open whether an invalidation was missed: the view `hidden_miss`.
  package var hiddenMisses: HiddenMisses
  /// What findings and stalls are restricted to; nil: nothing.
  package var filter: ReportFilter?
  package var verdict: ReportVerdict

  /// What is compared with the protocol.
  package enum Subject: String, Encodable, Sendable {
    case retryTest = "retry_test"
    case check
    /// Why a round was repeated.
    case cause
  }

  /// What the recording shows about one form of the protocol.
  package struct Form: Encodable, Sendable {
    package var form: String
    package var tests: Int64
    package var agreeingTests: Int64
    package var moverCount: Int64
    package var refutedCount: Int64
    package var refutedEvent: Int64?
    package var refutedBy: FormAgreement.Refutation?
  }

  package struct Counts: Encodable, Sendable {
    package var vms: Int64
    package var caches: Int64
    package var memslots: Int64
    package var invalidations: Int64
    package var invalidationsUnpaired: Int64
    package var refreshes: Int64
    package var rounds: Int64
    package var roundsMax: Int64
    package var checks: Int64
  }

  package struct EventCount: Encodable, Sendable {
    package var name: String
    /// nil: not an event of the catalogue.
    package var kind: String?
    package var count: Int64
  }

  package struct Issue: Encodable, Sendable {
    package var kind: ImportIssueKind
    package var severity: ImportIssueKind.Severity
    package var count: Int64
    package var first: [Occurrence]
  }

  package struct Occurrence: Encodable, Sendable {
    package var line: Int64
    package var reason: String
    package var excerpt: String
  }

  package struct Loss: Encodable, Sendable {
    package var cpu: Int64
    package var gaps: Int64
    /// Events lost, if the tracer reports their number.
    package var lost: Int64
    package var gapsOfUnknownSize: Int64
  }

  /// A bound that the replay reached at an event; all that was open there is unknown.
  package struct GivenUp: Encodable, Sendable {
    package var bound: Results.GivenUp.Bound
    /// Bytes, or a count.
    package var limit: Int64
    package var event: Int64
    /// Neither this event nor any later one was judged.
    package var endsReplay: Bool
  }

  package struct MissingProbe: Encodable, Sendable {
    package var probe: String
    package var unknown: String
  }

  /// A field that is not what its probe should read, and is not used.
  package struct ImplausibleField: Encodable, Sendable {
    package var probe: String
    package var field: String
    package var sign: Results.ImplausibleField.Sign
    /// How many values show it; 0 if it is only read at the same offset as a field of another probe that does.
    package var values: Int64
    package var firstEvent: Int64?
  }

  /// Signs that events were omitted without a marker.
  package struct SilentOmission: Encodable, Sendable {
    package var sign: Results.SilentOmission.Sign
    package var events: Int64
    package var firstEvent: Int64
    package var mostMissing: Int64?
  }

  package struct Conformance: Encodable, Sendable {
    package var subject: Subject
    package var forcedAgreeing: Int64
    package var forced: Int64
    package var open: Int64
    package var unknown: Int64
  }

  package struct RetryCause: Encodable, Sendable {
    package var cause: RetryRound.Cause
    package var subCause: RetryRound.SubCause?
    package var rounds: Int64
    package var refreshes: Int64
    package var lostNs: Int64
  }

  package struct DoubtCount: Encodable, Sendable {
    package var subject: Subject
    /// `open`, `unknown` or `undecided`.
    package var verdict: String
    package var doubt: Doubt
    package var meaning: String
    package var count: Int64
  }

  package struct SeqMoves: Encodable, Sendable {
    package var vm: Int64
    package var moves: Int64
  }

  /// An operation that was open when the recording ended.
  package struct NeverEndedCall: Encodable, Sendable {
    package var kind: NeverEnded.Kind
    package var vm: Int64?
    package var cache: Int64?
    package var gpc: String?
    package var task: String
    package var event: Int64
    package var lastEvent: Int64
    package var openNs: Int64
    /// The lock or hook that it is in.
    package var place: String
    package var refresh: Int64?
    package var invalidation: Int64?
    /// Of the invalidation.
    package var range: String?
    package var waitsAt: String?
    /// For the forms that nothing refutes: where they wait; forms with the same statement together.
    package var waits: [Wait] = []
  }

  package struct Wait: Encodable, Sendable {
    package var forms: [String]
    package var statement: String
    package var canBeLeft: Bool
  }

  package struct FindingCount: Encodable, Sendable {
    package var kind: Finding.Kind
    package var certainty: Finding.Certainty
    package var count: Int64
  }

  /// The same race, or the same stall, several times: of one cache, one task, and one task that invalidates.
  package struct FindingGroup: Encodable, Sendable {
    package var kind: Finding.Kind
    package var certainty: Finding.Certainty
    package var cache: Int64?
    /// Whose test, check or refresh it is: `comm-pid`.
    package var task: String?
    /// Whose invalidations those are; of an excessive retry, the one with most of the rounds.
    package var issuer: String?
    package var count: Int64
    /// Worst first.
    package var ids: [Int64]
    /// Sums over the refreshes of excessive retries.
    package var rounds: Int64
    package var falseRounds: Int64
    package var falseNs: Int64
    package var falseNsMax: Int64
    /// How many of them exceed each threshold.
    package var byRounds: Int64
    package var byTime: Int64
  }

  /// A request for a refresh that took long.
  package struct Stall: Encodable, Sendable {
    package var refresh: Int64
    package var cache: Int64
    package var gpc: String
    package var task: String
    /// Its request, or the first event of it that is recorded, and when that was.
    package var event: Int64?
    package var tsNs: Int64?
    /// From the request to the return; the parts of it that were spent waiting for `refresh_lock`, and between the
    /// first top of the retry loop and the last.
    package var latencyNs: Int64
    package var lockWaitNs: Int64?
    package var stallNs: Int64
    package var rounds: Int64
    package var necessaryRounds: Int64
    package var falseRounds: Int64
    package var outcome: String
    /// Whose invalidations alone explain rounds of it, most time first.
    package var issuers: [Issuer]
    /// Who was under `refresh_lock` while it waited, most time first; empty if it did not wait for long.
    package var lockHolders: [LockHolder]

    /// More than a tenth of the time.
    var waitedForLock: Bool { lockWaitNs?.isMore(than: 10, percentOf: latencyNs) ?? false }
  }

  /// A refresh that was under `refresh_lock` while another one of its cache waited for it.
  package struct LockHolder: Encodable, Sendable {
    package var refresh: Int64
    package var task: String
    /// The part of the wait that lies between its entry and its return.
    package var heldNs: Int64
    package var rounds: Int64
    /// As of a `Stall`.
    package var issuers: [Issuer]
  }

  package struct Issuer: Encodable, Sendable {
    package var task: String
    package var rounds: Int64
    package var lostNs: Int64
    package var falseRounds: Int64
    package var falseNs: Int64
  }

  package struct HiddenMisses: Encodable, Sendable {
    package var retryTests: Int64
    package var checks: Int64
    package var total: Int64 { retryTests.addingClamped(checks) }

    /// nil: there are none.
    var sentence: String? {
      var parts: [String] = []
      if retryTests > 0 { parts.append(plural(retryTests, "accepted retry test")) }
      if checks > 0 { parts.append("\(plural(checks, "check")) that said yes") }
      if parts.isEmpty { return nil }
      return parts.joined(separator: ", ") + ", whose order with an invalidation of the page is open"
    }
  }
}
