// Windows between quiet points: what stands together in one, and what makes one unusable.

import Forms
import KVMEvents
import Results
import Testing

@testable import Replay

@Suite struct RecordedWindowTests {
  /// Each window of VM 1 behind the prelude: its operations by their begins, then its doubt.
  private func windows(
    _ drawing: String, after prelude: Marbles.Prelude = .mapped, deltaNs: Int64 = 0, without: EventKind...
  ) -> [String] {
    let recording = Marbles(drawing, after: prelude)
    var options = ReplayOptions()
    options.deltaNs = deltaNs
    var replayer = Replayer(form: .v69, options: options, recordsWindows: true)
    replayer.consume(recording.events.filter { !without.contains($0.kind) })
    replayer.finish()
    return replayer.takeWindows().compactMap { window in
      let operations = window.operations.filter { $0.begin.id > recording.preludeEnd }
      guard !operations.isEmpty || window.doubt != nil else { return nil }
      return (operations.map(Self.word) + [window.doubt?.rawValue].compactMap { $0 }).joined(separator: " ")
    }
  }

  private static func word(_ operation: RecordedOperation) -> String {
    let nested = operation.isNested ? "nested-" : ""
    switch operation.kind {
    case .invalidate: return nested + "invalidation"
    case .refresh(let refresh): return nested + "refresh\(refresh.rounds.count)"
    case .check: return nested + "check"
    case .deactivate: return nested + "deactivation"
    }
  }

  // What overlaps stands together; the checks of the quiet stretch behind stand with what came before.
  @Test func quietPointsPart() {
    let windows = windows(
      """
      mm own :  swr   ekd            swr  ekd
      vcpu   :     (ohHto hHtv)  c1y
      """)
    #expect(windows == ["invalidation refresh2 check", "invalidation"])
  }

  // Two invalidations that take over from each other leave no quiet point between them.
  @Test func chain() {
    let windows = windows(
      """
      mm own  : swr    ekd
      mm2 far :     swr    ekd   swr ekd
      """)
    #expect(windows == ["invalidation invalidation", "invalidation"])
  }

  // A quiet point shorter than the clock's uncertainty (a column is 100 ns) is none; nor is one that a check runs
  // across.
  @Test func shortQuiet() {
    let drawing = "mm own : swr ekd\nmm2 far :           swr ekd"
    #expect(windows(drawing).count == 2)
    #expect(windows(drawing, deltaNs: 500) == ["invalidation invalidation"])
    let acrossCheck = "mm own : swr ekd      swr ekd\nvcpu   :           c1    n"
    #expect(windows(acrossCheck) == ["invalidation", "check invalidation"])
  }

  // An interrupt's check, and an invalidation that the refresh's own lookup causes.
  @Test func nested() {
    #expect(
      windows(
        """
        mm far        : swr                           ekd
        vcpu cpu1     :     (oh c1n              Htv)
        vcpu cpu1 own :              swrekd
        """) == ["invalidation refresh1 nested-check nested-invalidation"])
  }

  // A refresh that waits for refresh_lock is under way: there is no quiet point between the return of the one that has
  // it and its entry, whatever else begins there.
  @Test func waitForTheLock() {
    let waiting = """
      vcpu   : q(ohHtv)Q
      ioctl  :    q         (ohHtv)Q
      """
    #expect(windows(waiting) == ["refresh1 refresh1"])
    #expect(windows(waiting.replacing("q         (", with: "         q(")) == ["refresh1", "refresh1"])
    let around = """
      vcpu   : q(ohHtv)Q
      ioctl  :    q                   (ohHtv)Q
      mm far :             swr ekd
      """
    #expect(windows(around) == ["refresh1 invalidation refresh1"])
    // Asked for in the quiet behind the first one.
    #expect(
      windows(around.replacing("q                   (", with: "     q              (")) == [
        "refresh1", "invalidation refresh1",
      ])
    let deactivated = """
      vcpu   : z  Z
      ioctl  :  q       (ohHtv)Q
      """
    #expect(windows(deactivated) == ["deactivation refresh1"])
  }

  // An interrupt's check on top of it is not the thread's own.
  @Test func checkWhileWaiting() {
    let drawing = """
      vcpu  : q(ohHt    v)Q
      ioctl :    q c1n          (ohHtv)Q
      """
    #expect(windows(drawing) == ["refresh1 nested-check refresh1"])
  }

  @Test func deactivation() {
    #expect(windows("ioctl : z   Z\nmm own :  swr  ekd") == ["deactivation invalidation"])
  }

  // Dropped events, an end without a start, a start without an end, hooks whose returns are not probed.
  @Test func doubts() {
    // Across the gap the end may be another one's.
    #expect(windows("mm own : swr x  ekd") == ["lost_events"])
    #expect(windows("mm own :   ekd") == ["incomplete"])
    #expect(windows("mm own : swr") == ["incomplete"])
    #expect(windows("vcpu : (ohHt") == ["incomplete"])
    // The walk's event tells more of when the count goes up; without it, it goes up in the start hook.
    #expect(windows("mm own : swr  ekd", without: .gpcInvalidateStart) == ["invalidation"])
    #expect(
      windows("mm own : swr  ekd", without: .mnInvalidateRangeStartRet).last == "invalidation missing_probe")
  }

  // The walk's event nests in one of the hooks, whatever the form.
  @Test(arguments: [("swr  ekd", true, false), ("s r  ekwd", false, true), ("s r  ek d", false, false)])
  func theHookOfTheWalk(hooks: String, isInStartHook: Bool, isInEndHook: Bool) {
    var replayer = Replayer(form: .v69, options: ReplayOptions(), recordsWindows: true)
    let recording = Marbles("mm own : \(hooks)")
    replayer.consume(recording.events)
    replayer.finish()
    let invalidations = replayer.takeWindows().flatMap(\.operations).compactMap { operation in
      if case .invalidate(let invalidation) = operation.kind { return invalidation }
      return nil
    }
    #expect((invalidations.last?.startWalk != nil) == isInStartHook)
    #expect((invalidations.last?.endWalk != nil) == isInEndHook)
  }
}
