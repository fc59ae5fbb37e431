// Recorded windows: which orders their times allow, what one leaves to the next, and what is said of it.

import Forms
import GPCProtocol
import KVMEvents
import Results
import Synchronization
import Testing

@testable import Explore

@Suite struct WindowExplorerTests {
  private func explored(
    _ form: ProtocolForm, _ drawings: String..., deltaNs: Int64? = 0, limits: SearchLimits = SearchLimits()
  ) -> TraceExploration {
    var settings = WindowExplorer.Settings(
      order: deltaNs.map { .recorded(MomentOrder(deltaNs: $0)) } ?? .program)
    settings.limits = limits
    var explorer = WindowExplorer(form, settings) { "task\($0)" }
    // Each window behind the one before.
    for drawing in drawings { explorer.explore(WindowDrawing(drawing).window) }
    return explorer.exploration
  }

  private func verdicts(_ exploration: TraceExploration) -> Set<SearchVerdict> { Set(exploration.verdictCounts.keys) }

  /// The cache is activated: valid.
  private static let activated = "ioctl : a A"

  // v2 walks in the end hook only, so a check between the hooks says yes (kvm list, 2024-08-20: "existing valid caches
  // between start and end"), before the pages are freed or after. Whether one can lie there is a question of time:
  //
  // mm   : (  ) [  ]        the window is [)  [], one column of 1000 ns each
  // user :      cC          inside, before, behind, and before within the clock's uncertainty
  @Test(
    arguments: [
      ("mm own : (  )     [  ]\nuser :        cC", 0, [SearchVerdict.contract, .stale]),
      ("mm own :     (  )     [  ]\nuser :  cC", 0, []),
      ("mm own : (  )  [  ]\nuser :               cC", 0, []),
      // Inside the hooks is not between them.
      ("mm own : (       )     [  ]\nuser :     cC", 0, []),
      ("mm own protection : (  )  [         ]\nuser :             cC", 0, []),
      ("mm own :     (  )     [  ]\nuser :  cC", 10_000, [.contract, .stale]),
      ("mm own :     (  )     [  ]\nuser :  cC", nil, [.contract, .stale]),
    ] as [(String, Int64?, [SearchVerdict])])
  func checkAndContractWindow(drawing: String, deltaNs: Int64?, expected: [SearchVerdict]) {
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), Self.activated, drawing, deltaNs: deltaNs)) == Set(expected))
    #expect(verdicts(explored(.v69, Self.activated, drawing, deltaNs: deltaNs)).isEmpty)
  }

  // The same check over a cache that an earlier window left inactive, and over one that it left invalid: says no in
  // every order.
  @Test func whatAWindowLeaves() {
    let inside = "mm own : (  )     [  ]\nuser :        cC"
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), "ioctl : a A", "ioctl : z Z", inside)).isEmpty)
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), "ioctl : a A", "mm own : ( ) [ ]", inside)).isEmpty)
    // Another page's invalidation takes nothing from it.
    #expect(
      verdicts(explored(.builtIn("dwmw2-v2"), "ioctl : a A", "mm left : ( ) [ ]", inside)) == [.contract, .stale])
  }

  // A page freed while a refresh that looked it up has not tested yet. mainline retries on the count or the seq;
  // hva-based, without a memslot, the seq does not move, and an invalidation that is over before the test is not seen
  // (traces/stale-hva: proved line by line there).
  @Test func noMemslotMovesNoSeq() {
    let drawing = "vcpu : r           R\nmm own nomemslot :    (  ) [  ]"
    for (isGPABased, expected) in [(true, Set<SearchVerdict>()), (false, [.stale])] {
      var settings = WindowExplorer.Settings(order: .recorded(MomentOrder(deltaNs: 0)))
      settings.counterexamplesMax = 1
      var explorer = WindowExplorer(.v69, settings) { "task\($0)" }
      let text = isGPABased ? drawing.replacing(" nomemslot", with: "") : drawing
      explorer.explore(WindowDrawing(text, isGPABased: isGPABased).window)
      #expect(verdicts(explorer.exploration) == expected)
    }
  }

  // A change of protection frees nothing: v2's late walk is no use after free then, but a check inside is a breach of
  // contract still.
  @Test func protectionFreesNothing() {
    let drawing = "vcpu : r           R\nmm own protection :    (  ) [  ]"
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), "mm own : ( ) [ ]", drawing)).isEmpty)
    let freeing = drawing.replacing(" protection", with: "")
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), "mm own : ( ) [ ]", freeing)) == [.stale])
  }

  // The table must not say of a change of protection that it frees pages.
  @Test func protectionIsToldAsSuch() throws {
    let drawing = "vcpu : r                R\nmm left protection : (  ) [  ]"
    let found = try #require(explored(.v69, drawing).counterexamples().first)
    let text = found.counterexample.timeline(.line, width: 200).joined(separator: "\n")
    #expect(text.contains("changes the PTEs, frees nothing"))
    #expect(!text.contains("frees the pages"))
  }

  // Unrelated invalidations on either side that go on for ever: mainline never gets done, nor do forms whose covering
  // range they widen (the hull that never shrinks); v1 looks at the page alone. One on the page itself is no complaint.
  @Test func invalidationsElsewhereForEver() {
    let around = "vcpu : r                R\nmm left : (  ) [  ]\nmm2 right :  (  ) [  ]"
    #expect(verdicts(explored(.v69, around)) == [.spins])
    #expect(verdicts(explored(.builtIn("seanjc-5"), around)) == [.spins])
    #expect(verdicts(explored(.builtIn("dwmw2-v1"), around)).isEmpty)
    #expect(
      verdicts(explored(.v69, around.replacing("left", with: "own").replacing("right", with: "own"))).isEmpty)
  }

  // What a window says is searched once, and answered for every other of the same order.
  @Test func sameWindowsAreSearchedOnce() {
    let drawing = "mm own : (  )     [  ]\nuser :        cC"
    let (activated, form) = (Self.activated, ProtocolForm.builtIn("seanjc-1"))
    // The second activation starts from another state than the first; from the third on nothing is new.
    let twice = explored(form, activated, drawing, activated, drawing)
    let thrice = explored(form, activated, drawing, activated, drawing, activated, drawing)
    #expect(thrice.stateCount == twice.stateCount)
    #expect(thrice.repeatedCount >= twice.repeatedCount + 2)
  }

  // The recorded returns of mainline's refreshes hold under mainline; under another form a refresh may be late, and
  // what follows on its task with it. v2 sleeps until the invalidation is over, which the recording has behind the
  // refresh's return.
  @Test func otherFormsMayBeLate() {
    let drawing = "vcpu :        r R cC\nmm own : (  )          [  ]"
    let exploration = explored(.builtIn("dwmw2-v2"), drawing)
    #expect(exploration.truncatedCount == 0)
    #expect(exploration.deadEndCount == 0 && exploration.endlessCount == 0)
    // mainline cannot have returned in between: no order of its steps is that recording's.
    let endless = explored(.v69, drawing)
    #expect(endless.endlessCount == 1)
    // Not to be told as clean, nor with the exit status of it.
    #expect(!endless.isComplete)
    #expect(!endless.text().joined().contains("clean"))
  }

  // The recording shows the walk, so the count is up, before the refresh is entered (docs/evidence.md; form by form:
  // count += 1, then the rest of the start hook). v3.3 then waits to the end hook, and the check inside says no; had
  // the refresh come first, it would say yes.
  @Test func countIsUpByTheWalk() {
    let drawing = "mm own : (W           )      [  ]\nvcpu :      r                        R\nuser :                 cC"
    let late = drawing.replacing("W           ", with: "           w")
    let early = drawing.replacing("W", with: "w")
    #expect(!verdicts(explored(.builtIn("dwmw2-v3.3"), early)).contains(.contract))
    #expect(verdicts(explored(.builtIn("dwmw2-v3.3"), late)).contains(.contract))
  }

  // A kernel that walks in the end hook: where its walk's event lies says nothing of the count, which goes up in the
  // start hook all the same (form by form: count += 1 is in the start hook). A check between the hooks says yes under
  // v2.
  @Test(arguments: ["mm own : (  )     [ w ]", "mm own nowalk : (  )     [   ]"])
  func theWalksEventInTheEndHook(mm: String) {
    for check in ["    cC", "       cC"] {
      let exploration = explored(.builtIn("dwmw2-v2"), Self.activated, "\(mm)\nuser : \(check)")
      #expect(verdicts(exploration) == [.contract, .stale] && exploration.isComplete)
      #expect(exploration.endlessCount == 0 && exploration.deadEndCount == 0)
      #expect(verdicts(explored(.v69, Self.activated, "\(mm)\nuser : \(check)")).isEmpty)
    }
  }

  // v3.3 waits for what is pending. A refresh inside the start hook may come before the count is up; then the check
  // behind it says yes. Where the walk's event lies in the start hook before the refresh, it comes behind
  // (countIsUpByTheWalk).
  @Test func countGoesUpAnywhereInTheStartHook() {
    let drawing = """
      mm own : (             )      [ w ]
      vcpu :      r                        R
      user :                 cC
      """
    #expect(verdicts(explored(.builtIn("dwmw2-v3.3"), drawing)).contains(.contract))
  }

  // The thread refreshes another cache before it checks this one. Under v2 that refresh may be late, and the check with
  // it: between the hooks.
  @Test func refreshOfAnotherCacheMakesItsThreadLate() {
    let drawing = "vcpu : o O cC\nmm own :          (  )     [  ]"
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), Self.activated, drawing)) == [.contract, .stale])
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), Self.activated, drawing.replacing("o O", with: "   "))).isEmpty)
    #expect(verdicts(explored(.v69, Self.activated, drawing)).isEmpty)
  }

  // v2's covering range takes an invalidation on either side; two on the same side, or one, do nothing. Any two of
  // three, and any refresh.
  @Test func invalidationsElsewhereAnyTwoAnyRefresh() {
    let three = "vcpu : r                R\nmm left : (  ) [  ]\nmm2 left :  (  ) [  ]\nmm3 right :   (  ) [  ]"
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), three)) == [.spins])
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), three.replacing("right", with: "left"))).isEmpty)
    let second = "vcpu : r    R r        R\nmm left :   (  )           [  ]\nmm2 right :          (  ) [  ]"
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), second)) == [.spins])
  }

  private static let invalidated = "mm own : ( ) [ ]"

  // The covering range only grows until the count is 0. left is over before the refresh begins, but while right is in
  // flight the range still reaches across the page: v3.3 waits, and continue takes an error pfn for the page; v3.2
  // takes gpc->lock twice. Not so where the count was 0 in between (traces/history/range-of-the-ended: proved line by
  // line there).
  @Test func rangeOfTheEnded() {
    let overlapping = "mm right : (  )                  [  ]\nmm2 left :    ( )  [ ]\nvcpu :                     r    R"
    let apart = "mm right :           (  )        [  ]\nmm2 left : ( ) [ ]\nvcpu :                     r    R"
    let chain =
      "mm3 right :           (  )       [  ]\nmm left : ( ) [ ]\nmm2 right :   (  )   [ ]\nvcpu :                     r    R"
    for (form, expected) in [
      (ProtocolForm.builtIn("dwmw2-v3.3"), SearchVerdict.stale), (.builtIn("dwmw2-v3.2"), .deadlock),
    ] {
      #expect(verdicts(explored(form, Self.activated, Self.invalidated, overlapping)) == [expected])
      #expect(verdicts(explored(form, Self.activated, Self.invalidated, chain)) == [expected])
      #expect(verdicts(explored(form, Self.activated, Self.invalidated, apart)).isEmpty)
    }
    for form in [ProtocolForm.builtIn("dwmw2-v1"), .builtIn("dwmw2-v2"), .builtIn("dwmw2-v3.4")] {
      #expect(verdicts(explored(form, Self.activated, Self.invalidated, overlapping)).isEmpty)
    }
  }

  // Those that are over are kept only where there is a range, and where they could bring it over the page.
  @Test(arguments: [
    (ProtocolForm.builtIn("dwmw2-v3.3"), "left", 3), (.builtIn("seanjc-3"), "left", 3),
    (.builtIn("dwmw2-v3.3"), "right", 2), (.builtIn("dwmw2-v1"), "left", 2),
    (.builtIn("v5.17"), "left", 2), (.v69, "left", 2),
  ])
  func rangeOfTheEndedMakesNoOtherWindowLarger(form: ProtocolForm, side: String, count: Int) {
    let drawing = "mm right : (  )                  [  ]\nmm2 \(side) :    ( )  [ ]\nvcpu :                     r    R"
    let view = CacheWindow(
      WindowOperations(WindowDrawing(drawing).window, form: form), cache: 1, pages: [WindowDrawing.page],
      order: .recorded(MomentOrder(deltaNs: 0)), form: form)
    #expect(view.programs.joined().count == count)
  }

  // A deactivation has refresh_lock, so the recorded kernel enters the refresh behind it. Under another form, that may
  // come first, as soon as it is asked for: v1 looks at no count, maps the page between the hooks, and the check there
  // says yes.
  @Test func refreshBeginsAtItsRequest() {
    let drawing =
      "mm own : (  )                [  ]\nioctl :     z            Z\nvcpu :        q                       r  R\nuser :               cC"
    let later = drawing.replacing("q", with: " ")
    #expect(verdicts(explored(.builtIn("dwmw2-v1"), Self.activated, Self.invalidated, drawing)) == [.contract, .stale])
    #expect(verdicts(explored(.builtIn("dwmw2-v1"), Self.activated, Self.invalidated, later)).isEmpty)
    #expect(verdicts(explored(.v69, Self.activated, Self.invalidated, drawing)).isEmpty)
    #expect(explored(.v69, Self.activated, Self.invalidated, drawing).endlessCount == 0)
  }

  // The cache was valid or was not; had it not been, mainline could not have returned while the count was up. So it
  // was.
  @Test func startThatCannotHaveBeen() {
    let exploration = explored(.v69, "vcpu :        r R cC\nmm left : (  )          [  ]")
    #expect(exploration.endlessCount == 0)
    #expect(exploration.isComplete)
  }

  // Nothing is known of the cache, and its first operation is a deactivation: what comes behind it is searched all the
  // same.
  @Test func deactivationFirst() {
    let drawing = "ioctl : z Z a A\nmm own :            (  )     [  ]\nuser :                    cC"
    #expect(verdicts(explored(.builtIn("dwmw2-v2"), drawing)) == [.contract, .stale])
  }

  @Test func doubtIsNotSearched() {
    var explorer = WindowExplorer(.builtIn("dwmw2-v2"), WindowExplorer.Settings(order: .program)) { "task\($0)" }
    explorer.explore(WindowDrawing(Self.activated).window)
    explorer.explore(
      RecordedWindow(vm: 1, operations: WindowDrawing("mm own : ( ) [ ]").operations, doubt: .lostEvents))
    let inside = WindowDrawing("mm own : (  )     [  ]\nuser :        cC").window
    explorer.explore(inside)
    let exploration = explorer.exploration
    #expect(exploration.skipped == [.lostEvents: 1])
    #expect(!exploration.isComplete)
    // Not known any more whether it is valid: both are tried.
    #expect(verdicts(exploration) == [.contract, .stale])
    #expect(exploration.text().contains { $0.contains("not searched: 1 windows (1 with lost events)") })
  }

  // More threads than the model has, all at once: said, not crashed.
  @Test func twoHundredThreads() {
    let lines = ["vcpu : r                R"] + (0..<200).map { "mm\($0) own : (  ) [  ]" }
    let exploration = explored(.v69, lines.joined(separator: "\n"))
    #expect(exploration.truncatedCount == 1)
    #expect(exploration.bounds[.size] == 1)
    #expect(exploration.text().contains { $0.hasPrefix("TRUNCATED") })
  }

  // Two hundred threads one after the other are few at a time.
  @Test func threadsThatDoNotOverlapSharePlaces() {
    let lines = (0..<200).map { "mm\($0) own : \(String(repeating: " ", count: $0 * 12))(  ) [  ]" }
    let exploration = explored(.v69, Self.activated, lines.joined(separator: "\n"))
    #expect(exploration.truncatedCount == 0)
  }

  @Test func budget() {
    let drawing = "vcpu : r                R\nmm own : (  ) [  ]\nmm2 wide :  (  ) [  ]"
    let exploration = explored(.builtIn("seanjc-3"), drawing, limits: SearchLimits(statesMax: 10))
    #expect(exploration.truncatedCount == 1)
    #expect(exploration.bounds[.states(10)] == 1)
    #expect(exploration.preemptionsComplete != nil)
    #expect(exploration.text().contains { $0.contains("random walks each, seed 1") })
  }

  // Windows after the deadline are cut off, not clean; of those before, all is known as without it.
  @Test func deadline() {
    let drawing = "mm own : (  )     [  ]\nuser :        cC"
    let isOver = Mutex(false)
    var settings = WindowExplorer.Settings(order: .recorded(MomentOrder(deltaNs: 0)))
    settings.limits.deadline = Deadline(seconds: nil) { isOver.withLock { $0 } }
    var explorer = WindowExplorer(.builtIn("dwmw2-v2"), settings) { "task\($0)" }
    for drawing in [Self.activated, drawing] { explorer.explore(WindowDrawing(drawing).window) }
    #expect(explorer.exploration.isComplete && explorer.exploration.verdictCounts[.contract] == 1)
    isOver.withLock { $0 = true }
    explorer.explore(WindowDrawing(drawing).window)
    let exploration = explorer.exploration
    #expect(exploration.windowCount == 3 && exploration.completeCount == 2 && exploration.truncatedCount == 1)
    #expect(exploration.bounds == [.interrupt: 1] && exploration.verdictCounts[.contract] == 1)
    let text = exploration.text()
    #expect(text.contains { $0.hasPrefix("cut off: 1 windows (1 at the interrupt)") })
    #expect(!text.contains { $0.contains("of their orders seen") }, "nothing was seen of them")
    #expect(exploration.counterexamples().map(\.window).contains(2))
  }

  // The counterexample of a window: its schedule shows the verdict, and without any one thing the window passes.
  @Test(arguments: [ProtocolForm.builtIn("dwmw2-v2"), .builtIn("dwmw2-v1"), .builtIn("dwmw2-v3.3")])
  func counterexampleIsMinimalAndReproduces(form: ProtocolForm) throws {
    let exploration = explored(
      form, Self.activated,
      """
      mm own    : (  )        [  ]       (  ) [  ]
      user      :       c C
      vcpu      :               r    R
      mm2 right :     (  )  [  ]
      """, deltaNs: 2000)
    let found = exploration.counterexamples()
    #expect(Set(found.map(\.counterexample.verdict)) == verdicts(exploration))
    for found in found {
      let counterexample = found.counterexample
      #expect(counterexample.reproduces())
      for smaller in counterexample.scenario.smaller() {
        let explorer = Explorer(form, smaller, grain: .lockSection)
        let exploration = explorer.explore(verdicts: counterexample.verdict == .spins ? .all : .safety)
        #expect(
          !exploration.verdicts.contains(counterexample.verdict) || exploration.stuckKind != counterexample.stuckKind)
      }
    }
  }
}
