// A breach as two texts: the recording, and the part of it.

import Corpus
import FtraceImport
import KVMEvents

/// Both in the form that `gpc-replay` reads; what is in the one and not in the other is what `diff` prints.
package struct BreachText {
  package let whole: [UInt8]
  package let part: [UInt8]

  /// - Parameter input: where the breach's recording was read from.
  package init(_ breach: Breach, input: TraceInput, isBinary: Bool) throws {
    let wanted = Set(breach.whole.events.map { $0.id / 2 })
    let lines =
      isBinary
      ? try TextLines(ofRecords: input, options: TraceReadOptions(), wanted: wanted)
      : try TextLines(of: input, wanted: wanted)
    whole = CutText(lines).bytes
    let header = lines.header.keys.sorted().compactMap { lines.header[$0] }
    part =
      header.flatMap { $0 + [0x0a] }
      + breach.removal.applied(to: breach.whole).flatMap { event -> [UInt8] in
        if event.id % 2 == 0 { return (lines.lines[event.id / 2] ?? []) + [0x0a] }
        // What tracefs says in its head has no line here.
        return event.cpu == RecordedEvent.unknownCPU ? [] : Array("CPU:\(event.cpu) [EVENTS DROPPED]\n".utf8)
      }
  }
}
