// A window's operations as its caches are searched one by one.

import GPCProtocol
import KVMEvents
import Results

/// Divided once for all caches: to pass over all operations for each cache would take caches times operations.
struct WindowOperations {
  private let ofCaches: [Int32: [RecordedOperation]]
  let invalidations: [RecordedOperation]
  /// By thread: its first refresh in the window, of any cache.
  let firstRefresh: [Int32: EventID]
  /// The recorded kernel's own form: then the recorded entries and returns of its refreshes hold, too.
  let refreshesKeepTime: Bool

  init(_ window: RecordedWindow, form: ProtocolForm) {
    refreshesKeepTime = form.id == ProtocolForm.v69.id
    var ofCaches: [Int32: [RecordedOperation]] = [:]
    var invalidations: [RecordedOperation] = []
    var firstRefresh: [Int32: EventID] = [:]
    for recorded in window.operations {
      let operation = refreshesKeepTime ? recorded : recorded.fromItsRequest
      if let cache = operation.cache { ofCaches[cache, default: []].append(operation) }
      if operation.range != nil { invalidations.append(operation) }
      if operation.isRefresh {
        firstRefresh[operation.begin.thread] = min(firstRefresh[operation.begin.thread] ?? .max, operation.begin.id)
      }
    }
    self.ofCaches = ofCaches
    self.invalidations = invalidations
    self.firstRefresh = firstRefresh
  }

  /// Those of a cache, in the order of the window.
  func own(_ cache: Int32) -> [RecordedOperation] { ofCaches[cache] ?? [] }

  /// The caches that have operations of their own.
  var caches: some Sequence<Int32> { ofCaches.keys }
}
