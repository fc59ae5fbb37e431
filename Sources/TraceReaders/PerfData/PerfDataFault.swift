// Why a perf.data cannot be read: damage in an essential part.

/// What is wrong with single records, when those parts are sound, is an `ImportIssue`.
package enum PerfDataFault: Error, Equatable, Sendable {
  /// The header, the list of events or the list of features.
  case part(PartFault)
  /// The same, inside the tracing data: the header of a trace.dat that perf puts into its files.
  case tracingData(PartFault)
  /// `perf record` did not finish: it writes the formats of the events last.
  case unfinished
  /// No event of it is a tracepoint or probe, or their formats were left out.
  case noTracepoints
  /// Samples that lack what an event needs.
  case lacks(Lack)
  /// Events whose samples have their id at different positions: then no sample can be identified.
  case mixedSamples

  /// What samples may lack, and the option that adds it.
  package enum Lack: String, Sendable {
    case time = "time stamps (perf record -T)"
    case cpu = "the number of their CPU (perf record --sample-cpu)"
    case raw = "the fields of their events (perf record -R)"
  }
}

extension PerfDataFault {
  /// The fault as the end of a sentence that begins with the input's name.
  package var predicate: String {
    switch self {
    case .part(let fault): "is a perf.data that \(fault.predicate)"
    case .tracingData(let fault): "is a perf.data whose tracing data \(fault.predicate)"
    case .unfinished:
      "is a perf.data that perf record did not finish: the formats of its events, which come last, are not there"
    case .noTracepoints: "is a perf.data without formats of tracepoints or probes: record with perf record -e 'gpc:*'"
    case .lacks(let what): "is a perf.data whose samples lack \(what.rawValue)"
    case .mixedSamples: "is a perf.data whose samples do not tell which event they are of"
    }
  }

  /// Makes clear that an error is inside a perf.data.
  static func converting<Value: ~Copyable>(
    _ wrap: (PartFault) -> PerfDataFault, _ body: () throws(TraceReadError) -> Value
  ) throws(TraceReadError) -> Value {
    do throws(TraceReadError) {
      return try body()
    } catch {
      if case .part(let fault) = error { throw .perfData(wrap(fault)) }
      throw error
    }
  }
}
