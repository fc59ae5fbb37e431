// Habits that neither formatter nor compiler holds: what files begin with and are called, how wide comments are, that
// nothing is declared for nobody, what documents name.

import Foundation
import RealBinary
import Testing

@Suite struct TidyTests {
  private static let widthMax = 120
  /// A file of fewer lines has to be of use to more than one other.
  private static let linesMin = 20

  private static let files = SourceFile.all
  @Test func thereAreFiles() { #expect(Self.files.count > 500) }

  @Test func theFirstLineSaysTheRole() {
    #expect(Self.files.filter { $0.lines.first?.starts(with: Array("// ".utf8)) != true }.map(\.path) == [])
  }

  /// `swift format` holds code to it, and leaves comments alone.
  @Test func commentsAreNoWiderThanCode() {
    var wide: [String] = []
    for file in Self.files {
      for (index, line) in file.lines.enumerated()
      where line.count > Self.widthMax && line.drop(while: { $0 == 0x20 }).starts(with: Array("//".utf8)) {
        if String(decoding: line, as: UTF8.self).count > Self.widthMax { wide.append("\(file.path):\(index + 1)") }
      }
    }
    #expect(wide == [])
  }

  // MARK: Names of files

  /// Files that no rule below finds the name of, and why they have it.
  private static let otherNames = [
    "Sources/KVMEvents/Addresses.swift": "gpa, uhva and pfn, and the page arithmetic that they share",
    "Sources/GPCProtocol/Rules/RuleWords.swift": "the C of every rule's values: a list to be read as one",
  ]

  /// `X.swift` declares X, `X+Aspect.swift` X or an extension of it. A file of several types may be called after the
  /// word that their names end in (`KernelPointers`), one of functions alone as it likes, and one of extensions after
  /// the C function that its first lines name.
  @Test func aFileIsNamedAfterItsType() {
    #expect(Set(Self.files.filter { !Self.isWellNamed($0) }.map(\.path)) == Set(Self.otherNames.keys))
  }

  private static func isWellNamed(_ file: SourceFile) -> Bool {
    let top = file.declarations.filter { $0.indent == 0 }
    let types = top.filter(\.kind.isType).map(\.name)
    let extended = top.filter { $0.kind == .extension }.flatMap { $0.name.split(separator: ".") }
    if types.contains(String(file.baseName)) { return true }
    if file.name.contains("+") { return extended.contains(file.baseName) }
    if !types.isEmpty {
      return file.baseName.hasSuffix("s") && types.allSatisfy { $0.hasSuffix(lastWord(file.baseName)) }
    }
    return top.contains { $0.kind == .func } || namesFunction(file)
  }

  /// `Pointer` of `KernelPointers`.
  private static func lastWord(_ name: Substring) -> Substring {
    let singular = name.dropLast()
    return singular[(singular.lastIndex(where: \.isUppercase) ?? singular.startIndex)...]
  }

  /// `KVMGPCRefresh` of `__kvm_gpc_refresh()`.
  private static func namesFunction(_ file: SourceFile) -> Bool {
    let role = file.lines.prefix { $0.starts(with: Array("//".utf8)) }.joined().filter { $0 != UInt8(ascii: "_") }
    return String(decoding: Array(role), as: UTF8.self).lowercased().contains(file.name.lowercased())
  }

  // MARK: What nobody needs

  /// What only a compiler or a library calls, and why it is there.
  private static let calledByOthers = [
    "allValueStrings": "ArgumentParser", "defaultValueDescription": "ArgumentParser",
    "buildExpression": "result builder", "buildBlock": "result builder",
  ]
  /// What only tests call, and why it is not theirs.
  private static let forTests = [
    "knownClock": "asked by three test targets and two libraries of theirs",
    "isMovedUnseen": "the truth of a simulated kernel, which is there for tests",
    "recordedNames": "docs/corpus.md is held to them", "modelledNames": "the same", "hasMisreadCount": "the same",
    "hasGarbageFlags": "the same",
  ]

  /// By words alone: a name that stands nowhere in Sources and tools but where it is declared. What is declared twice
  /// under one name and used once gets past it; what it finds is right. Cases that text can stand for are left out.
  @Test func nothingIsDeclaredForNobody() {
    var used: [String: Int] = [:]
    for file in Self.files where !file.path.hasPrefix("Tests/") {
      for (word, count) in file.words { used[word, default: 0] += count }
    }
    var declared: [String: [String]] = [:]
    var namedByValue: Set<String> = []
    for file in Self.files where file.path.hasPrefix("Sources/") {
      for one in file.declarations where one.kind != .extension {
        declared[one.name, default: []].append("\(file.path):\(one.line)")
        if one.isNamedByValue { namedByValue.insert(one.name) }
      }
    }
    let unused = declared.filter { name, places in used[name] ?? 0 <= places.count && !namedByValue.contains(name) }
    let expected = Set(Self.calledByOthers.keys).union(Self.forTests.keys)
    #expect(Set(unused.keys) == expected, "\(unused.filter { !expected.contains($0.key) })")
  }

  /// A small file is read together with those that use what it declares: where that is one file, it belongs there; and
  /// an aspect of a type belongs to the type.
  @Test func aSmallFileIsOfUseToSeveral() {
    let small = Self.files.filter { $0.lines.count < Self.linesMin }
    #expect(small.filter { Self.isAspectBesideItsType($0) || Self.users(of: $0) < 2 }.map(\.path) == [])
  }

  private static func isAspectBesideItsType(_ file: SourceFile) -> Bool {
    file.name.contains("+") && files.contains { $0.path == "\(file.folder)\(file.baseName).swift" }
  }

  /// Other files in which a name of this one's stands: of its types and functions, or of what it adds to other types.
  private static func users(of file: SourceFile) -> Int {
    let own = file.declarations.filter { $0.indent == 0 && $0.kind != .extension }
    let added = file.declarations.filter { $0.indent == 2 && (own.isEmpty || $0.kind == .let) }
    let names = (own + added).map(\.name)
    return files.count { other in other.path != file.path && names.contains { other.words[$0] != nil } }
  }

  /// Paths of the project in backticks: `Sources/…`, `tools/bench`, `docs/evidence.md`.
  @Test(arguments: ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs"])
  func documentsNameWhatExists(document: String) throws {
    let root = CorpusTrace.root
    let files =
      document.hasSuffix(".md")
      ? [document]
      : try FileManager.default.contentsOfDirectory(atPath: root.appending(path: document).path)
        .filter { $0.hasSuffix(".md") }.map { "\(document)/\($0)" }
    let path = #/`((?:Sources|Tests|tools|docs|schema|traces)/[A-Za-z0-9_+./-]*[A-Za-z0-9])`/#
    for file in files {
      let text = try String(contentsOf: root.appending(path: file), encoding: .utf8)
      let missing = Set(text.matches(of: path).map { String($0.1) }).filter { named in
        !FileManager.default.fileExists(atPath: root.appending(path: named).path)
      }
      #expect(missing.sorted() == [], "\(file)")
    }
  }

  /// `path:line`, `code`: the line has that code.
  @Test func linesThatDocumentsNameAreThere() throws {
    let root = CorpusTrace.root
    let text = try String(contentsOf: root.appending(path: "CONTRIBUTING.md"), encoding: .utf8)
    let place = #/`([A-Za-z]+/[A-Za-z0-9_+./-]+):(\d+)`, `([^`]+)`/#
    let named = text.matches(of: place)
    #expect(named.count == 5)
    for one in named {
      let lines = try String(contentsOf: root.appending(path: String(one.1)), encoding: .utf8).split(
        separator: "\n", omittingEmptySubsequences: false)
      let line = try #require(Int(one.2))
      #expect(lines.indices.contains(line - 1) && lines[line - 1].contains(one.3), "\(one.0)")
    }
  }

  /// The command line asks nothing of a database by itself; help texts show SELECTs to users.
  @Test func commandsHaveNoSQL() {
    let folders = ["Sources/gpc-replay/", "Sources/Pipeline/"]
    let files = Self.files.filter { file in folders.contains { file.path.hasPrefix($0) } && file.words["SELECT"] != nil
    }
    let helps = ["Corpus/CorpusDiffCommand", "Corpus/CorpusRunCommand", "QueryCommand", "ShellCommand"]
    #expect(files.map(\.path).sorted() == helps.map { "Sources/gpc-replay/\($0).swift" })
  }
}
