// What is said of a field that contradicts the answer beside it.

import RealBinary
import Testing

@Suite struct FieldRemedyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// `kvm_gpc_check()` says yes only of a valid cache, and `valid` does not change under the lock that its callers
  /// hold: the probe reads something else. Where events are missing at an unknown place, entry and answer may be of two
  /// calls.
  @Test(arguments: [false, true]) func anAnswerThatItRulesOut(isLossy: Bool) throws {
    let cache = "gpc=0xff784ed5c006e670"
    let vm = "kvm=0xff784ed5c006d000"
    let fields = "\(cache) len=64 \(vm) gpa=0x10000 uhva=0x7ff590410000 gen=2 slotsgen=2 active=1 valid=0"
    var lines = ["gpc v1 1000 0 10 gpc_init \(cache) \(vm) comm=vmm"]
    for time in stride(from: 2000, to: 6000, by: 1000) {
      lines.append("gpc v1 \(time) 0 10 gpc_check \(fields) comm=vmm")
      lines.append("gpc v1 \(time + 500) 0 10 gpc_check_ret ret=1 comm=vmm")
    }
    if isLossy { lines.append("Lost 3 events") }
    _ = try folder.write("trace.txt", lines.joined(separator: "\n") + "\n")
    // Without the folds.
    let text = try Invocation(["run", "trace.txt"], in: folder).text.replacing(/\n {4}/, with: " ")
    #expect(text.contains("checks gave an answer that it rules out"), "\(text)")
    let remedy = "the probes were defined for another kernel: define them by the structures of the one that is recorded"
    #expect(text.contains("  \(remedy)\n") == !isLossy, "\(text)")
    #expect(text.contains("  events may be missing beside those that show it, or \(remedy)\n") == isLossy, "\(text)")
  }
}
