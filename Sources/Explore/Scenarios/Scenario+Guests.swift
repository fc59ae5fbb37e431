// The vCPUs of a scenario that copy a pfn, and the caches that guest_memfd backs.

import GPCProtocol

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
