// Sorts events by their stamps, within bounds.

import KVMEvents

/// bpftrace drains the CPUs' buffers one after the other, so its output is in order for each CPU alone. An event is
/// passed on when `size` others wait after it: more than the buffers of 16 CPUs hold (64 pages each, by default).
struct ReorderWindow {
  static let size = 1 << 16

  private var waiting: [RecordedEvent] = []
  /// The front of `waiting` is sorted and can be passed on; part of it already is.
  private var ready = 0
  private var handedOn = 0
  private let size: Int

  init(size: Int = Self.size) { self.size = size }

  /// Whether events have to be taken before more can be added.
  var isFull: Bool { waiting.count >= 2 * size }

  /// The event's id is its position in the order of arrival.
  mutating func put(_ event: RecordedEvent) { waiting.append(event) }

  /// The earliest event; nil: more have to arrive first, unless none will.
  mutating func take(isAtEnd: Bool) -> RecordedEvent? {
    if handedOn == ready {
      guard isAtEnd || isFull else { return nil }
      sort(isAtEnd: isAtEnd)
      if ready == 0 { return nil }
    }
    handedOn += 1
    return waiting[handedOn - 1]
  }

  private mutating func sort(isAtEnd: Bool) {
    waiting.removeFirst(handedOn)
    waiting.sort { ($0.time, $0.id) < ($1.time, $1.id) }
    handedOn = 0
    ready = isAtEnd ? waiting.count : waiting.count - size
  }
}
