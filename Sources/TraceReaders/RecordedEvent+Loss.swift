// A loss as an event, in every input format.

import KVMEvents

extension RecordedEvent {
  /// Becomes the loss of `marker`. It has no task, and no time of its own: it comes after everything before it.
  mutating func become(_ marker: LossMarker, id: EventID, after lastTime: Int64, name: EventNameID) {
    clear()
    self.id = id
    kind = .lostEvents
    pid = 0
    cpu = marker.cpu
    self.name = name
    time = TraceTimestamp(rawValue: max(lastTime, 0))
    task = RecordedEvent.noTask
    // An impossible count is ignored.
    if let count = marker.count, count > 0, count <= UInt64(Int64.max) { set(.len, count) }
    if !marker.isPlaced { set(.flags, RecordedEvent.lostAnywhere) }
  }
}
