// The invalidations around one retry test: usually one.

import Operations

/// The first one is stored inline, so that only a second one costs an allocation.
struct InvalidationList: RandomAccessCollection {
  private var head: InvalidationState?
  private var rest: [InvalidationState] = []

  var startIndex: Int { 0 }
  var endIndex: Int { head == nil ? 0 : 1 + rest.count }

  subscript(place: Int) -> InvalidationState {
    if place == 0, let head { return head }
    return rest[place - 1]
  }

  mutating func append(_ invalidation: InvalidationState) {
    if head == nil { head = invalidation } else { rest.append(invalidation) }
  }
}
