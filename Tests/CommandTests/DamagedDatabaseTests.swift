// Every verb that takes a database, on one that is damaged: a sentence with the page and the remedy, or what it prints
// of the whole one.

import Foundation
import RealBinary
import Testing

@Suite struct DamagedDatabaseTests {
  private let folder: TemporaryFolder
  private let whole: Data

  init() throws {
    folder = try TemporaryFolder()
    _ = try Invocation([CorpusTrace("two-refreshers-lossy").trace.path, "--db", "t.db"], in: folder)
    _ = try Invocation(["compare", "t.db"], in: folder)
    whole = try folder.bytes("t.db")
  }

  /// Other words than `view`, which serves until it is ended.
  private static let verbs = [
    ["report", "t.db"], ["report", "t.db", "--json"], ["report", "t.db", "-o", "t.html"], ["replay", "t.db"],
    ["explain", "t.db"], ["explore", "t.db", "--protocol", "v6.9"], ["compare", "t.db"],
    ["query", "t.db", "SELECT * FROM event"], ["query", "t.db", "stalls"], ["query", "t.db", "--list"],
    ["export", "t.db", "-o", "t.pftrace", "--force"], ["diff", "t.db", "t.db"], ["shell", "t.db"],
  ]

  private func run(_ arguments: [String], _ bytes: Data) throws -> Invocation {
    try bytes.write(to: folder.file("t.db"))
    let run = try Invocation(arguments, in: folder)
    // A refused replay has rolled back what it began.
    #expect(try !folder.names.contains("t.db-journal"), "\(arguments)")
    return run
  }

  @Test(arguments: verbs) func everyVerbSaysSo(arguments: [String]) throws {
    let expected = try run(arguments, whole)
    #expect(expected.status != 2, "\(arguments): \(expected.errorText)")
    let pageSize = 16384
    let eventRoot = try #require(
      Int(
        try run(["query", "t.db", "SELECT rootpage FROM sqlite_schema WHERE name = 'event'", "--csv"], whole).text
          .split(separator: "\r\n")[1]))
    // A row of the events; the schema; the last page.
    for place in [(eventRoot - 1) * pageSize + pageSize - 100, 5000, whole.count - 3000] {
      var bytes = whole
      bytes[place] ^= 4
      let found = try run(arguments, bytes)
      if found.status == expected.status && found.output == expected.output { continue }
      let page = place / pageSize + 1
      #expect(found.status == 2, "\(arguments), page \(page)")
      #expect(
        found.errorText == """
          gpc-replay: t.db: page \(page) is not as gpc-replay wrote it: the file is damaged, or another program has \
          written to it. Import the recording again (--force), or run the corpus into a new database, or batch and merge again.

          """)
    }
    // A page of zeros has a right checksum.
    var zeroed = whole
    zeroed.replaceSubrange((whole.count - pageSize)..., with: Data(count: pageSize))
    let found = try run(arguments, zeroed)
    #expect(found.status == 2 && found.output.isEmpty)
    #expect(found.errorText.hasPrefix("gpc-replay: t.db: its pages are not those that gpc-replay wrote last: the file"))
  }

  /// The remedy that the sentence names.
  @Test func theRemedyWorks() throws {
    let trace = CorpusTrace("two-refreshers-lossy").trace.path
    var flipped = whole
    flipped[5000] ^= 4
    for bytes in [flipped, whole.prefix(whole.count / 2), whole.prefix(20_000)] {
      let refused = try run(["import", trace, "--db", "t.db"], bytes)
      #expect(refused.status == 2 && refused.errorText.contains("Import the recording again (--force)"))
      #expect(try folder.bytes("t.db") == bytes)
      let forced = try Invocation(["import", trace, "--db", "t.db", "--force"], in: folder)
      #expect(forced.status == 0, "\(forced.errorText)")
      #expect(try Invocation(["query", "t.db", "SELECT count(*) FROM event"], in: folder).status == 0)
    }
  }

  /// A results database of the corpus, too.
  @Test func aCorpusDatabase() throws {
    _ = try Invocation(["corpus", "run", CorpusTrace("contract").folder.path, "--db", "corpus.db"], in: folder)
    let verbs = [["query", "corpus.db", "SELECT count(*) FROM run"], ["corpus", "diff", "1", "last"]]
    for verb in verbs { #expect(try Invocation(verb, in: folder).status == 0) }
    var bytes = try folder.bytes("corpus.db")
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: folder.file("corpus.db"))
    for verb in verbs {
      let found = try Invocation(verb, in: folder)
      #expect(found.status == 2 && found.output.isEmpty)
      #expect(found.errorText.hasPrefix("gpc-replay: corpus.db: page "))
    }
  }
}
