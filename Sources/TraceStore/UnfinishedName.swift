// What a signal that ends the process takes with it.

import Glibc
import Synchronization

/// The name of a file under construction. SIGINT, SIGTERM and SIGHUP remove it before they end the process; where the
/// process ignores one of them or waits for it, nothing changes.
final class UnfinishedName {
  private let isNoted: Bool

  /// One at a time: another one's name stays until a next run removes it.
  init(_ path: String) {
    isNoted = Self.isFree.compareExchange(expected: true, desired: false, ordering: .relaxed).exchanged
    guard isNoted else { return }
    Self.name = strdup(path)
    for number in [SIGINT, SIGTERM, SIGHUP] { Self.installHandler(number) }
  }

  deinit {
    guard isNoted else { return }
    // Not freed: the handler may be reading it.
    Self.name = nil
    Self.isFree.store(true, ordering: .relaxed)
  }

  private static let isFree = Atomic(true)
  /// Read by the handler, which may call nothing but what signal-safety(7) lists.
  nonisolated(unsafe) private static var name: UnsafeMutablePointer<CChar>?

  private static func installHandler(_ number: Int32) {
    var former = sigaction()
    guard sigaction(number, nil, &former) == 0, unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) == 0
    else { return }
    signal(number) { number in
      if let name = UnfinishedName.name { unlink(name) }
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
