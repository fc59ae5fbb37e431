// Strongly connected components, of the whole graph or of a part of it.

extension StateGraph {
  /// The components among `members` (a state is a member if its entry is `part`) that hold a cycle. Tarjan's algorithm,
  /// without recursion.
  func cyclicComponents(of nodes: [Int], part: [Int32], _ label: Int32) -> [[Int]] {
    var search = ComponentSearch(graph: self, part: part, label: label)
    for node in nodes where search.order[node] == 0 { search.run(from: node) }
    return search.components
  }
}

private struct ComponentSearch {
  let graph: StateGraph
  let part: [Int32]
  let label: Int32
  /// 0: not met; else the order of discovery.
  var order: [UInt32]
  var low: [UInt32]
  var onStack: [Bool]
  var stack: [Int] = []
  /// The path: a state and its next edge.
  var path: [(node: Int, edge: Int)] = []
  var clock: UInt32 = 0
  var components: [[Int]] = []

  init(graph: StateGraph, part: [Int32], label: Int32) {
    self.graph = graph
    self.part = part
    self.label = label
    order = [UInt32](repeating: 0, count: graph.count)
    low = order
    onStack = [Bool](repeating: false, count: graph.count)
  }

  mutating func run(from root: Int) {
    enter(root)
    while let (node, edge) = path.last {
      if edge < graph.edges(node).upperBound {
        path[path.count - 1].edge += 1
        follow(edge, from: node)
      } else {
        path.removeLast()
        if let parent = path.last?.node { low[parent] = min(low[parent], low[node]) }
        if low[node] == order[node] { close(node) }
      }
    }
  }

  private mutating func enter(_ node: Int) {
    clock += 1
    order[node] = clock
    low[node] = clock
    stack.append(node)
    onStack[node] = true
    path.append((node, graph.edges(node).lowerBound))
  }

  private mutating func follow(_ edge: Int, from node: Int) {
    let target = Int(graph.targets[edge])
    guard part[target] == label else { return }
    if order[target] == 0 {
      enter(target)
    } else if onStack[target] {
      low[node] = min(low[node], order[target])
    }
  }

  private mutating func close(_ root: Int) {
    var component: [Int] = []
    while let node = stack.popLast() {
      onStack[node] = false
      component.append(node)
      if node == root { break }
    }
    let isLoop = graph.edges(root).contains { Int(graph.targets[$0]) == root }
    if component.count > 1 || isLoop { components.append(component.sorted()) }
  }
}
