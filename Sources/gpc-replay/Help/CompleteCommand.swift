// `complete`, which the shells call: what the word under the cursor may become.

import ArgumentParser

struct CompleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "complete", shouldDisplay: false)

  /// `--`, then the words after the program's name up to the cursor.
  @Argument(parsing: .captureForPassthrough) var words: [String]

  /// A line per candidate: a word, a tabulator and its meaning; or `:files EXTENSION`, `:files`, `:folders`, which the
  /// shell itself completes.
  func run() throws {
    let words = words.first == "--" ? Array(words.dropFirst()) : words
    let candidates = Completer(program: try VerbDescription.program()).candidates(words)
    try printOut(candidates.map { $0.line + "\n" }.joined())
  }
}

extension Completer.Candidate {
  fileprivate var line: String {
    switch self {
    case .word(let word, let meaning): meaning.isEmpty ? word : "\(word)\t\(meaning.replacing("\n", with: " "))"
    case .files(let end): end.map { ":files \($0)" } ?? ":files"
    case .folders: ":folders"
    }
  }
}

/// The script of a shell; `--generate-completion-script SHELL`.
enum CompletionScript {
  /// nil: there is none for this shell.
  static func text(for shell: String) -> String? {
    switch shell {
    case "bash": String(decoding: PackageResources.completion_bash, as: UTF8.self)
    case "zsh": String(decoding: PackageResources.completion_zsh, as: UTF8.self)
    case "fish": String(decoding: PackageResources.completion_fish, as: UTF8.self)
    case _: nil
    }
  }
}
