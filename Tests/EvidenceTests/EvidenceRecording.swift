// The recordings of these tests.

import EvidenceParts
import Foundation
import KVMEvents
import RealBinary
import Testing
import TraceReaders

/// A recording of `Recordings/` or `FunctionLevel/`, or a case of the corpus.
struct EvidenceRecording: Sendable, CustomTestStringConvertible {
  let name: String
  let trace: URL
  let clock: TraceClock

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  /// Small ones of every kind: kernels 6.12, 6.1 and 6.18, lossy, patched, with an hva-based cache, at function level.
  static let small: [EvidenceRecording] =
    [
      "6.12-overlap", "6.12-unrelated", "6.12-lifecycle", "6.12-one-mm-two-vms", "6.12-storm-lossy", "6.1-overlap",
      "6.1-lifecycle", "seanjc-5-overlap", "no-count-overlap",
    ].map { EvidenceRecording("Recordings/\($0)", .local) }
    + ["6.12-hva", "6.18-function-level-hva", "dwmw2-v1-gap", "dwmw2-v2-gap", "dwmw2-v3.3-oops"]
    .map { EvidenceRecording("Recordings/\($0)", .mono) }

  init(_ file: String, _ clock: TraceClock) {
    name = String(file.split(separator: "/").last ?? "")
    trace = Self.folder.appending(path: file + ".txt.zst")
    self.clock = clock
  }

  init(corpus name: String) {
    self.name = name
    trace = CorpusTrace(name).trace
    clock = .local
  }

  var testDescription: String { name }
  var input: TraceInput { .file(path: trace.path) }

  var whole: WholeRecording {
    get throws { try WholeRecording(input, name: name, clock: clock) }
  }
}
