// The bugs that gpc.pml seeds by VARIANT.

import Forms
import GPCProtocol

struct SeededBug {
  let name: String
  let form: ProtocolForm

  private init(_ name: String, _ retry: RetryRule) {
    self.name = name
    form = ProtocolForm.v69.followed(by: name, title: name, source: "gpc.pml") { $0.retry = retry }
  }

  static let all = [
    SeededBug("1, no recheck", RetryRule(inFlight: .unread, readsSeq: false)),
    SeededBug("2, seq only", RetryRule(inFlight: .unread, readsSeq: true)),
    SeededBug("3, count only", RetryRule(inFlight: .count, readsSeq: false)),
  ]
}
