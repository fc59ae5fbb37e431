// `report -o` and `diff -o`: the file as any reader without a browser can judge it. tools/pages looks at it in one.

import Foundation
import FoundationXML
import RealBinary
import Testing

@Suite struct PageFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> Invocation { try Invocation(arguments, in: folder) }

  /// Imports a case of the corpus, and writes its page.
  private func page(_ name: String, _ more: String...) throws -> Page {
    let trace = CorpusTrace(name)
    _ = try Invocation(["run", trace.trace.path, "--db", "t.db"] + trace.arguments, in: folder)
    for words in more { _ = try Invocation(shell: "gpc-replay \(words)", in: folder.url) }
    let written = try run("report", "t.db", "-o", "report.html")
    #expect(written.text.hasPrefix("report.html: ") && written.errorText == "")
    #expect(try written.status == run("report", "t.db").status)
    return try Page(folder.bytes("report.html"))
  }

  private func rows(_ sql: String) throws -> [String] {
    try run("query", "t.db", sql, "--csv").text.split(separator: "\r\n").dropFirst().map(String.init).sorted()
  }

  /// One file of bounded size that asks for nothing, and whose policy lets its own style and script in.
  @Test(arguments: ["hva-200000-2", "v2-gap", "overlap", "storm", "storm-lossy", "quiet"])
  func isOneFileThatCanBeMailed(name: String) throws {
    let page = try page(name)
    #expect(page.bytes.count <= 300_000)
    for word in ["http:", "https:", "@import", "src=", "<link", "<iframe", "javascript:"] {
      #expect(!page.text.contains(word), "\(word)")
    }
    #expect(page.text.matches(of: /url\((?!#)/).isEmpty && !page.text.contains(" style="))
    #expect(page.attributes(of: "a", "href").allSatisfy { $0.hasPrefix("#finding-") })
    let policy = try #require(page.attributes(of: "meta", "content").first { $0.contains("default-src") })
    #expect(policy.hasPrefix("default-src 'none'; "))
    for tag in ["style", "script"] {
      let inside = try #require(
        page.text.components(separatedBy: "<\(tag)>").last?.components(separatedBy: "</\(tag)>").first)
      _ = try folder.write("inside", inside)
      let sum = try Invocation(shell: "sha256sum inside", in: folder.url).text.prefix(64)
      let bytes = stride(from: 0, to: 64, by: 2).map { UInt8(sum.dropFirst($0).prefix(2), radix: 16) ?? 0 }
      #expect(policy.contains("\(tag)-src 'sha256-\(Data(bytes).base64EncodedString())'"), "\(tag)")
    }
  }

  /// The first words are the report's, and each picture says in words what it shows.
  @Test func theAnswerComesFirst() throws {
    let page = try page("hva-200000-2")
    let report = try run("report", "t.db").text.split(separator: "\n")
    #expect(page.texts(of: "h1").first == report.first.map(String.init))
    let findings = page.marks["finding_article", default: []].compactMap { $0["id"]?.dropFirst("finding-".count) }
    #expect(try findings.map(String.init) == rows("SELECT id FROM finding"))
    #expect(page.pictures > 0 && page.picturesWithoutWords == 0)
  }

  /// Each kind of mark against SQL.
  @Test func marksAreRows() throws {
    let page = try page(
      "overlap", "compare t.db --form dwmw2-v2,seanjc-5", "explore t.db --form dwmw2-v2 --states-max 20000")
    func shown(_ mark: String, _ names: String...) -> [String] {
      page.marks[mark, default: []].map { mark in names.map { mark[$0] ?? "" }.joined(separator: ",") }.sorted()
    }
    #expect(
      try shown("retry_cause", "data-count") == rows("SELECT rounds FROM retry_by_cause"))
    #expect(
      try page.marks["bars", default: []].filter { $0["data-cache"] != nil }
        .map { "\($0["data-cache"] ?? ""),\($0["data-cause"] ?? ""),\($0["data-count"] ?? "")" }.sorted()
        == rows(
          "SELECT cache_id, cause, count(*) FROM retry_round JOIN refresh ON refresh.id = refresh_id WHERE cause IS NOT NULL GROUP BY 1, 2"
        ))
    #expect(
      try page.marks["bars", default: []].compactMap { bar in bar["data-vm"].map { "\($0),\(bar["data-count"] ?? "")" }
      }
        == rows("SELECT vm_id, count(*) FROM invalidation GROUP BY 1"))
    #expect(try shown("form_row").count == rows("SELECT form FROM form_cost").count)
    #expect(try shown("step").count == rows("SELECT position FROM counterexample_step").count)
    #expect(
      try shown("form_bar", "data-form", "data-count")
        == rows(
          """
          SELECT form, n FROM (SELECT form, necessary_count AS n FROM form_cost UNION ALL SELECT form, false_count FROM form_cost
            UNION ALL SELECT form, widened_count FROM form_cost UNION ALL SELECT form, undecided_count FROM form_cost) WHERE n > 0
          """))
  }

  /// A refresh of very many rounds is drawn in part, and the page says so.
  @Test func whatIsLeftOutIsNamed() throws {
    let page = try page("overlap")
    let findings = page.marks["finding_article", default: []].compactMap { $0["id"]?.dropFirst("finding-".count) }
      .joined(separator: ",")
    let rounds = try rows(
      "SELECT round_count FROM finding JOIN refresh ON refresh.id = refresh_id WHERE finding.id IN (\(findings))"
    ).compactMap { Int($0) }
    #expect(page.marks["lookup", default: []].count == rounds.map { min($0, 200) }.reduce(0, +))
    let said = page.texts(of: "p").filter { $0.contains("rounds are drawn") }
    #expect(said.count == rounds.count { $0 > 200 } && !said.isEmpty)
  }

  /// Proofs, hooks and windows of findings, each by its events.
  @Test func lanesAreRows() throws {
    let page = try page("v2-gap")
    let findings = page.marks["finding_article", default: []].compactMap { $0["id"]?.dropFirst("finding-".count) }
      .joined(separator: ",")
    let proof = try rows("SELECT event_id FROM finding_event WHERE finding_id IN (\(findings))")
    #expect(page.marks["proof", default: []].compactMap { $0["data-event"] }.sorted() == proof && !proof.isEmpty)
    for (mark, begin, end) in [
      ("start_hook", "start", "start_ret"), ("contract_window", "start_ret", "end"), ("end_hook", "end", "end_ret"),
    ] {
      let shown = page.marks[mark, default: []].map { "\($0["data-from"] ?? ""),\($0["data-to"] ?? "")" }.sorted()
      let stored = try rows(
        """
        SELECT \(begin)_event_id, \(end)_event_id FROM finding JOIN invalidation ON invalidation.id = invalidation_id
        WHERE finding.id IN (\(findings))
        """)
      #expect(shown == stored && !shown.isEmpty, "\(mark)")
    }
    #expect(
      page.text.contains("class=\"event wrong\"") && !page.text.contains("class=\"event wrong possible\" data-mark"))
  }

  @Test func gapsAreHatched() throws {
    let page = try page("storm-lossy")
    #expect(try page.marks["loss", default: []].count >= rows("SELECT id FROM loss").count)
  }

  @Test func namesAreEscaped() throws {
    let page = try page("odd-comms")
    let controls = page.text.unicodeScalars.filter { scalar in
      scalar != "\n" && scalar.properties.generalCategory == .control
        || (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }
    #expect(controls.isEmpty)
  }

  @Test func diffIsAPageToo() throws {
    for (name, database) in [("unrelated", "a.db"), ("overlap", "b.db")] {
      _ = try run("run", CorpusTrace(name).trace.path, "--db", database)
    }
    #expect(try run("diff", "a.db", "b.db", "-o", "diff.html").status == 0)
    let page = try Page(folder.bytes("diff.html"))
    let printed = try run("diff", "a.db", "b.db").text
    for cell in page.texts(of: "td") where !cell.isEmpty {
      #expect(printed.contains(cell.trimmingCharacters(in: .whitespaces)), "\(cell)")
    }
    #expect(page.marks["diff_row", default: []].count > 10)
  }

  // MARK: Bad input

  @Test func whatCannotBeShownIsSaid() throws {
    _ = try run("import", CorpusTrace("quiet").trace.path, "--db", "t.db")
    _ = try run("report", "t.db", "-o", "imported.html")
    #expect(
      try Page(folder.bytes("imported.html")).texts(of: "h1").first?.hasPrefix("Imported, but not replayed") == true)
    _ = try folder.write("no.db", "nothing")
    // The version of the tables, in SQLite's header.
    var bytes = try folder.bytes("t.db")
    bytes[63] = 1
    _ = try folder.write("old.db", bytes)
    for database in ["old.db", "no.db", "missing.db"] {
      let failed = try run("report", database, "-o", "x.html")
      #expect(failed.status == 2 && failed.errorText.contains(database), "\(failed.status) \(failed.errorText)")
      #expect(!FileManager.default.fileExists(atPath: folder.file("x.html").path))
    }
  }

  @Test func outputsAreNotReplacedUnasked() throws {
    _ = try page("quiet")
    _ = try folder.write("report.html", "mine")
    let refused = try run("report", "t.db", "-o", "report.html")
    #expect(refused.status == 74 && refused.errorText.contains("report.html exists: --force replaces it"))
    #expect(try folder.bytes("report.html") == Data("mine".utf8))
    #expect(try run("report", "t.db", "-o", "report.html", "--force").errorText == "")
    #expect(try folder.bytes("report.html").count > 1000)
    #expect(try run("report", "t.db", "-o", "report.pdf").status == 64)
    #expect(try run("report", "t.db", "-o", "x.html", "--json").status == 64)
    #expect(try run("report", "t.db", "--force").status == 64)
    #expect(try run("report", "t.db", "-o", "no/such/x.html").errorText.contains("cannot be written: No such file"))
    _ = try Invocation(shell: "mkdir d.html", in: folder.url)
    #expect(try run("report", "t.db", "-o", "d.html", "--force").status == 74)
  }

  /// A limit of 4 KiB on file sizes acts as a full disk.
  @Test func aFullDiskLeavesNothing() throws {
    _ = try page("quiet")
    _ = try folder.write("old.html", "old")
    let full = try Invocation(
      shell:
        "trap '' XFSZ; ulimit -f 4; gpc-replay report t.db -o old.html --force; s=$?; ls -A | grep -c partial; exit $s",
      in: folder.url)
    #expect(
      full.status == 74 && full.errorText.contains("old.html cannot be written: File too large"), "\(full.errorText)")
    #expect(full.text == "0\n")
    #expect(try folder.bytes("old.html") == Data("old".utf8))
  }
}

