// Coverage as a terminal shows it.

import GPCProtocol

extension Coverage {
  /// A table of the forms, then what was never reached, by function and statement.
  package func text() -> [String] {
    var table = TextColumns()
    table.append(["form", "steps", "branches"])
    var missing: [String] = []
    for (form, reached) in zip(forms, reached) {
      let declared = BranchSet(form.branches)
      table.append([
        form.id, "\(reached.steps.count)/\(declared.steps.count)", "\(reached.count)/\(declared.count)",
      ])
      let never = NeverReached(form, reached: reached, tellsLocks: true)
      missing += NeverReached.lines("\(form.id), never reached", never.steps)
      missing += NeverReached.lines("\(form.id), never taken", never.branches)
    }
    return table.lines() + (missing.isEmpty ? [] : [""] + missing) + ["", verdict]
  }

  private var verdict: String {
    isComplete
      ? "COMPLETE: every step and every branch of every form was reached"
      : "INCOMPLETE: not every step and branch was reached"
  }
}
