// `protocols`: the published forms and where they come from.

import ArgumentParser
import Explore
import Forms
import GPCProtocol

struct ProtocolsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "protocols", abstract: "List the published forms of the protocol with their source.",
    discussion: "Example: gpc-replay protocols")

  @Flag(help: "Print the forms as state machines, in Markdown: docs/protocol.md.")
  var document = false

  @Flag(help: "List the rules that a file of forms can name (docs/explore.md), and their values.")
  var rules = false

  func run() {
    guard !document else {
      for line in ProtocolDocument().lines() { print(line) }
      return
    }
    guard !rules else {
      for rule in Rule.all { print("rules.\(rule.name) = \(rule.valueWords.joined(separator: " | "))") }
      return
    }
    let width = ProtocolForm.all.map(\.id.count).max() ?? 0
    for form in ProtocolForm.all {
      print(form.id + String(repeating: " ", count: width - form.id.count + 2) + form.title)
      print(String(repeating: " ", count: width + 2) + form.source)
    }
  }
}
