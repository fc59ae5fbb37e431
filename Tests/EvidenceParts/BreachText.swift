// A breach as two texts: the recording, and the part of it.

import Corpus
import FoundationEssentials
import KVMEvents
import TraceReaders

/// Both in the form that `gpc-replay` reads; what is in the one and not in the other is what `diff` prints.
package struct BreachText {
  package let whole: [UInt8]
  package let part: [UInt8]

  /// - Parameter input: where the breach's recording was read from.
  package init(_ breach: Breach, input: TraceInput) throws {
    let wanted = Set(breach.whole.events.map { $0.id / WholeRecording.idStep })
    let lines =
      breach.whole.isBinary
      ? try TextLines(ofRecords: input, options: TraceReadOptions(), wanted: wanted)
      : try TextLines(of: input, wanted: wanted)
    whole = CutText(lines).bytes
    let header = lines.header.keys.sorted().compactMap { lines.header[$0] }
    part =
      header.flatMap { $0 + [0x0a] }
      + breach.removal.applied(to: breach.whole).flatMap { event -> [UInt8] in
        if event.kind != .lostEvents || event.id % WholeRecording.idStep == 0 {
          return (lines.lines[event.id / WholeRecording.idStep] ?? []) + [0x0a]
        }
        // What tracefs says in its head has no line here.
        if event.cpu == RecordedEvent.unknownCPU { return [] }
        let count = event[.len].map { "\($0) " } ?? ""
        return Array("CPU:\(event.cpu) [\(count)EVENTS DROPPED]\n".utf8)
      }
  }

  /// `whole.txt`, `part.txt`, and in `breach.txt` what is wrong, in a folder of their own.
  package func write(_ description: String, to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, bytes) in [("whole", whole), ("part", part), ("breach", Array((description + "\n").utf8))] {
      try Data(bytes).write(to: URL(filePath: "\(folder)/\(name).txt"))
    }
  }
}
