// Lines are the same wherever the blocks of bytes begin and end.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct LineSplitterTests {
  private struct Piece: Equatable {
    var bytes: [UInt8]
    var isCut = false
  }

  private func split(_ chunks: [ArraySlice<UInt8>]) -> [Piece] {
    var splitter = LineSplitter(blockSize: max(chunks.map(\.count).max() ?? 1, 1))
    var pieces: [Piece] = []
    func drain() {
      while let line = splitter.next() { pieces.append(Piece(bytes: Array(line.bytes), isCut: line.isCut)) }
    }
    for chunk in chunks {
      splitter.room().copyBytes(from: chunk)
      splitter.commit(chunk.count)
      drain()
    }
    splitter.finish(dropsUnfinishedLine: false)
    drain()
    return pieces
  }

  /// The text's events, its bytes given in chunks.
  private func events(_ bytes: [UInt8], chunk: Int) -> [String] {
    var splitter = LineSplitter(blockSize: chunk)
    var text = TraceText(catalogue: .embedded, keepsUnknown: false)
    var event = RecordedEvent()
    var lines: EventID = 0
    var result: [String] = []
    func drain() {
      while let line = splitter.next() {
        lines += 1
        let before = splitter.lineBefore
        if text.read(line, TraceCmdText.self, id: lines, before: before, screen: splitter.screen, into: &event) {
          result.append("\(event.id) \(event.time) \(event.task) \(event.name) \(event.fields) \(event.values[1])")
        }
      }
    }
    var start = 0
    while start < bytes.count {
      let end = min(start + chunk, bytes.count)
      splitter.room().copyBytes(from: bytes[start..<end])
      splitter.commit(end - start)
      drain()
      start = end
    }
    splitter.finish(dropsUnfinishedLine: false)
    drain()
    result.append("\(text.issues.counts.count) \(text.tasks.tasks.count)")
    return result
  }

  @Test(arguments: [
    ("", []), ("a", ["a"]), ("a\n", ["a"]), ("\n", [""]), ("\n\n", ["", ""]), ("a\nb", ["a", "b"]),
    ("a\r\n\0b\n", ["a\r", "\0b"]),
  ])
  func endsLinesAtNewlines(text: String, lines: [String]) {
    #expect(split([Array(text.utf8)[...]]) == lines.map { Piece(bytes: Array($0.utf8)) })
  }

  @Test func twoChunksSplitAtEveryByte() throws {
    let text = try Fixture.text("odd-comms-reportt.txt.zst").prefix(6000)
    let whole = split([text])
    #expect(whole.count > 30)
    for place in text.indices {
      #expect(split([text[..<place], text[place...]]) == whole, "split at byte \(place)")
    }
  }

  @Test(arguments: 1...200)
  func chunksOfEverySize(size: Int) throws {
    let text = try Fixture.text("odd-comms-reportt.txt.zst").prefix(6000)
    let starts = stride(from: 0, to: text.count, by: size)
    #expect(split(starts.map { text[$0..<min($0 + size, text.count)] }) == split([text]))
  }

  @Test(arguments: ["quiet-reportt", "quiet-reportl", "odd-comms-reportt"], [1, 2, 61, 4093])
  func everyBoundaryGivesTheSameEvents(name: String, size: Int) throws {
    // Chunks of one byte put a boundary at every byte there is.
    let text = try Array(Fixture.text("\(name).txt.zst").prefix(size < 61 ? 200_000 : .max))
    #expect(events(text, chunk: size) == events(text, chunk: 1 << 20))
  }

  @Test(arguments: [1000, 1 << 16, 1 << 20])
  func aLineBeyondTheLimitIsCutAndPassedOver(chunk: Int) {
    let long = [UInt8](repeating: 0x78, count: 10_000_000)
    let bytes = Array("before\n".utf8) + long + Array("\nafter\n".utf8)
    let starts = stride(from: 0, to: bytes.count, by: chunk)
    let pieces = split(starts.map { bytes[$0..<min($0 + chunk, bytes.count)] })
    #expect(pieces.count == 3)
    #expect(pieces.first == Piece(bytes: Array("before".utf8)))
    #expect(pieces.dropFirst().first == Piece(bytes: Array(long.prefix(LineSplitter.lineLimit)), isCut: true))
    #expect(pieces.last == Piece(bytes: Array("after".utf8)))
  }

  /// Behind the torn line of a broken input stand older lines, since the buffer is used again and again: none of them
  /// comes twice.
  @Test(arguments: [1000, 4099, 65536]) func tornLineIsDroppedWhateverStandsBehindIt(block: Int) {
    let whole = (0..<200_000).map { "line \($0)" }
    let bytes = Array((whole.joined(separator: "\n") + "\ntorn").utf8)
    var splitter = LineSplitter(blockSize: block)
    var count = 0
    var last: [UInt8] = []
    func drain() {
      while let line = splitter.next() {
        count += 1
        last = Array(line.bytes)
      }
    }
    for start in stride(from: 0, to: bytes.count, by: block) {
      let chunk = bytes[start..<min(start + block, bytes.count)]
      splitter.room().copyBytes(from: chunk)
      splitter.commit(chunk.count)
      drain()
    }
    splitter.finish(dropsUnfinishedLine: true)
    drain()
    #expect(count == whole.count)
    #expect(last == Array("line 199999".utf8))
  }
}
