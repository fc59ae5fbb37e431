// What a shell offers for the word under the cursor.

import Explore
import Forms
import GPCProtocol
import Report
import Schema

/// Completes a command line, for all shells alike.
struct Completer {
  enum Candidate: Equatable {
    /// What the word may become, and what that means; empty: it says so itself.
    case word(String, meaning: String)
    /// Any file; only those with this extension, and folders.
    case files(extension: String?)
    case folders
  }

  /// What an argument takes.
  private enum Source {
    case files(extension: String?)
    case folders
    /// One of them, or several separated by commas.
    case words([String], areSeveral: Bool = false)
    /// Forms, several of them separated by commas.
    case forms
    /// What the database on the command line has.
    case named(DatabaseNames.Kind)
    case questions
    case nothing
  }

  let program: VerbDescription

  /// - Parameter words: those after the program's name, up to the cursor: the last one is completed, and may be empty.
  ///   As typed, with quotes.
  func candidates(_ words: [String]) -> [Candidate] {
    var verb = program
    var words = words.map(Self.unquoted)[...]
    guard let last = words.popLast() else { return [] }
    while let word = words.first, let inner = verb.verb(word) {
      verb = inner
      words.removeFirst()
    }
    if words.first == "help" || verb.commandName == "help" { return verbs(helpedBy: words.drop { $0 == "help" }, last) }
    // A verb, or what the verb that need not be named takes.
    var candidates: [Candidate] = []
    if words.isEmpty, !last.hasPrefix("-") { candidates = named(verb.verbs, last) }
    if let implied = verb.defaultSubcommand, let inner = verb.verb(implied) { verb = inner }
    return candidates + arguments(of: verb, Array(words), last)
  }

  private func verbs(helpedBy words: ArraySlice<String>, _ last: String) -> [Candidate] {
    var verb = program
    for word in words {
      guard let inner = verb.verb(word) else { return [] }
      verb = inner
    }
    return named(verb.verbs, last)
  }

  private func named(_ verbs: [VerbDescription], _ last: String) -> [Candidate] {
    verbs.filter { $0.commandName.hasPrefix(last) }.map { .word($0.commandName, meaning: $0.abstract ?? "") }
  }

  // MARK: Arguments

  private func arguments(of verb: VerbDescription, _ words: [String], _ last: String) -> [Candidate] {
    let arguments = verb.shownArguments
    var positionals: [String] = []
    var used: Set<String> = []
    var isOver = false
    var option: VerbDescription.Argument?
    for word in words {
      if let taken = option {
        // bash makes words of `--db=x.db` at the sign.
        if word == "=" { continue }
        if !taken.isRepeating { used.formUnion(taken.words) }
        option = nil
      } else if word == "--" {
        isOver = true
      } else if !isOver, word.hasPrefix("-"), word != "-" {
        let name = String(word.prefix { $0 != "=" })
        let argument = arguments.first { $0.words.contains(name) }
        if let argument, argument.kind == .option, name == word {
          option = argument
        } else if let argument, !argument.isRepeating {
          used.formUnion(argument.words)
        }
      } else {
        positionals.append(word)
      }
    }
    if let option { return values(of: option, last == "=" ? "" : last, positionals) }
    if !isOver, last.hasPrefix("-") { return options(of: arguments, last, used, positionals) }
    let places = arguments.filter { $0.kind == .positional }
    let place = positionals.count < places.count ? places[positionals.count] : places.last { $0.isRepeating }
    return place.map { values(of: $0, last, positionals) } ?? []
  }

  private func options(
    of arguments: [VerbDescription.Argument], _ last: String, _ used: Set<String>, _ positionals: [String]
  ) -> [Candidate] {
    if let sign = last.firstIndex(of: "=") {
      let name = String(last[..<sign])
      guard let option = arguments.first(where: { $0.kind == .option && $0.words.contains(name) }) else { return [] }
      return values(of: option, String(last[sign...].dropFirst()), positionals).map {
        if case .word(let word, let meaning) = $0 { .word("\(name)=\(word)", meaning: meaning) } else { $0 }
      }
    }
    return arguments.filter { $0.kind != .positional }.flatMap { argument in
      argument.words.filter { $0.hasPrefix(last) && !used.contains($0) }
        .map { .word($0, meaning: argument.abstract ?? "") }
    }
  }

  private func values(
    of argument: VerbDescription.Argument, _ last: String, _ positionals: [String]
  ) -> [Candidate] {
    switch Self.source(of: argument) {
    case .files(let end): return [.files(extension: end)]
    case .folders: return [.folders]
    case .words(let words, let areSeveral):
      let before = areSeveral ? Self.list(before: last) : ""
      return words.filter { $0.hasPrefix(last.dropFirst(before.count)) }.map { .word(before + $0, meaning: "") }
    case .forms:
      let before = Self.list(before: last)
      let ids = (before.isEmpty ? ["all"] : []) + ProtocolForm.all.map(\.id)
      let forms = ids.filter { $0.hasPrefix(last.dropFirst(before.count)) }.map { id in
        Candidate.word(before + id, meaning: ProtocolForm.named(id)?.title ?? "")
      }
      return forms + [.files(extension: "toml")]
    case .named(let kind):
      return DatabaseNames(kind, inDatabase: positionals.first ?? "").names.filter { $0.word.hasPrefix(last) }
        .map { .word($0.word, meaning: $0.meaning) }
    case .questions:
      let questions = Question.ofTrace.map { (name: $0.name, text: $0.text) }
      let relations = Relation.ofTrace.map { (name: $0.name, text: $0.sentence) }
      return (questions + relations).filter { $0.name.hasPrefix(last) }.map { .word($0.name, meaning: $0.text) }
    case .nothing: return []
    }
  }

  /// The words of a list that are there already, and the last comma.
  private static func list(before last: String) -> Substring { last.lastIndex(of: ",").map { last[...$0] } ?? "" }

  /// By what its declaration says, where a name means several things; else by its name.
  private static func source(of argument: VerbDescription.Argument) -> Source {
    if let declared = argument.completionKind {
      if declared.directory != nil { return .folders }
      if let file = declared.file { return .files(extension: file.extensions.first) }
    }
    let name = argument.preferredName?.name ?? argument.valueName ?? ""
    switch name {
    case "database", "db", "attach": return .files(extension: "db")
    case "trace", "probes", "kallsyms", "definitions", "output", "junit", "command": return .files(extension: nil)
    case "file": return .files(extension: "sql")
    case "btf", "folder", "corpus": return .folders
    case "form", "forms", "named", "diff", "toml": return .forms
    case "kernel" where argument.allValues != nil: return .forms
    case "number", "finding": return .named(.finding)
    case "vm": return .named(.vm)
    case "cache": return .named(.cache)
    case "task": return .named(.task)
    case "sql": return .questions
    case "scenario": return .words((Scenario.builtIn + Scenario.large).map(\.name))
    case "until": return .words(RecordLookCommand.kinds, areSeveral: true)
    case "fail-on": return .words(argument.allValues ?? [], areSeveral: true)
    default: return argument.allValues.map { .words($0) } ?? .nothing
    }
  }

  /// Without the quotes and backslashes of a shell; a word may still be open.
  private static func unquoted(_ word: String) -> String {
    var result = ""
    var quote: Character?
    var isEscaped = false
    for character in word {
      if isEscaped {
        result.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "'" || character == "\"" {
        quote = character
      } else {
        result.append(character)
      }
    }
    return result
  }
}
