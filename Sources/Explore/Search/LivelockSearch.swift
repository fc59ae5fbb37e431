// Livelocks: parts of the graph where all tasks are scheduled fairly and one never finishes.

import GPCProtocol

/// Looks for a set of states that can be walked indefinitely such that every task that could move does move, while a
/// task that ought to finish has not. Threads are scheduled fairly, and a lock that is free again and again is got in
/// the end (the kernel's locks queue).
struct LivelockSearch {
  let graph: StateGraph
  /// Tasks whose programs end: one bit each.
  let mustFinish: UInt8

  /// The states of a livelock; nil where there is none. The one that contains the earliest state.
  func find() -> [Int]? {
    var part = [Int32](repeating: 0, count: graph.count)
    var labels: Int32 = 0
    var open = graph.cyclicComponents(of: Array(0..<graph.count), part: part, 0)
    var best: [Int]?
    while let component = open.popLast() {
      guard component.contains(where: { graph.finished[$0] & mustFinish != mustFinish }) else { continue }
      labels += 1
      for node in component { part[node] = labels }
      let unfair = movable(component) & ~moving(component, part, labels)
      if unfair == 0 {
        if let found = best, found[0] < component[0] { continue }
        best = component
      } else {
        // A fair run leaves the states where a neglected task could move.
        let rest = component.filter { graph.movable[$0] & unfair == 0 }
        labels += 1
        for node in rest { part[node] = labels }
        open += graph.cyclicComponents(of: rest, part: part, labels)
      }
    }
    return best
  }

  /// Tasks that can move somewhere in the component.
  private func movable(_ component: [Int]) -> UInt8 { component.reduce(0) { $0 | graph.movable[$1] } }

  /// Tasks that do move inside it.
  private func moving(_ component: [Int], _ part: [Int32], _ label: Int32) -> UInt8 {
    var moving: UInt8 = 0
    for node in component {
      for edge in graph.edges(node) where part[Int(graph.targets[edge])] == label {
        moving |= 1 << graph.moves[edge].task
      }
    }
    return moving
  }
}
