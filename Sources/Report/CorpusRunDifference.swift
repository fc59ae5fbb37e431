// Differences between two runs over the corpus.

import KVMEvents
import TextLayout
import TraceStore

/// A run as stored in corpus.db.
package struct StoredCorpusRun {
  struct Cell {
    let verdict: String
    let cpuNs: Int64
    let stateCount: Int64
    let stallNs: Int64
  }

  struct Key: Hashable, Comparable {
    let caseName: String
    let form: String

    static func < (a: Key, b: Key) -> Bool { (a.caseName, a.form) < (b.caseName, b.form) }
  }

  let title: String
  let cells: [Key: Cell]
  /// By case, form and name.
  let figures: [[String]: Int64?]
  /// By case.
  let faults: [String: String]

  /// nil: there is no such run.
  package init?(_ id: Int64, in store: CorpusStore, path: String) throws(TraceStoreError) {
    let run = try store.statement("SELECT begun_at, tool_version, case_count FROM run WHERE id = ?1", id)
    guard try run.step() else { return nil }
    title =
      "run \(id) of \(path): \(run.text("begun_at")), gpc-replay \(run.text("tool_version")), \(run.integer("case_count")) cases"
    let rows = try store.statement(
      "SELECT case_name, form, verdict, cpu_ns, state_count, spun_ns + slept_ns AS stall_ns FROM cell WHERE run_id = ?1",
      id)
    var cells: [Key: Cell] = [:]
    while try rows.step() {
      cells[Key(caseName: rows.text("case_name"), form: rows.text("form"))] = Cell(
        verdict: rows.text("verdict"), cpuNs: rows.integer("cpu_ns"), stateCount: rows.integer("state_count"),
        stallNs: rows.integer("stall_ns"))
    }
    self.cells = cells
    let figureRows = try store.statement("SELECT case_name, form, name, value FROM figure WHERE run_id = ?1", id)
    var figures: [[String]: Int64?] = [:]
    while try figureRows.step() {
      let key = ["case_name", "form", "name"].map { figureRows.text($0) }
      figures[key] = figureRows.optionalInteger("value")
    }
    self.figures = figures
    let broken = try store.statement("SELECT name, fault FROM case_run WHERE run_id = ?1 AND fault IS NOT NULL", id)
    var faults: [String: String] = [:]
    while try broken.step() { faults[broken.text("name")] = broken.text("fault") }
    self.faults = faults
  }
}

/// What changed from one run to another: verdicts and figures, cases added or removed, and what became slower.
package struct CorpusRunDifference {
  package let lines: [String]
  /// Verdicts, figures, or which cases there are.
  package let isSomething: Bool

  package init(_ before: StoredCorpusRun, _ after: StoredCorpusRun) {
    let both = before.cells.keys.filter { after.cells[$0] != nil }.sorted()
    let verdicts = both.compactMap { key -> [String]? in
      guard let old = before.cells[key], let new = after.cells[key], old.verdict != new.verdict else { return nil }
      return ["  " + key.caseName, key.form, "\(old.verdict) -> \(new.verdict)"]
    }
    let figures = before.figures.keys.filter { after.figures[$0] != nil }.sorted { $0.lexicographicallyPrecedes($1) }
      .compactMap { key -> [String]? in
        guard let old = before.figures[key], let new = after.figures[key], old != new else { return nil }
        func word(_ value: Int64?) -> String { value.map { String($0) } ?? "nothing" }
        return ["  " + key[0], key[1], "\(key[2]): \(word(old)) -> \(word(new))"]
      }
    let gone = Self.only(in: before, not: after)
    let new = Self.only(in: after, not: before)
    let faults = after.faults.keys.sorted().filter { before.faults[$0] != after.faults[$0] }
    let mended = before.faults.keys.sorted().filter { after.faults[$0] == nil && !gone.contains($0) }
    // As the view `slow_down`, which sees the runs of one file only.
    let slower = both.compactMap { key -> [String]? in
      guard let old = before.cells[key], let new = after.cells[key],
        Int128(new.cpuNs) * 2 >= Int128(old.cpuNs) * 3, new.cpuNs.subtractingClamped(old.cpuNs) >= 20_000_000
      else { return nil }
      return [
        "  " + key.caseName, key.form, "\(milliseconds(old.cpuNs)) -> \(milliseconds(new.cpuNs)) ms",
        "\(grouped(old.stateCount)) -> \(grouped(new.stateCount)) states",
      ]
    }
    var lines = ["before: \(before.title)", "after:  \(after.title)"]
    func add(_ head: String, _ rows: [[String]]) {
      guard !rows.isEmpty else { return }
      lines += ["", "\(head): \(rows.count)"] + aligned(rows, right: [])
    }
    add("verdict changes", verdicts)
    add("figures", figures)
    add("cases that are gone", gone.map { ["  " + $0] })
    add("new cases", new.map { ["  " + $0] })
    add("broken now", faults.map { ["  " + $0, after.faults[$0] ?? ""] })
    add("no longer broken", mended.map { ["  " + $0] })
    add("slower (half as much CPU time again, and 20 ms)", slower)
    isSomething = !(verdicts + figures).isEmpty || !(gone + new + faults + mended).isEmpty
    if !isSomething { lines += ["", "same verdicts and figures in \(both.count) cells"] }
    self.lines = lines
  }

  private static func only(in run: StoredCorpusRun, not other: StoredCorpusRun) -> [String] {
    func names(_ run: StoredCorpusRun) -> Set<String> { Set(run.cells.keys.map(\.caseName) + run.faults.keys) }
    return names(run).subtracting(names(other)).sorted()
  }
}
