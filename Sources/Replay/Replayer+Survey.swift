// What only the whole recording shows: implausible fields, omitted events (evidence, rules 19 and 20).

import KVMEvents
import Operations
import Results

extension Replayer {
  /// - Returns: by `EventKind`; empty: none.
  static func byKind(_ unused: [ImplausibleField]) -> [EventFieldSet] {
    if unused.isEmpty { return [] }
    var fields = Array(repeating: EventFieldSet(rawValue: 0), count: EventKind.allCases.count)
    for unused in unused { fields[Int(unused.kind.rawValue)].insert(unused.field) }
    return fields
  }

  /// The event as if its probe did not record the unused fields; it has been surveyed.
  mutating func withoutUnused(_ event: RecordedEvent) -> RecordedEvent {
    var used = event
    if !unusedFields.isEmpty { used.fields.subtract(unusedFields[Int(event.kind.rawValue)]) }
    survey.see(used)
    return used
  }

  /// - Parameter isWhollyProbed: else nothing depends on absent events anyway.
  /// - Returns: events were omitted without a marker.
  mutating func finishSurvey(isWhollyProbed: Bool) -> Bool {
    let zeroCounts = operations.omissions.zeroCounts
    // Missing ends would show elsewhere, too.
    let isFieldsFault =
      isWhollyProbed && survey.hasOnlyZeroRetryCounts && operations.omissions.omissions(operations.probes).isEmpty
    if !isFieldsFault {
      for zero in zeroCounts { operations.omissions.note(.countBelow, at: zero.event, missing: zero.least) }
    }
    fieldsToLeaveOut = survey.implausible(zeroCounts: isFieldsFault ? zeroCounts.map(\.event) : [])
    rows += options.unusedFields.map { .implausibleField($0, isUsed: false) }
    rows += fieldsToLeaveOut.map { .implausibleField($0, isUsed: true) }
    // Without `mn` hooks cannot be assigned to their VMs.
    guard isWhollyProbed, survey.hasNotifiers else { return false }
    let omissions = operations.omissions.omissions(operations.probes)
    rows += omissions.map { .silentOmission($0) }
    return !omissions.isEmpty
  }
}
