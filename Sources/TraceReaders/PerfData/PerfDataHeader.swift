// The first bytes of a perf.data: byte order, and the positions of its parts
// (tools/perf/Documentation/perf.data-file-format.txt).

struct PerfDataHeader {
  let isBigEndian: Bool
  /// Written to a pipe: no parts, everything is a record.
  let isPipe: Bool
  /// Bytes of an entry in the list of events: the attribute, and the position of its ids.
  let entryBytes: Int
  let attributes: FileSection
  let data: FileSection
  /// A bit for each feature: the file has a section for it.
  private let features: [UInt64]

  /// A part of the file: `perf_file_section`.
  struct FileSection: Equatable {
    var offset: UInt64 = 0
    var bytes: UInt64 = 0

    /// The offset after it; nil: beyond any file.
    var end: UInt64? {
      let (end, overflow) = offset.addingReportingOverflow(bytes)
      return overflow || end > UInt64(Int64.max) ? nil : end
    }
  }

  /// Numbers of features, in perf's header.h.
  enum Feature: Int {
    case tracingData = 1
    case osRelease = 4
  }

  static let magic = Array("PERFILE2".utf8)
  /// The same in either byte order (`check_magic_endian()`): a reader has to try by the attributes' size.
  static let magicOfVersion1 = Array("PERFFILE".utf8)
  /// Bytes of the header of a file, and of what goes into a pipe.
  private static let (fileBytes, pipeBytes): (UInt64, UInt64) = (104, 16)

  /// Whether these are the first bytes of a perf.data, of either byte order.
  static func isMagic(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: magic) || bytes.starts(with: magic.reversed())
  }

  init(_ file: RandomAccessFile) throws(TraceReadError) {
    var cursor = RecordCursor(file, at: 0, isBigEndian: false, part: .header)
    let magic = try cursor.bytes(Self.magic.count)
    guard Self.isMagic(magic) else { throw .part(.odd(.header)) }
    isBigEndian = magic != Self.magic
    cursor = RecordCursor(file, at: cursor.place, isBigEndian: isBigEndian, part: .header)
    let bytes = try cursor.number(UInt64.self)
    guard bytes == Self.fileBytes || bytes == Self.pipeBytes else { throw .part(.odd(.header)) }
    isPipe = bytes == Self.pipeBytes
    if isPipe {
      entryBytes = 0
      attributes = FileSection()
      data = FileSection(offset: Self.pipeBytes, bytes: UInt64(file.size) - Self.pipeBytes)
      features = [0, 0, 0, 0]
      return
    }
    let entry = try cursor.number(UInt64.self)
    attributes = try Self.section(&cursor)
    data = try Self.section(&cursor)
    _ = try Self.section(&cursor)
    var features: [UInt64] = []
    for _ in 0..<4 { features.append(try cursor.number(UInt64.self)) }
    // The list is one of longs: if those have 32 bits, their order differs.
    let isOfWords = isBigEndian && features[0] & 1 << UInt64(Feature.tracingData.rawValue) == 0
    self.features = isOfWords ? features.map { $0 << 32 | $0 >> 32 } : features
    guard let entry = Int(exactly: entry), PerfAttribute.sizes.contains(entry - Self.sectionBytes),
      attributes.end != nil, data.end != nil, attributes.bytes % UInt64(entry) == 0
    else { throw .part(.odd(.header)) }
    entryBytes = entry
  }

  static let sectionBytes = 16

  static func section(_ cursor: inout RecordCursor) throws(TraceReadError) -> FileSection {
    FileSection(offset: try cursor.number(UInt64.self), bytes: try cursor.number(UInt64.self))
  }

  /// The feature's index in the list of sections after the data, which is in bit order; nil: it does not exist.
  func place(of feature: Feature) -> Int? {
    let bit = UInt64(1) << UInt64(feature.rawValue)
    return features[0] & bit == 0 ? nil : (features[0] & (bit - 1)).nonzeroBitCount
  }
}
