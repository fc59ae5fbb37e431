// Binary search.

extension Array {
  /// The first index whose element is not before the one searched for; elements before it come first.
  func partitionPoint(_ liesBefore: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if liesBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
