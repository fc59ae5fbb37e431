// One line of a drawn recording: who it is, and its marbles.

import KVMEvents

/// `name words : marbles`, a column per moment. The words: a range (`own`, `far`, …), `cacheN`, `vmN`, `cpuN`, `kindN`
/// (of the invalidation). Blanks and `-` are nothing; a digit belongs to the marble before it.
struct MarbleLine {
  struct Marble {
    let column: Int
    let letter: Character
    let digit: UInt64?
  }

  let thread: String
  var range: HVARange?
  var cache = 1
  var vm = 1
  var cpu: Int32
  var kind: UInt64 = 0
  private(set) var marbles: [Marble] = []

  init(_ text: Substring, cpu: Int32) {
    self.cpu = cpu
    guard let colon = text.firstIndex(of: ":") else { preconditionFailure("no colon in: \(text)") }
    let words = text[..<colon].split(separator: " ")
    precondition(!words.isEmpty, "no name in: \(text)")
    thread = String(words[0])
    for word in words.dropFirst() { readNumber(word) }
    for word in words { range = TestMemory.range(word, cache: cache) ?? range }
    readMarbles(text[text.index(after: colon)...])
  }

  private mutating func readNumber(_ word: Substring) {
    guard let last = word.last, let number = last.wholeNumberValue else { return }
    switch word.dropLast() {
    case "cache": cache = number
    case "vm": vm = number
    case "cpu": cpu = Int32(number)
    case "kind": kind = UInt64(number)
    default: break
    }
  }

  private mutating func readMarbles(_ text: Substring) {
    for (column, letter) in text.enumerated() where letter != " " && letter != "-" {
      if let digit = letter.wholeNumberValue, let last = marbles.last, last.column == column - 1 {
        marbles[marbles.count - 1] = Marble(column: last.column, letter: last.letter, digit: UInt64(digit))
      } else {
        marbles.append(Marble(column: column, letter: letter, digit: nil))
      }
    }
  }
}
