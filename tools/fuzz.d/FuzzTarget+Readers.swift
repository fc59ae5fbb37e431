// Bytes as a recording, read to the end; bytes as a catalogue.

import KVMEvents
import TraceReaders

extension FuzzTarget {
  /// A few bytes may stand for many, and an execution is to stay short. Small blocks and batches: an input has several
  /// of both.
  static var options: TraceReadOptions {
    var options = TraceReadOptions()
    options.blockSize = 1 << 14
    options.batchSize = 64
    options.unpackedMax = 1 << 21
    options.spooledBytesMax = 1 << 21
    options.reorderedMax = 1 << 10
    options.keepsUnknown = true
    return options
  }

  func read(_ bytes: UnsafeRawBufferPointer, as format: InputFormat?, catalogue: ProbeCatalogue = .embedded) {
    FuzzFile.write(bytes)
    var options = Self.options
    options.format = format
    options.catalogue = catalogue
    do throws(TraceReadError) {
      let reader = try TraceReader(FuzzFile.input, options: options)
      var batch: [RecordedEvent] = []
      var last: EventID = 0
      while try reader.read(into: &batch) {
        for event in batch {
          precondition(event.id > last && event.time.rawValue >= 0, "ids grow, and time begins at 0")
          precondition(event.kind == .lostEvents || reader.tasks.indices.contains(Int(event.task)), "a task has a row")
          precondition(reader.names.indices.contains(Int(event.name)), "a name has a row")
          last = event.id
        }
      }
      // A printf of bpftrace may hold several lines: there, events are not counted by lines.
      precondition(reader.facts.lineCount >= last || reader.facts.eventPlace == .event, "every event is counted")
      precondition(reader.issues.allSatisfy { !$0.reason.isEmpty }, "dirt has a sentence")
    } catch {
      precondition(!error.predicate.isEmpty, "an error has a sentence")
    }
  }

  /// A catalogue that is one is used on records of its own words: the first names that it gives a meaning.
  func readCatalogue(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(CatalogueError) {
      let catalogue = try ProbeCatalogue.embedded.overridden(by: text)
      Array(Self.records(text).utf8).withUnsafeBytes { read($0, as: .traceCmdText, catalogue: catalogue) }
    } catch {
      precondition(error.line > 0 && !error.reason.isEmpty, "a wrong catalogue is said with its line")
    }
  }

  /// A record for each `event` of a catalogue: its keys with values, as far as words tell them.
  private static func records(_ catalogue: String) -> String {
    var records = "cpus=4\n"
    var stamp = 114_252_766_486
    var name: Substring = "gpc_init"
    for line in catalogue.split(separator: "\n").prefix(200) {
      let words = line.split(separator: " ")
      if words.count > 1, words[0] == "event" { name = words[1] }
      let body = words.dropFirst().enumerated().map { index, word in
        "\(word.prefix { $0 != "=" && $0 != ":" && $0 != "?" })=\(["0xff529c43c1896668", "7", "-14", "0x0"][index % 4])"
      }
      stamp += 1
      let digits = String(stamp)
      records +=
        "        workload-342   [003]   \(digits.prefix(3)).\(digits.dropFirst(3)): \(name): (ff) \(body.joined(separator: " "))\n"
    }
    return records
  }
}
