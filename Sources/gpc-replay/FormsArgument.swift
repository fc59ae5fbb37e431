// Forms of the protocol on the command line.

import ArgumentParser
import GPCProtocol

/// `mainline`, `dwmw2-v2,seanjc-5`, or `all`.
struct FormsArgument: ExpressibleByArgument {
  let forms: [ProtocolForm]

  init(_ forms: [ProtocolForm]) { self.forms = forms }

  init?(argument: String) {
    if argument == "all" {
      forms = ProtocolForm.all
      return
    }
    let named = argument.split(separator: ",", omittingEmptySubsequences: false).map {
      ProtocolForm.named(String($0))
    }
    guard named.allSatisfy({ $0 != nil }) else { return nil }
    forms = named.compactMap { $0 }
  }

  var defaultValueDescription: String { forms.map(\.id).joined(separator: ",") }

  static var allValueStrings: [String] { ["all"] + ProtocolForm.all.map(\.id) }
}
