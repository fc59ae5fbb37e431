// What the process that judges a recording says to the batch, in lines.

import Pipeline
import TextLayout
import TraceReaders

/// A line on its standard output.
enum JudgeReport: Equatable {
  /// What the recording is known by; the process waits for a byte on its standard input before it goes on.
  case content(RecordingJudge.Content)
  /// There is a result.
  case done(isNew: Bool)
  case failed(JudgeFailure)

  var line: String {
    switch self {
    case .content(let content): "content \(content.hash.digits) \(content.byteCount)\n"
    case .done(let isNew): isNew ? "done new\n" : "done cached\n"
    case .failed(.unreadable(let why)): "unreadable \(why.printable)\n"
    case .failed(.unsteady(let why)): "unsteady \(why.printable)\n"
    case .failed(.noSpace(let why)): "no-space \(why.printable)\n"
    case .failed(.noMemory(let why)): "no-memory \(why.printable)\n"
    case .failed(.unwritable(let why)): "unwritable \(why.printable)\n"
    }
  }

  /// nil: a line of something else, as of a crash.
  init?(line: String) {
    let words = line.split(separator: " ", maxSplits: 1)
    guard words.count == 2 else { return nil }
    let rest = String(words[1])
    switch words[0] {
    case "content":
      let numbers = rest.split(separator: " ")
      guard numbers.count == 2, let hash = UInt64(numbers[0], radix: 16), let count = Int64(numbers[1]) else {
        return nil
      }
      self = .content(RecordingJudge.Content(hash: ContentHash(rawValue: hash), byteCount: count))
    case "done" where ["new", "cached"].contains(rest): self = .done(isNew: rest == "new")
    case "unreadable": self = .failed(.unreadable(rest))
    case "unsteady": self = .failed(.unsteady(rest))
    case "no-space": self = .failed(.noSpace(rest))
    case "no-memory": self = .failed(.noMemory(rest))
    case "unwritable": self = .failed(.unwritable(rest))
    case _: return nil
    }
  }
}
