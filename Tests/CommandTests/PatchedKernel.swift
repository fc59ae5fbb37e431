// Where the whole recordings of patched kernels stand.

import RealBinary

enum PatchedKernel {
  /// Those that are cases of the corpus are not kept twice.
  static func path(_ name: String) -> String {
    if ["v1-gap", "v2-gap"].contains(name) { return CorpusTrace(name).trace.path }
    return CorpusTrace.root.appending(path: "Tests/CommandTests/Kernels/\(name).txt.zst").path
  }
}
