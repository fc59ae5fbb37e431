// Step 7 of each form, read off the protocol page.

import Forms
import GPCProtocol
import Testing

@Suite struct RetryTests {
  private static let all: [RetryObservation] = [false, true].flatMap { active in
    [false, true].flatMap { moved in
      [false, true].flatMap { flag in
        [false, true].map { covers in
          RetryObservation(
            invalidationsActive: active, seqMoved: moved, needsInvalidation: flag, pendingCoversUHVA: covers)
        }
      }
    }
  }

  private func expect(_ ids: [String], _ rule: (RetryObservation) -> Bool) throws {
    for id in ids {
      let form = try #require(ProtocolForm.named(id))
      for observation in Self.all { #expect(form.mustRetry(observation) == rule(observation), "\(id) \(observation)") }
    }
  }

  @Test func mainlineReadsCountAndSeq() throws {
    try expect(["v6.9", "seanjc-1", "seanjc-2", "dwmw2-rwlock", "itazur-1", "itazur-2", "griffoul-4"]) {
      $0.invalidationsActive || $0.seqMoved
    }
  }

  @Test func woodhouseReadsTheFlag() throws {
    try expect(["dwmw2-v1", "dwmw2-v2", "dwmw2-v3.2", "dwmw2-v3.3", "dwmw2-v3.4", "seed-atomic", "both-walks"]) {
      !$0.needsInvalidation
    }
    try expect(["dwmw2-v3.1"]) { !$0.needsInvalidation || $0.invalidationsActive || $0.seqMoved }
  }

  @Test func coveringRangeAndSeq() throws {
    try expect(["v5.17", "seanjc-3", "seanjc-4", "seanjc-5", "seed-1", "seed-2"]) {
      $0.pendingCoversUHVA || $0.seqMoved
    }
  }
}
