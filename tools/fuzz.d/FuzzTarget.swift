// libFuzzer's entry: any bytes, given to the reader or stage that GPC_REPLAY_FUZZ_TARGET names.

import Glibc
import KVMEvents
import TraceReaders

/// What the bytes are read as. The raw values are what `tools/fuzz` takes.
enum FuzzTarget: String, CaseIterable {
  case traceDat = "trace-dat"
  /// Text of trace-cmd report, and the same bytes as text of tracefs.
  case text
  case perfScript = "perf-script"
  case perfData = "perf-data"
  case bpftrace
  /// zstd, gzip or xz: what comes out is recognised by its content.
  case packed
  /// A probe catalogue, and a recording read with it.
  case catalogue
  /// A recording in any form, imported into a database in memory, replayed, and reported as text and JSON.
  case report
  /// The same, imported and compared: every form along whatever stamps there are.
  case compare
  /// The same, its windows searched under one form.
  case explore
  /// The same, and its first finding cut out as a case.
  case corpusAdd = "corpus-add"
  /// A file of forms.
  case forms
  /// The description of a case.
  case caseDescription = "case"
  /// A kernel's type information.
  case btf
  /// Edits of a small recording's database, which is replayed, compared and reported again.
  case database

  static let chosen: FuzzTarget = {
    let name = getenv("GPC_REPLAY_FUZZ_TARGET").map { String(cString: $0) }
    guard let target = name.flatMap(FuzzTarget.init) else {
      preconditionFailure("GPC_REPLAY_FUZZ_TARGET is none of \(allCases.map(\.rawValue))")
    }
    return target
  }()

  func run(_ bytes: UnsafeRawBufferPointer) {
    switch self {
    case .traceDat: read(bytes, as: .traceDat)
    case .text:
      read(bytes, as: .traceCmdText)
      read(bytes, as: .tracefsText)
    case .perfScript: read(bytes, as: .perfScript)
    case .perfData: read(bytes, as: .perfData)
    case .bpftrace: read(bytes, as: .bpftrace)
    case .packed: read(bytes, as: nil)
    case .catalogue: readCatalogue(bytes)
    case .report: report(bytes)
    case .compare: compare(bytes)
    case .explore: explore(bytes)
    case .corpusAdd: corpusAdd(bytes)
    case .forms: forms(bytes)
    case .caseDescription: caseDescription(bytes)
    case .btf: btf(bytes)
    case .database: database(bytes)
    }
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzTarget.chosen.run(UnsafeRawBufferPointer(start: bytes, count: count))
  return 0
}
