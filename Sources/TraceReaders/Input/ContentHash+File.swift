// The hash of a file that is not read for its events.

extension ContentHash {
  /// Reads the file once, as it stands; the same value that a `TraceReader` has at the end of it.
  package init(ofFileAt path: String) throws(TraceReadError) {
    var file = try InputFile(.file(path: path))
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    while try file.read(into: block) > 0 {}
    self = file.contentHash
  }
}
