// One pass of the replay over a recording, and the form that it counts divergences from.

import Forms
import GPCProtocol
import KVMEvents
import Replay
import Results

/// Every form is compared in the pass itself, so which one agrees is known at its end. The pass takes the one that the
/// first events favour; if the end favours another, the recording is replayed once more.
struct ReplayPass {
  /// What divergences are counted from.
  private(set) var kernel: KernelForm
  private let isAsked: Bool
  private let options: ReplayOptions
  private let release: KernelRelease?
  private var replayer: Replayer
  /// The events so far, while the form may still change.
  private var held: [[RecordedEvent]]?

  /// The first refutation of a form that did not run comes early: in all recordings available before event 5,000.
  private static let heldMax = 8192

  /// - Parameters:
  ///   - kernel: nil: the one that the recording favours.
  ///   - release: of the recorded kernel.
  init(kernel: KernelForm?, release: KernelRelease?, options: ReplayOptions) {
    self.kernel = kernel ?? KernelForm([], release: release)
    isAsked = kernel != nil
    self.options = options
    self.release = release
    replayer = Self.replayer(self.kernel, options)
    held = kernel == nil ? [] : nil
  }

  private static func replayer(_ kernel: KernelForm, _ options: ReplayOptions) -> Replayer {
    // A form from a file is compared as the published ones are.
    let isPublished = ProtocolForm.asked.contains { $0.id == kernel.form.id }
    let asked = ProtocolForm.asked + (isPublished ? [] : [kernel.form])
    return Replayer(form: kernel.form, asked: asked, options: options)
  }

  /// Replaces the contents of `rows` by the rows that became known.
  mutating func consume(_ batch: [RecordedEvent], into rows: inout [ReplayRow]) {
    replayer.consume(batch)
    guard held != nil else { return replayer.takeRows(into: &rows) }
    rows.removeAll(keepingCapacity: true)
    held?.append(batch)
    if !isRight { begin(spokenFor) }
    guard held?.reduce(0, { $0 + $1.count }) ?? 0 >= Self.heldMax else { return }
    held = nil
    replayer.takeRows(into: &rows)
  }

  private mutating func begin(_ kernel: KernelForm) {
    self.kernel = kernel
    replayer = Self.replayer(kernel, options)
    for batch in held ?? [] { replayer.consume(batch) }
  }

  /// The last rows.
  /// - Parameter mayHideLoss: as of the whole recording.
  mutating func finish(mayHideLoss: Bool) -> [ReplayRow] {
    replayer.finish(mayHideLoss: mayHideLoss)
    if held != nil, !isRight {
      begin(spokenFor)
      replayer.finish(mayHideLoss: mayHideLoss)
    }
    if isRight { kernel = spokenFor }
    return replayer.takeRows()
  }

  /// What the events so far favour; after `finish`, the whole recording.
  var spokenFor: KernelForm { isAsked ? kernel : KernelForm(replayer.formAgreements, release: release) }

  /// After `finish`: fields that were used and should not be.
  var fieldsToLeaveOut: [ImplausibleField] { replayer.fieldsToLeaveOut }

  /// The rows are of that form.
  var isRight: Bool { spokenFor.form.id == kernel.form.id }
}
