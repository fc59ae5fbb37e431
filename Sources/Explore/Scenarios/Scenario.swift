// A small situation to judge a form by, before anyone has recorded anything.

import GPCProtocol

package struct Scenario: Sendable {
  package enum Origin: Hashable, Sendable {
    case builtIn
    /// Cut out of a recording: this window of it, counted from 1.
    case window(Int)
    /// A refresh of a window, begun at this line, with the invalidations elsewhere that were in flight meanwhile going
    /// on indefinitely.
    case forEver(window: Int, refreshLine: Int64)
  }

  /// What `--scenario` takes.
  package let name: String
  /// One sentence.
  package let summary: String
  package internal(set) var setup: ProtocolSetup
  package internal(set) var origin = Origin.builtIn
  /// Of a recording's window: when its operations happened.
  package internal(set) var bounds: RecordedBounds?

  package init(
    name: String, summary: String, setup: ProtocolSetup, bounds: RecordedBounds? = nil,
    origin: Origin = .builtIn
  ) {
    self.name = name
    self.origin = origin
    self.summary = summary
    self.setup = setup
    self.bounds = bounds
  }

  func stepper(_ form: ProtocolForm, _ grain: Grain) -> Stepper {
    let engine = ProtocolEngine(form, setup: setup)
    return Stepper(engine: engine, grain: grain, timing: bounds.map { Timing($0, engine) })
  }
}

extension Scenario {
  /// The caches whose pfn a vCPU copies, in the order of the tasks.
  var guests: [Int] { setup.programs.compactMap { $0.operations.first(where: \.runsGuest)?.cache } }

  var hasGuests: Bool { !guests.isEmpty }

  /// Is the cache looked up in guest_memfd?
  func isInFile(_ cache: ProtocolSetup.Cache, _ form: ProtocolForm) -> Bool {
    guard let file = setup.file, cache.isGPABased, form.rules.guestMemfd != .byHVA else { return false }
    return file.contains(.page(cache.page))
  }

  /// Is there anything of it in a form with these rules? A vCPU that copies a pfn is part of the form.
  package func isFor(_ form: ProtocolForm) -> Bool { form.rules.guestUsesPFN || !hasGuests }
}
