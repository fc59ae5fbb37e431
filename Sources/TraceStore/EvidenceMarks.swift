// Where in a table the rows begin that may have evidence after an event: saves an amendment a full pass.

import KVMEvents

/// Rows are written in the order in which they become final, roughly that of their last evidence. A mark every 1024
/// rows says: no row up to here has evidence after that event.
struct EvidenceMarks {
  private struct Mark {
    let rowid: Int64
    let lastEvidence: EventID
  }

  private static let spacing: Int64 = 1024
  private var marks: [Mark] = []
  private(set) var lastRowid: Int64 = 0
  private var lastEvidence: EventID = .min

  /// The rowid of the next row, whose evidence ends with `event`.
  @inline(__always) mutating func append(_ event: EventID?) -> Int64 {
    lastRowid += 1
    if let event, event > lastEvidence { lastEvidence = event }
    if lastRowid % EvidenceMarks.spacing == 0 { marks.append(Mark(rowid: lastRowid, lastEvidence: lastEvidence)) }
    return lastRowid
  }

  /// The rows so far, without those that certainly have no evidence after `event`.
  func rowids(after event: EventID) -> Range<Int64> {
    var low = 0
    var high = marks.count
    while low < high {
      let middle = (low + high) / 2
      if marks[middle].lastEvidence <= event { low = middle + 1 } else { high = middle }
    }
    let first = low == 0 ? 1 : marks[low - 1].rowid + 1
    return first..<(lastRowid + 1)
  }
}
