// What each form would have cost, as the database has it.

import KVMEvents
import TraceStore

/// The rows of `form_cost` and what says how far to trust them.
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

  /// What of the recording was compared.
  package struct Share: Encodable {
    package let compared, recorded: Int64
  }

  /// Why the recorded kernel cannot have run the form that it is taken for.
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
  /// tick: whatever is named nanoseconds here is the steps of a counter.
  package let stampUnit: StampUnit
  /// What the events' ids count.
  package let eventPlace: EventPlace
  /// The form that the recorded kernel is taken for.
  package let recordedForm: String?
  /// nil: it may have run that form.
  package let refutation: Refutation?
  /// The recorded kernel first.
  package let forms: [Form]
  /// Of the model of the recorded kernel's form with the recording; empty where that form is not among them.
  package let agreement: [Agreement]
  /// nil: no figure is more than 1 % off.
  package let openDecisions: OpenDecisions?
  package let leftOut: [LeftOut]
  package let refreshes, rounds: Share
  /// Forms that were asked for and not compared: they do not wait where the recorded kernel does, and what of its times
  /// are its own waits is not recorded.
  package let notCompared: [String]

  package init(_ database: TraceDatabase, notCompared: [String]) throws(TraceStoreError) {
    self.notCompared = notCompared
    let facts = try database.facts()
    file = facts.fileName
    events = facts.eventCount
    stampUnit = facts.stampUnit
    eventPlace = facts.eventPlace
    recordedForm = try database.replaySettings()?.form
    refutation = try database.rows(
      """
      SELECT refuted_event_id, refuted_by FROM form_agreement
      WHERE form = (SELECT form FROM replay) AND refuted_event_id IS NOT NULL AND refuted_count > 0
      """
    ) { Refutation(event: $0.integer(0), reason: $0.optionalText(1) ?? "") }.first
    forms = try database.rows("SELECT * FROM form_cost ORDER BY id") { Self.form($0) }
    agreement = try database.rows("SELECT figure, recorded, modelled FROM model_agreement") {
      Agreement(figure: $0.text(0), recorded: $0.integer(1), modelled: $0.integer(2))
    }
    openDecisions = agreement.contains(where: \.isOff) ? try Self.openDecisions(database) : nil
    let (refreshCount, roundCount) =
      try database.rows("SELECT count(*), coalesce(sum(round_count), 0) FROM refresh") {
        ($0.integer(0), $0.integer(1))
      }.first ?? (0, 0)
    refreshes = Share(compared: forms.first?.refreshCount ?? 0, recorded: refreshCount)
    rounds = Share(compared: forms.first?.roundCount ?? 0, recorded: roundCount)
    leftOut = try database.rows(
      "SELECT doubt, sum(window_count) FROM left_out_window GROUP BY doubt ORDER BY doubt"
    ) { LeftOut(doubt: $0.text(0), windowCount: $0.integer(1)) }
  }

  private static func openDecisions(_ database: TraceDatabase) throws(TraceStoreError) -> OpenDecisions? {
    try database.rows(
      """
      SELECT (SELECT count(*) FROM retry_round WHERE decision = 'open'),
        (SELECT count(*) FROM cache_check WHERE decision = 'open')
      """
    ) { OpenDecisions(retryTests: $0.integer(0), checks: $0.integer(1)) }.first
  }

  private static func form(_ row: Statement) -> Form {
    Form(
      form: row.text(1), isModelled: row.integer(2) == 1, refreshCount: row.integer(3), failedCount: row.integer(4),
      stuckCount: row.integer(5), roundCount: row.integer(6), necessaryCount: row.integer(7),
      falseCount: row.integer(8), widenedCount: row.integer(9), undecidedCount: row.integer(10),
      wastedLookupCount: row.integer(11), necessaryWaitCount: row.integer(12), falseWaitCount: row.integer(13),
      widenedWaitCount: row.integer(14), spunNs: row.integer(15), sleptNs: row.integer(16),
      wakeUpCount: row.integer(17), stallMaxNs: row.integer(18), latencySumNs: row.integer(19),
      latencyP50Ns: row.optionalInteger(20), latencyP99Ns: row.optionalInteger(21),
      latencyMaxNs: row.optionalInteger(22), checkCount: row.integer(23), failedCheckCount: row.integer(24),
      contractCount: row.integer(25), staleCount: row.integer(26))
  }

  /// No refresh and no check lies in a window of which anything is known.
  package var isEmpty: Bool { forms.allSatisfy { $0.refreshCount == 0 && $0.checkCount == 0 } }

  /// As one JSON document.
  package func json() throws -> String { try JSONReport.text(self) }
}
