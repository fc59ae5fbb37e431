// The word that was meant.

/// Of `words`, the one that `word` is most likely a slip of; nil: it is too different from all of them.
package func nearest(to word: String, in words: [String]) -> String? {
  let close = words.map { (word: $0, distance: editDistance(Array(word.utf8), Array($0.utf8))) }
  guard let best = close.min(by: { $0.distance < $1.distance }) else { return nil }
  return best.distance <= max(1, word.utf8.count / 3) ? best.word : nil
}

/// How many letters were left out, added, mistaken, or exchanged with the next one.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
  // Words of a command line: what is longer is none that was meant.
  guard left.count <= 64, right.count <= 64 else { return max(left.count, right.count) }
  var rows = [Array(0...right.count)]
  for row in left.indices {
    var distances = [row + 1]
    for column in right.indices {
      let isSame = left[row] == right[column]
      var distance = min(
        rows[row][column + 1] + 1, distances[column] + 1, rows[row][column] + (isSame ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        distance = min(distance, rows[row - 1][column - 1] + 1)
      }
      distances.append(distance)
    }
    rows.append(distances)
  }
  return rows[left.count][right.count]
}
