// libFuzzer's entry for the readers: any bytes as a recording, read to the end.

import FtraceImport
import Glibc
import KVMEvents

/// Bytes come through a file that is gone with the process: the readers take files.
private let descriptor: CInt = {
  var path = Array("/tmp/gpc-replay-fuzz-XXXXXX".utf8CString)
  let descriptor = mkstemp(&path)
  precondition(descriptor >= 0, "a temporary file cannot be made")
  unlink(path)
  return descriptor
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  ftruncate(descriptor, 0)
  guard pwrite(descriptor, bytes, count, 0) == count else { return 0 }
  do throws(TraceReadError) {
    let reader = try TraceReader(.file(path: "/proc/self/fd/\(descriptor)"))
    var batch: [RecordedEvent] = []
    var last: EventID = 0
    while try reader.read(into: &batch) {
      for event in batch {
        precondition(event.id > last && event.time.rawValue >= 0, "ids grow, and time begins at 0")
        last = event.id
      }
    }
    precondition(reader.lines >= last, "every event is counted")
  } catch {
    precondition(!error.predicate.isEmpty, "an error has a sentence")
  }
  return 0
}
