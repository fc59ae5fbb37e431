// Coverage as a terminal shows it.

import GPCProtocol
import TextLayout

extension Coverage {
  /// A table of the forms, then what was never reached, by function and statement.
  package func text() -> [String] {
    var table = TextTable()
    table.append(["form", "steps", "branches"])
    var missing: [String] = []
    for (form, reached) in zip(forms, reached) {
      let declared = BranchSet(Self.declared(form))
      let name = form.id + (form.rules.memory == .sequential ? "" : " (\(form.rules.memory.words))")
      table.append([
        name, "\(reached.steps.count)/\(declared.steps.count)", "\(reached.count)/\(declared.count)",
      ])
      let never = NeverReached(form, reached: reached, tellsLocks: true, isAsked: form.mayRecord)
      missing += NeverReached.lines("\(name), never reached", never.steps)
      missing += NeverReached.lines("\(name), never taken", never.branches)
    }
    return table.lines() + (missing.isEmpty ? [] : [""] + missing) + ["", verdict]
  }

  private var verdict: String {
    isComplete
      ? "COMPLETE: every step and every branch of every form was reached"
      : "INCOMPLETE: not every step and branch was reached"
  }
}
