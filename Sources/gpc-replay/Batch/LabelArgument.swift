// Where recordings come from, as labels on the command line.

import ArgumentParser
import TextLayout

/// `host=a17,kernel=6.12.95`: names and values.
struct LabelArgument {
  let labels: [(name: String, value: String)]

  private static let bytesMax = 256

  /// What an option takes.
  static func parse(_ argument: String) throws -> LabelArgument {
    LabelArgument(
      labels: try argument.split(separator: ",", omittingEmptySubsequences: false).map { word in
        guard let sign = word.firstIndex(of: "=") else {
          throw ValidationError("a label is NAME=VALUE, and '\(word)' is not")
        }
        let (name, value) = (String(word[..<sign]), String(word[word.index(after: sign)...]))
        guard name.wholeMatch(of: /[a-z][a-z0-9_]{0,63}/) != nil else {
          throw ValidationError("'\(name)' is not a label name: use a-z, 0-9 and _, a letter first")
        }
        guard !value.isEmpty, value.utf8.count <= bytesMax, value.printable == value else {
          throw ValidationError("the value of label \(name) is to be 1 to \(bytesMax) bytes that can be printed")
        }
        return (name, value)
      })
  }

  /// Of several options.
  static func merged(_ arguments: [LabelArgument]) throws -> [String: String] {
    var labels: [String: String] = [:]
    for label in arguments.flatMap(\.labels) {
      guard labels.updateValue(label.value, forKey: label.name) == nil else {
        throw ValidationError("--label \(label.name) is there twice.")
      }
    }
    return labels
  }
}
