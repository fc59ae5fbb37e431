// Forms of the protocol on the command line.

import ArgumentParser
import Forms
import GPCProtocol
import Glibc
import TraceReaders

/// `mainline`, `dwmw2-v2,seanjc-5`, `all`, or a file of forms: `my.toml`, `mainline,./my.toml`.
struct FormsArgument: ExpressibleByArgument {
  private enum Choice {
    case published(ProtocolForm)
    case file(String)
  }

  private let choices: [Choice]

  private init(choices: [Choice]) { self.choices = choices }

  /// All of several arguments.
  init(merging arguments: [FormsArgument]) { self.init(choices: arguments.flatMap(\.choices)) }

  init(_ forms: [ProtocolForm]) { self.init(choices: forms.map { .published($0) }) }

  init?(argument: String) {
    if argument == "all" {
      self.init(ProtocolForm.all)
      return
    }
    // Separated by commas, blanks, or both; a file's name may have blanks.
    let isOneFile = Self.isFile(argument) && access(argument, F_OK) == 0
    let words = isOneFile ? [argument] : Self.words(argument)
    let choices = words.map { word -> Choice? in
      Self.isFile(word) ? .file(word) : ProtocolForm.named(word).map { .published($0) }
    }
    guard choices.allSatisfy({ $0 != nil }) else { return nil }
    self.init(choices: choices.compactMap { $0 })
  }

  /// Empty ones between two commas, too: they are no forms.
  private static func words(_ argument: String) -> [String] {
    argument.split(separator: ",", omittingEmptySubsequences: false).flatMap { part in
      let words = part.split(separator: " ").map { String($0) }
      return words.isEmpty ? [""] : words
    }
  }

  private static func isFile(_ word: String) -> Bool { word.contains("/") || word.hasSuffix(".toml") }

  /// More than one word, or `all`.
  var isSeveral: Bool { choices.count != 1 }

  /// The forms, in their order, and for each what asks for it on the command line: its id, or the file that it stands
  /// in.
  func read() throws -> [(form: ProtocolForm, word: String)] {
    var known = ProtocolForm.all
    return try choices.flatMap { choice in
      switch choice {
      case .published(let form): return [(form: form, word: form.id)]
      case .file(let path):
        let forms = try Self.forms(inFile: path, known)
        known += forms
        return forms.map { (form: $0, word: path) }
      }
    }
  }

  /// The form of an argument that names one; else the verb ends.
  /// - Parameter option: as help has it.
  func one(_ option: String) throws -> ProtocolForm {
    let forms = try read().map(\.form)
    guard forms.count == 1 else { throw fail("\(option) takes one form, and these are \(forms.count).") }
    return forms[0]
  }

  /// The published ones by age, then those of files; each once.
  func byAge() throws -> [ProtocolForm] {
    let forms = try read().map(\.form)
    let published = ProtocolForm.all.filter { one in forms.contains { $0.id == one.id } }
    return published + forms.filter { one in !published.contains { $0.id == one.id } }
  }

  private static func forms(inFile path: String, _ known: [ProtocolForm]) throws -> [ProtocolForm] {
    let text: String
    do {
      text = try SmallFile.text(path)
    } catch {
      throw fail("\(path) \(error.predicate("file of forms")).")
    }
    do {
      return try FormFile(toml: text, known: known, name: name(ofFile: path)).forms
    } catch {
      throw fail("\(path) is no file of forms: \(error.sentence).")
    }
  }

  private static func name(ofFile path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".toml") ? String(name.dropLast(5)) : name
  }

  /// What asks for each.
  var words: [String] {
    choices.map { choice in
      switch choice {
      case .published(let form): form.id
      case .file(let path): path
      }
    }
  }

  /// The ids of those that are published.
  var published: [String] {
    choices.compactMap { if case .published(let form) = $0 { form.id } else { nil } }
  }

  var defaultValueDescription: String {
    let words = words
    return words == ProtocolForm.all.map(\.id) ? "all" : words.joined(separator: ",")
  }

  static var allValueStrings: [String] { ["all"] + ProtocolForm.all.map(\.id) }
}
