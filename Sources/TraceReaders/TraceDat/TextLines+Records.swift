// Lines of text for records of a trace.dat.

import KVMEvents

extension TextLines {
  /// Records of a trace.dat as lines of `trace-cmd report -t`. `lines` lacks those that cannot be printed, for instance
  /// because their `print fmt:` calls a function. The line before them, `cpus=4`, has the number 0.
  package init(
    ofRecords input: TraceInput, options: TraceReadOptions = TraceReadOptions(), wanted: Set<EventID>
  ) throws(TraceReadError) {
    let seekable = try TextPipeline(input, options: options).seekable(bytesMax: options.spooledBytesMax)
    let contents = try TraceDatContents(seekable.file)
    var pipeline = try TraceDatPipeline(
      seekable.file, contents, decoder: try RecordDecoder(contents, options: options),
      chunkBytesKept: options.chunkBytesKept)
    var printer = RecordPrinter(contents)
    var lines: [EventID: [UInt8]] = [:]
    var remaining = wanted.count
    try pipeline.visit { id, place, stream throws(TraceReadError) in
      guard wanted.contains(id) else { return true }
      lines[id] = printer.line(of: stream.pointee, at: place)
      remaining -= 1
      return remaining > 0
    }
    let cpuCount = contents.options.cpuCount.map(Int.init) ?? contents.buffers.map(\.cpus.count).max() ?? 0
    self.init(header: [0: Array("cpus=\(cpuCount)".utf8)], lines: lines)
  }
}
