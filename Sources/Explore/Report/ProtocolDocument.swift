// docs/protocol.md, as the code has it. A test compares the two.

import Forms
import GPCProtocol

package struct ProtocolDocument {
  package init() {}

  package func lines() -> [String] {
    var tables: [String: Set<Row>] = [:]
    var lines = Self.head + Self.beside
    for form in ProtocolForm.all {
      let rows = Self.rows(form)
      tables[form.id] = rows
      lines += heading(form)
      lines += ["### The cache", ""] + Self.table(["state", "event", "next state", "action"], CacheTable(form).rows)
      lines += ["", "### The steps", ""]
      lines += stepLines(form, rows, base: form.base.flatMap { tables[$0] })
      lines += barrierLines(form)
    }
    return lines
  }

  private static let head = [
    "# The forms as state machines", "",
    "Generated from the code (`gpc-replay protocols --document`); a test compares this file with it.", "",
    "Of each form: the cache as a state machine, and its steps. A step is one lock operation or one access to a field that somebody reads bare;",
    "`next` is where the task stands then, `done` the end of the operation. A form that is told from another one lists the steps that differ.",
    "",
    "Barriers are lines of the text as well. Under sequential consistency they have nothing to do. Under TSO (x86) loads stay in their order and so do",
    "stores, so smp_rmb() and smp_wmb() are no steps either; smp_mb() behind `valid = true` drains the store buffer and is the step `refresh.barrier`",
    "there, and the one before the walk is redundant, for taking gpc_lock drains it.", "",
  ]

  private static let beside =
    [
      "The code is read beside the kernel's: a file of `Sources/GPCProtocol/Functions` holds one C function as a list of lines in the order of the C,",
      "and a rule of the form switches a line on. `hva_to_pfn_retry()` of virt/kvm/pfncache.c and what mainline has of `HVAToPFNRetry.swift`:",
      "",
    ] + table(["virt/kvm/pfncache.c", "our line"], FunctionListing().rows) + [
      "",
      "`gpc->valid = false;` before the loop is part of `refresh.begin`, which is in `KVMGPCRefresh.swift` with the test that leads here: the lock",
      "is held from there on. Names in brackets are where a test leads, if not to the next line.", "",
    ]

  private func heading(_ form: ProtocolForm) -> [String] {
    let base = form.base.map { " Told from `\($0)`." } ?? ""
    return ["## \(form.id)", "", "\(form.title). Source: \(form.source).\(base)", ""]
  }

  /// Which step follows which, a step by its name.
  private struct Row: Hashable {
    let step: TaskStep
    let name: String
    let branch: StepBranch
    /// nil: the operation is over.
    let next: TaskStep?
    let nextName: String?

    var order: (UInt8, String, UInt8) { (step.code, branch.rawValue, next?.code ?? .max) }
  }

  private static func rows(_ form: ProtocolForm) -> Set<Row> {
    Set(
      form.program.edges.map { edge in
        Row(
          step: edge.step, name: form.program.words(edge.step).name, branch: edge.branch, next: edge.next,
          nextName: edge.next.map { form.program.words($0).name })
      })
  }

  private func stepLines(_ form: ProtocolForm, _ all: Set<Row>, base: Set<Row>?) -> [String] {
    let rows = all.subtracting(base ?? []).sorted { $0.order < $1.order }.map { words($0, form) }
    let gone = (base ?? []).subtracting(all)
    var lines = Self.table(["step", "event", "next", "action"], rows)
    if rows.isEmpty { lines = ["No step that the other form does not have."] }
    if !gone.isEmpty {
      let words = Set(gone.map(edge)).sorted().joined(separator: ", ")
      lines += ["", "Not any more: \(words)."]
    }
    return lines + [""]
  }

  /// Those that its base does not have.
  private func barrierLines(_ form: ProtocolForm) -> [String] {
    let known = form.base.flatMap { ProtocolForm.named($0) }?.program.barriers ?? []
    let rows = form.program.barriers.filter { !known.contains($0) }.map { placed in
      [
        placed.statement,
        placed.function + (placed.behind.map { ", after `\($0)`" } ?? ", at its head"),
        placed.barrier.orders, placed.barrier.partner ?? "not named in the C",
      ]
    }
    guard !rows.isEmpty else { return [] }
    return ["### The barriers", ""] + Self.table(["barrier", "place", "orders", "pairs with"], rows) + [""]
  }

  private func edge(_ row: Row) -> String {
    let branch = row.branch == .done ? "" : " (\(row.branch.rawValue))"
    return "`\(row.name)`\(branch) to `\(row.nextName ?? "done")`"
  }

  private func words(_ row: Row, _ form: ProtocolForm) -> [String] {
    let words = form.program.words(row.step)
    return [
      "`\(row.name)`", row.branch == .done ? "" : row.branch.rawValue, row.nextName.map { "`\($0)`" } ?? "done",
      "\(words.function) \(words.statement)",
    ]
  }

  private static func table(_ heading: [String], _ rows: [[String]]) -> [String] {
    func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
    return [line(heading), line(heading.map { _ in "---" })] + rows.map(line)
  }
}
