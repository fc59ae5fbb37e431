// When the gaps that a VM was in were over.

import KVMEvents

/// The ends of gaps: the next event of their CPU. One log for all VMs, since each gap concerns all that exist: a list
/// for each VM would take losses times VMs.
final class GapEnds {
  private struct End {
    /// The line of the marker.
    let marker: EventID
    let moment: Moment
  }

  /// Only those that are the last for some VM: the markers descend.
  private var ends: [End] = []

  func append(_ marker: EventID, at moment: Moment) {
    while let last = ends.last, last.marker <= marker { ends.removeLast() }
    ends.append(End(marker: marker, moment: moment))
  }

  /// Of those whose marker comes after a VM's first event; nil: none.
  func last(since firstEvent: EventID) -> Moment? { ends.last { $0.marker > firstEvent }?.moment }
}
