// What each form would have cost, from the database.

import KVMEvents
import TraceStore

/// The rows of `form_cost` and how far to trust them.
package struct ComparisonReport: Encodable {
  package struct Form: Encodable {
    package let form: String
    package let isModelled: Bool
    package let refreshCount, failedCount, stuckCount, roundCount: Int64
    package let necessaryCount, falseCount, widenedCount, undecidedCount, wastedLookupCount: Int64
    package let necessaryWaitCount, falseWaitCount, widenedWaitCount: Int64
    package let spunNs, sleptNs, wakeUpCount, stallMaxNs, latencySumNs: Int64
    package let latencyP50Ns, latencyP99Ns, latencyMaxNs: Int64?
    package let checkCount, failedCheckCount, contractCount, staleCount: Int64
  }

  package struct Agreement: Encodable {
    package let figure: String
    package let recorded, modelled: Int64

    /// By more than 1 %.
    var isOff: Bool {
      Int128(modelled.subtractingClamped(recorded).magnitude) * 100 > Int128(recorded.magnitude)
    }
  }

  package struct LeftOut: Encodable {
    package let doubt: String
    package let windowCount: Int64
  }

  /// How much of the recording was compared.
  package struct Share: Encodable {
    package let compared, recorded: Int64
  }

  /// Why the recorded kernel cannot have run its assumed form.
  package struct Refutation: Encodable {
    package let event: Int64
    package let reason: String
  }

  /// Recorded decisions that no order forces, where a model is off.
  package struct OpenDecisions: Encodable {
    package let retryTests, checks: Int64
  }

  package let file: String
  package let events: Int64
  /// tick: what is called nanoseconds here is counter steps.
  package let stampUnit: StampUnit
  /// What the events' ids count.
  package let eventPlace: EventPlace
  /// The form that the recorded kernel is assumed to have run.
  package let recordedForm: String?
  /// nil: it may have run that form.
  package let refutation: Refutation?
  /// The recorded kernel first.
  package let forms: [Form]
  /// The model of the recorded kernel's form and the recording; empty if that form was not compared.
  package let agreement: [Agreement]
  /// nil: no figure is more than 1 % off.
  package let openDecisions: OpenDecisions?
  package let leftOut: [LeftOut]
  /// Of the refreshes and rounds that were judged.
  package let refreshes, rounds: Share
  /// Why the recording was not read, or not judged, to its end.
  package let incomplete: [String]
  /// Forms that were requested but not compared: they do not wait where the recorded kernel does, and its own waits are
  /// not recorded separately.
  package let notCompared: [String]

  /// - Parameters:
  ///   - asked: the forms to show of those that are stored; nil: all.
  ///   - notCompared: of the requested ones.
  package init(_ database: TraceDatabase, of asked: [String]?, notCompared: [String]) throws(TraceStoreError) {
    self.notCompared = notCompared
    let facts = try database.facts()
    file = facts.fileName
    events = facts.eventCount
    stampUnit = facts.stampUnit
    eventPlace = facts.eventPlace
    incomplete =
      [facts.incomplete].compactMap(\.self)
      + Report.GivenUp.sentences(try database.givenUp().map(Report.GivenUp.init), facts.eventPlace)
    recordedForm = try database.replaySettings()?.form
    refutation = try database.rows(
      """
      SELECT refuted_event_id, refuted_by FROM form_agreement
      WHERE form = (SELECT form FROM replay) AND refuted_event_id IS NOT NULL AND refuted_count > 0
      """
    ) { Refutation(event: $0.integer("refuted_event_id"), reason: $0.optionalText("refuted_by") ?? "") }.first
    forms = try database.rows("SELECT * FROM form_cost ORDER BY id") { Self.form($0) }
      .filter { form in !form.isModelled || asked.map { $0.contains(form.form) } ?? true }
    agreement = try database.rows("SELECT figure, recorded, modelled FROM model_agreement") {
      Agreement(
        figure: $0.text("figure"), recorded: $0.integer("recorded"), modelled: $0.integer("modelled"))
    }
    openDecisions = agreement.contains(where: \.isOff) ? try Self.openDecisions(database) : nil
    let (refreshCount, roundCount) =
      try database.rows("SELECT count(*) AS refresh_count, coalesce(sum(round_count), 0) AS round_count FROM refresh") {
        ($0.integer("refresh_count"), $0.integer("round_count"))
      }.first ?? (0, 0)
    refreshes = Share(compared: forms.first?.refreshCount ?? 0, recorded: refreshCount)
    rounds = Share(compared: forms.first?.roundCount ?? 0, recorded: roundCount)
    leftOut = try database.rows(
      "SELECT doubt, sum(window_count) AS window_count FROM left_out_window GROUP BY doubt ORDER BY doubt"
    ) { LeftOut(doubt: $0.text("doubt"), windowCount: $0.integer("window_count")) }
  }

  private static func openDecisions(_ database: TraceDatabase) throws(TraceStoreError) -> OpenDecisions? {
    try database.rows(
      """
      SELECT (SELECT count(*) FROM retry_round WHERE decision = 'open') AS retry_tests,
        (SELECT count(*) FROM cache_check WHERE decision = 'open') AS checks
      """
    ) { OpenDecisions(retryTests: $0.integer("retry_tests"), checks: $0.integer("checks")) }.first
  }

  private static func form(_ row: Statement) -> Form {
    Form(
      form: row.text("form"),
      isModelled: row.flag("is_modelled"),
      refreshCount: row.integer("refresh_count"),
      failedCount: row.integer("failed_count"),
      stuckCount: row.integer("stuck_count"),
      roundCount: row.integer("round_count"),
      necessaryCount: row.integer("necessary_count"),
      falseCount: row.integer("false_count"),
      widenedCount: row.integer("widened_count"),
      undecidedCount: row.integer("undecided_count"),
      wastedLookupCount: row.integer("wasted_lookup_count"),
      necessaryWaitCount: row.integer("necessary_wait_count"),
      falseWaitCount: row.integer("false_wait_count"),
      widenedWaitCount: row.integer("widened_wait_count"),
      spunNs: row.integer("spun_ns"),
      sleptNs: row.integer("slept_ns"),
      wakeUpCount: row.integer("wake_up_count"),
      stallMaxNs: row.integer("stall_max_ns"),
      latencySumNs: row.integer("latency_sum_ns"),
      latencyP50Ns: row.optionalInteger("latency_p50_ns"),
      latencyP99Ns: row.optionalInteger("latency_p99_ns"),
      latencyMaxNs: row.optionalInteger("latency_max_ns"),
      checkCount: row.integer("check_count"),
      failedCheckCount: row.integer("failed_check_count"),
      contractCount: row.integer("contract_count"),
      staleCount: row.integer("stale_count"))
  }

  /// All refreshes and checks lie in windows about which nothing is known.
  package var isEmpty: Bool { forms.allSatisfy { $0.refreshCount == 0 && $0.checkCount == 0 } }

  /// As one JSON document.
  package func json() throws -> String { try JSONReport.text(self) }
}
