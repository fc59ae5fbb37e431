// How reports name the memory model.

import GPCProtocol

extension MemoryModel {
  package var words: String {
    switch self {
    case .sequential: "sequential consistency"
    case .tso: "TSO"
    case .tsoWithoutBarrier: "TSO, the barrier behind valid = true dropped"
    }
  }

  /// The options of `explore` that ask for it.
  package var options: String {
    switch self {
    case .sequential: ""
    case .tso: " --memory tso"
    case .tsoWithoutBarrier: " --memory tso --drop-barrier"
    }
  }
}
