// `tools/install`, and the manual that it installs.

import Foundation
import RealBinary
import Testing

@Suite struct InstallTests {
  private let folder: TemporaryFolder
  private static let tool = CorpusTrace.root.appending(path: "tools/install").path

  init() throws { folder = try TemporaryFolder() }

  private func install(_ arguments: String) throws -> Invocation {
    try Invocation(
      shell: "'\(Self.tool)' --binary '\(Invocation.binary.path)' \(arguments)", in: CorpusTrace.root)
  }

  private func files() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder.url.path).filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: folder.file($0).path, isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
  }

  @Test func installsAndRemoves() throws {
    _ = try folder.write("mine.txt", "")
    let run = try install("'\(folder.url.path)'")
    #expect(run.status == 0 && run.errorText == "", "\(run.errorText)")
    let installed = try files()
    for path in [
      "bin/gpc-replay", "share/man/man1/gpc-replay.1", "share/man/man1/gpc-replay-corpus-run.1",
      "share/bash-completion/completions/gpc-replay", "share/zsh/site-functions/_gpc-replay",
      "share/fish/vendor_completions.d/gpc-replay.fish", "share/gpc-replay/schema/views.sql",
      "share/gpc-replay/schema/report.schema.json", "share/gpc-replay/schema/batch.schema.json",
    ] { #expect(installed.contains(path), "\(path)") }
    let list = try String(contentsOf: folder.file("share/gpc-replay/installed"), encoding: .utf8)
    #expect(list.split(separator: "\n").map(String.init).sorted() == installed.filter { $0 != "mine.txt" })
    #expect(try Invocation(shell: "bin/gpc-replay --version", in: folder.url).status == 0)

    // What an earlier version had goes, and what is not ours stays.
    _ = try folder.write("old.1", "")
    _ = try folder.write("share/gpc-replay/installed", list + "old.1\n")
    #expect(try install("'\(folder.url.path)'").status == 0)
    #expect(try files() == installed)
    #expect(try install("--uninstall '\(folder.url.path)'").status == 0)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.url.path) == ["mine.txt"])
    let again = try install("--uninstall '\(folder.url.path)'")
    #expect(again.status == 2 && again.errorText.hasPrefix("tools/install: nothing was installed in "))
  }

  @Test func saysWhatIsWrong() throws {
    #expect(try install("--uninstal x").status == 64)
    #expect(try install("a b").status == 64)
    let none = try Invocation(shell: "'\(Self.tool)' --binary none '\(folder.url.path)/x'", in: CorpusTrace.root)
    #expect(none.status == 2 && none.errorText == "tools/install: none is no program\n")
    #expect(try folder.names == [])
  }

  private func pages(_ date: String = "2026-11-30") throws -> [String: String] {
    let run = try Invocation(["manual", ".", "--date", date], in: folder)
    #expect(run.status == 0 && run.errorText == "")
    return try Dictionary(
      uniqueKeysWithValues: folder.names.map { ($0, try String(contentsOf: folder.file($0), encoding: .utf8)) })
  }

  /// A page per verb, with everything that `--help` has.
  @Test func pagesSayWhatHelpSays() throws {
    let pages = try pages()
    #expect(pages.count >= 18 && pages.keys.contains("gpc-replay-corpus-add.1"))
    let query = try #require(pages["gpc-replay-query.1"])
    #expect(query.hasPrefix(".Dd November 30, 2026\n.Dt GPC-REPLAY-QUERY 1\n"))
    #expect(query.contains("\n.It Fl f , Fl -file Ar file\nRead the SELECT statement from a file;"))
    for (name, page) in pages {
      let verb = name.dropLast(2).split(separator: "-").dropFirst(2).map(String.init)
      let help = try Invocation(verb + ["--help"], in: folder).text
      // The lines of options begin with their names.
      for line in help.split(separator: "\n") where line.hasPrefix("  -") {
        let words = line.split(separator: " ").prefix { $0.hasPrefix("-") }
        for word in words {
          #expect(page.contains(" Fl \(word.dropFirst().filter { $0 != "," })"), "\(name): \(word)")
        }
      }
    }
  }

  @Test func badDates() throws {
    #expect(try Invocation(["manual", ".", "--date", "today"], in: folder).status == 64)
    #expect(try Invocation(["manual", ".", "--date", "2026-02-30"], in: folder).status == 64)
    let nowhere = try Invocation(["manual", "none"], in: folder)
    #expect(nowhere.status == 74 && nowhere.errorText.hasPrefix("gpc-replay: none/gpc-replay.1 cannot be written"))
    #expect(try folder.names == [])
  }

  /// In the folder of the pages, so that references to the others are found.
  @Test(.enabled(if: Invocation.hasProgram("mandoc"))) func mandocFindsNothing() throws {
    _ = try pages()
    let run = try Invocation(shell: "mandoc -Tlint *.1", in: folder.url)
    #expect(run.status == 0 && run.text == "" && run.errorText == "")
  }
}
