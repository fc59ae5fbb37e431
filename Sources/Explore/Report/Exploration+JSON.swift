// Searches as a JSON document: of a scenario, or of a recording's windows.

import GPCProtocol

extension Exploration {
  /// What `JSONReport` prints.
  package var document: some Encodable {
    ExplorationDocument(
      form: form.id, scenario: scenario.name, isComplete: completeness == .complete,
      truncatedBy: completeness.bound.map { [$0.word] } ?? [],
      verdicts: Dictionary(uniqueKeysWithValues: verdicts.map { ($0.rawValue, 1) }), stateCount: stateCount,
      transitionCount: transitionCount)
  }
}

extension TraceExploration {
  /// What `JSONReport` prints.
  package var document: some Encodable {
    ExplorationDocument(
      form: form.id, isComplete: isComplete, windowCount: windowCount, completeCount: completeCount,
      truncatedCount: truncatedCount, truncatedBy: truncatedBy, skippedCount: skippedCount,
      verdicts: Dictionary(uniqueKeysWithValues: verdictCounts.map { ($0.key.rawValue, $0.value) }),
      mainlineSpinsCount: mainlineSpinsCount, stateCount: stateCount, transitionCount: transitionCount)
  }
}

private struct ExplorationDocument: Encodable {
  var form: String
  var scenario: String?
  var isComplete: Bool
  /// Of a recording; nil: of a scenario.
  var windowCount: Int?
  var completeCount: Int?
  var truncatedCount: Int?
  /// At which bounds; empty: none.
  var truncatedBy: [String]
  var skippedCount: Int?
  /// By verdict: in how many windows; of a scenario 1.
  var verdicts: [String: Int]
  var mainlineSpinsCount: Int?
  var stateCount: Int
  var transitionCount: Int
}
