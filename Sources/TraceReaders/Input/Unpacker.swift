// The decompressors: each takes compressed bytes and returns its output, step by step.

enum Unpacker {
  case zstd(ZstdStream)
  case gzip(GzipStream)
  case xz(XzStream)

  /// nil: the bytes are not compressed.
  init?(_ compression: Compression) throws(TraceReadError) {
    switch compression {
    case .none: return nil
    case .zstd: self = try .zstd(ZstdStream())
    case .gzip: self = try .gzip(GzipStream())
    case .xz: self = try .xz(XzStream())
    }
  }

  func step(
    from source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) throws(TraceReadError) -> UnpackProgress {
    switch self {
    case .zstd(let stream): try stream.step(from: source, into: target)
    case .gzip(let stream): try stream.step(from: source, into: target)
    case .xz(let stream): try stream.step(from: source, into: target)
    }
  }

  /// Whether the input so far ends between two frames, members or streams.
  var isBetweenFrames: Bool {
    switch self {
    case .zstd(let stream): stream.isBetweenFrames
    case .gzip(let stream): stream.isBetweenMembers
    case .xz(let stream): stream.isBetweenStreams
    }
  }

  /// The noun for what is cut off or damaged, for a sentence.
  var streamName: String {
    switch self {
    case .zstd: "zstd stream"
    case .gzip: "gzip stream"
    case .xz: "xz stream"
    }
  }

  /// The name of its parts.
  var frameName: String {
    switch self {
    case .zstd: "frame"
    case .gzip: "member"
    case .xz: "stream"
    }
  }
}
