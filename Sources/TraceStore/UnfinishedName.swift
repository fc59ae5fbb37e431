// What a signal that ends the process takes with it.

import Glibc
import Synchronization

/// The name of a file or folder under construction. SIGINT, SIGTERM and SIGHUP remove it before they end the process;
/// where the process ignores one of them or waits for it, nothing changes.
package final class UnfinishedName {
  private let slot: Int?

  /// As many at a time as there are slots: a further one's name stays until a next run removes it.
  package init(_ path: String) {
    slot = Self.takeSlot()
    guard let slot else { return }
    Self.names[slot] = strdup(path)
    for number in [SIGINT, SIGTERM, SIGHUP] { Self.installHandler(number) }
  }

  deinit {
    guard let slot else { return }
    // Not freed: the handler may be reading it.
    Self.names[slot] = nil
    Self.taken.bitwiseAnd(~(1 << UInt64(slot)), ordering: .releasing)
  }

  private static let slotCount = 16
  /// A bit for each slot.
  private static let taken = Atomic<UInt64>(0)
  /// Read by the handler, which may call nothing but what signal-safety(7) lists.
  nonisolated(unsafe) private static let names = {
    let names = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: slotCount)
    names.initialize(repeating: nil, count: slotCount)
    return names
  }()

  private static func takeSlot() -> Int? {
    for slot in 0..<slotCount {
      let bit: UInt64 = 1 << UInt64(slot)
      if taken.bitwiseOr(bit, ordering: .acquiring).oldValue & bit == 0 { return slot }
    }
    return nil
  }

  private static func installHandler(_ number: Int32) {
    var former = sigaction()
    guard sigaction(number, nil, &former) == 0, unsafeBitCast(former.__sigaction_handler.sa_handler, to: Int.self) == 0
    else { return }
    signal(number) { number in
      // Files, and then the folders that they were in, from the innermost. Iterators of collections allocate memory
      // where they are not optimised away, and the process may be in the middle of malloc().
      var slot = 0
      while slot < UnfinishedName.slotCount {
        if let name = UnfinishedName.names[slot] { unlink(name) }
        slot += 1
      }
      while slot > 0 {
        slot -= 1
        if let name = UnfinishedName.names[slot] { rmdir(name) }
      }
      signal(number, SIG_DFL)
      raise(number)
    }
  }
}
