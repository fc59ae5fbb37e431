// The columns that the code names, held against schema.sql and corpus.sql.

import KVMEvents
import Results
import Schema
import Testing

@testable import TraceStore

@Suite struct TableColumnTests {
  private static let inDatabase: [any TableColumn.Type] = [
    CacheCheckColumn.self, CacheColumn.self, CounterexampleColumn.self, CounterexampleEventColumn.self,
    CounterexampleStepColumn.self, EventNameColumn.self, ExplorationColumn.self, FindingColumn.self,
    FindingEventColumn.self, FormAgreementColumn.self, FormCostColumn.self, ImplausibleFieldColumn.self,
    ImportIssueColumn.self, ImportIssueCountColumn.self, InvalidationColumn.self, LeftOutWindowColumn.self,
    LossColumn.self, MemslotColumn.self, NeverEndedColumn.self, NeverEndedWaitColumn.self, RecordingMarkColumn.self,
    RefreshColumn.self, RetryRoundColumn.self, SilentOmissionColumn.self, GivenUpColumn.self, TaskColumn.self,
    UndecidedOverlapColumn.self, VmColumn.self, WitnessWeightColumn.self,
  ]

  private static let inCorpus: [any TableColumn.Type] = [
    CaseRunColumn.self, CellColumn.self, FigureColumn.self, RunColumn.self,
  ]

  private static func names<Column: TableColumn>(_ type: Column.Type) -> [String] { type.allCases.map(\.name) }

  @Test(arguments: inDatabase.indices)
  func areThoseOfTheTable(index: Int) throws {
    let type = Self.inDatabase[index]
    #expect(try Example.database().columns(of: type.table) == Self.names(type), "\(type.table)")
  }

  @Test(arguments: inCorpus.indices)
  func areThoseOfTheCorpus(index: Int) throws {
    let type = Self.inCorpus[index]
    let row = try CorpusStore(at: .memory).statement("SELECT name FROM pragma_table_info(?1)", type.table)
    var names: [String] = []
    while try row.step() { names.append(row.text("name")) }
    #expect(names == Self.names(type), "\(type.table)")
  }

  /// Those that are left: `event` has its own, the facts are by property, and five are filled by SQL.
  @Test func everyTableHasThem() throws {
    let known =
      Self.inDatabase.map { $0.table } + [
        "event", "trace", "replay", "doubt", "event_kind", "finding_kind", "finding_number",
        "page_seal",
      ]
    let tables = try Example.database().rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    #expect(tables == known.sorted())
  }

  /// The kinds of findings, and their order, are those of schema.sql.
  @Test func kindsOfFindings() throws {
    let kinds = try Example.database().rows("SELECT name FROM finding_kind ORDER BY position")
    #expect(kinds == Finding.Kind.allCases.map(\.rawValue))
  }

  /// A NULL between two equal words does not stay.
  @Test func wordsAndNULLs() throws {
    let connection = try Connection(":memory:", mode: .create)
    try connection.execute("CREATE TABLE word (word TEXT)")
    let statement = try connection.prepare("INSERT INTO word VALUES (?)")
    for word in [Decision.open, nil, .open, nil, .agrees] as [Decision?] { try statement.run(word) }
    let row = try connection.prepare("SELECT coalesce(word, '-') AS word FROM word")
    var words: [String] = []
    while try row.step() { words.append(row.text("word")) }
    #expect(words == ["open", "-", "open", "-", "agrees"])
  }

  /// What a facts table cannot hold is damage, and is said by its column.
  @Test(arguments: [
    ("clock = 'sundial'", "its clock is none that is known"),
    ("event_place = 'page'", "its event_place is none that is known"),
    ("kernel_release = 'no release'", "its kernel_release is none that is known"),
    ("byte_count = -1", "a count is below 0"),
    ("last_ts_ns = 1", "its times are 5000001000 to 1 ns"),
    ("resolution_ns = 0", "its time stamps are of 0 ns"),
  ])
  func damagedFacts(edit: String, reason: String) throws {
    let database = try Example.database()
    try database.connection.execute("PRAGMA ignore_check_constraints = ON; UPDATE trace SET \(edit)")
    do {
      _ = try database.facts()
      Issue.record("\(edit) is not noticed")
    } catch {
      guard case .damaged("trace", reason) = error else { throw error }
    }
  }

  /// Every property comes back as it was written.
  @Test func factsComeBack() throws {
    let database = try Example.database()
    #expect(try database.facts() == Example.summary().trace)
    #expect(try database.replaySettings() == Example.settings)
  }
}

extension TraceDatabase {
  func columns(of table: String) throws -> [String] {
    try rows("SELECT name FROM pragma_table_info('\(table)')")
  }
}
