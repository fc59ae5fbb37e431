// Which form a recorded kernel is taken to have run (evidence, rule 26).

import GPCProtocol
import KVMEvents
import Results

/// The form that divergences are counted from.
package struct KernelForm: Sendable {
  package let form: ProtocolForm
  package let reason: FormReason

  /// The one that was asked for.
  package init(asked form: ProtocolForm) {
    self.form = form
    reason = .asked
  }

  /// The one that what was recorded speaks for. A form that needs nothing unrecorded goes before one that does: no
  /// decision that a lost event would have to explain, no mover of seq (rule 23).
  /// - Parameters:
  ///   - agreements: of the published forms; one that is not among them was not asked, and nothing is against it.
  ///   - release: of the recorded kernel, where the recording names it.
  package init(_ agreements: [FormAgreement], release: KernelRelease?) {
    let asked = Dictionary(uniqueKeysWithValues: agreements.map { ($0.form, $0) })
    func agrees(_ form: ProtocolForm) -> Bool { asked[form.id]?.agrees ?? true }
    func newest(_ forms: [ProtocolForm]) -> ProtocolForm? {
      let agreeing = forms.filter(agrees)
      func last(_ isPlain: (FormAgreement) -> Bool) -> ProtocolForm? {
        agreeing.last { asked[$0.id].map(isPlain) ?? true }
      }
      return last { $0.doubtedCount == 0 && $0.moverCount == 0 } ?? last { $0.doubtedCount == 0 }
        ?? last { $0.moverCount == 0 } ?? agreeing.last
    }
    let ofRelease = release.flatMap { ProtocolForm.mainline(of: $0.version) }
    if let ofRelease, agrees(ofRelease) {
      (form, reason) = (ofRelease, .release)
    } else if let mainline = newest(ProtocolForm.mainlines) {
      (form, reason) = (mainline, .newest)
    } else if let published = newest(ProtocolForm.asked) {
      (form, reason) = (published, .published)
    } else if let ofRelease {
      (form, reason) = (ofRelease, .releaseRefuted)
    } else {
      // A form without a function that was called did not run.
      let possible = ProtocolForm.asked.filter { asked[$0.id]?.refutation != .function }
      let fewest = possible.min { asked[$0.id]?.refutedCount ?? 0 < asked[$1.id]?.refutedCount ?? 0 }
      (form, reason) = (fewest ?? .mainline, .fewestRefuted)
    }
  }
}
