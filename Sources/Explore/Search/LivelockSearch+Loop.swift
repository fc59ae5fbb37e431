// A loop to show: from a state of the livelock around to itself, with a step of everybody who moves.

import GPCProtocol

extension LivelockSearch {
  /// The moves of a cycle through `start` inside `component` in which every task that moves there takes a step.
  func loop(_ component: [Int], from start: Int) -> [Move] {
    let members = Set(component)
    var owed: UInt8 = 0
    for node in component {
      for edge in graph.edges(node) where members.contains(Int(graph.targets[edge])) {
        owed |= 1 << graph.moves[edge].task
      }
    }
    var moves: [Move] = []
    var at = start
    while owed != 0 {
      let leg = path(members, from: at) { _, edge in owed >> graph.moves[edge].task & 1 == 1 }
      for edge in leg { owed &= ~(1 << graph.moves[edge].task) }
      moves += leg.map { graph.moves[$0] }
      at = leg.last.map { Int(graph.targets[$0]) } ?? at
    }
    guard at != start else { return moves }
    return moves + path(members, from: at) { _, edge in Int(graph.targets[edge]) == start }.map { graph.moves[$0] }
  }

  /// The shortest path of edges inside `members` whose last edge is wanted.
  private func path(_ members: Set<Int>, from start: Int, _ isWanted: (Int, Int) -> Bool) -> [Int] {
    var cameBy: [Int: (node: Int, edge: Int)] = [:]
    var queue = [start]
    var head = 0
    while head < queue.count {
      let node = queue[head]
      head += 1
      for edge in graph.edges(node) {
        let target = Int(graph.targets[edge])
        guard members.contains(target) else { continue }
        if isWanted(node, edge) { return trail(to: node, from: start, cameBy) + [edge] }
        guard target != start, cameBy[target] == nil else { continue }
        cameBy[target] = (node, edge)
        queue.append(target)
      }
    }
    fatalError("a component is not connected: no wanted edge from \(start)")
  }

  private func trail(to node: Int, from start: Int, _ cameBy: [Int: (node: Int, edge: Int)]) -> [Int] {
    var edges: [Int] = []
    var at = node
    while at != start, let step = cameBy[at] {
      edges.append(step.edge)
      at = step.node
    }
    return edges.reversed()
  }
}