/// A page, read as XML.
private final class Page: NSObject, XMLParserDelegate {
  let bytes: Data
  /// By `data-mark`: the attributes.
  private(set) var marks: [String: [[String: String]]] = [:]
  private(set) var pictures = 0
  private(set) var picturesWithoutWords = 0
  private var all: [(tag: String, attributes: [String: String], text: String)] = []
  private var open: [Int] = []

  init(_ bytes: Data) throws {
    self.bytes = bytes
    super.init()
    let parser = XMLParser(data: bytes)
    parser.delegate = self
    #expect(parser.parse(), "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "")")
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }
  func texts(of tag: String) -> [String] { all.filter { $0.tag == tag }.map(\.text) }
  func attributes(of tag: String, _ name: String) -> [String] {
    all.filter { $0.tag == tag }.compactMap { $0.attributes[name] }
  }

  func parser(
    _ parser: XMLParser, didStartElement tag: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    open.append(all.count)
    all.append((tag, attributes, ""))
    if let mark = attributes["data-mark"] { marks[mark, default: []].append(attributes) }
    if tag == "svg" && attributes["role"] == "img" {
      pictures += 1
      if attributes["aria-label", default: ""].isEmpty { picturesWithoutWords += 1 }
    }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) { for index in open { all[index].text += text } }

  func parser(
    _ parser: XMLParser, didEndElement tag: String, namespaceURI: String?, qualifiedName: String?
  ) { open.removeLast() }
}
