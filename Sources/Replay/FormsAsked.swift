// Every form, compared with every decision that the recording forces (evidence, rule 26).

import GPCProtocol
import KVMEvents
import Operations
import Results

/// The evidence for and against each form so far. Forms with the same rule for a decision are evaluated once.
struct FormsAsked {
  /// What the answer of a retry test depends on.
  struct TestRule: Hashable {
    let retry: RetryRule
    let seq: SequenceRule
    /// Where the flag is cleared.
    let walkIsInEndHook: Bool

    init(_ rules: ProtocolRules) {
      retry = rules.retry
      seq = rules.retry.readsSeq ? rules.seq : .mmu
      walkIsInEndHook = rules.retry.readsFlag && rules.walk.place.isInEndHook
    }

    /// `mmu_invalidate_seq` moves for others than the hooks, too (evidence, rule 23).
    var mayBeMovedUnseen: Bool { retry.readsSeq && seq == .mmu }
  }

  private struct Tally {
    var forced: Int64 = 0
    var agreeing: Int64 = 0
    var movers: Int64 = 0
  }

  /// One decision against a form, and what it depends on.
  struct Against {
    let event: EventID
    let refutation: FormAgreement.Refutation
    let vm: Int32?
    /// None of these invalidations may turn out to be open at the end.
    let invalidations: [Int64]
  }

  let forms: [ProtocolForm]
  /// The distinct rules, and the position of each form's among them.
  let testRules: [TestRule]
  private let testRuleOfForm: [Int]
  private var tallies: [Tally]
  /// Tests for which every form gives the same answer, which is the kernel's.
  private var commonCount: Int64 = 0
  private var against: [[Against]]
  private var againstCounts: [Int64]
  /// Those of them that were withdrawn as a whole.
  private var doubtedCounts: [Int64]

  /// More are only counted: if a gap withdraws all of these, the form is withdrawn with them.
  private static let keptMax = 32

  init(_ forms: [ProtocolForm]) {
    self.forms = forms
    var testRules: [TestRule] = []
    var testRuleOfForm: [Int] = []
    for form in forms {
      let rule = TestRule(form.rules)
      if !testRules.contains(rule) { testRules.append(rule) }
      testRuleOfForm.append(testRules.firstIndex(of: rule) ?? 0)
    }
    self.testRules = testRules
    self.testRuleOfForm = testRuleOfForm
    tallies = Array(repeating: Tally(), count: testRules.count)
    against = Array(repeating: [], count: forms.count)
    againstCounts = Array(repeating: 0, count: forms.count)
    doubtedCounts = againstCounts
  }

  var isEmpty: Bool { forms.isEmpty }

  // MARK: Retry tests

  mutating func agreeAll() { commonCount += 1 }

  mutating func agree(_ rule: Int) {
    tallies[rule].forced += 1
    tallies[rule].agreeing += 1
  }

  mutating func need(moverBy rule: Int) { tallies[rule].movers += 1 }

  mutating func disagree(_ rule: Int, _ decision: @autoclosure () -> Against) {
    tallies[rule].forced += 1
    // Made once: it lists the invalidations around a test, and there may be many.
    var made: Against?
    for form in forms.indices where testRuleOfForm[form] == rule { refute(form, decision(), &made) }
  }

  // MARK: Everything

  mutating func refute(_ decision: @autoclosure () -> Against, where isRefuted: (ProtocolRules) -> Bool) {
    var made: Against?
    for form in forms.indices where isRefuted(forms[form].rules) { refute(form, decision(), &made) }
  }

  private mutating func refute(_ form: Int, _ decision: @autoclosure () -> Against, _ made: inout Against?) {
    againstCounts[form] += 1
    guard against[form].count < Self.keptMax else { return }
    let known = made ?? decision()
    made = known
    against[form].append(known)
  }

  // MARK: What is taken back

  /// Decisions after this event were made without the events in the gap.
  mutating func forget(vms: AffectedVMs, after event: EventID) {
    forget { $0.event > event && $0.vm.map(vms.contains) ?? true && $0.refutation != .function }
  }

  /// The invalidation is open at the recording's end.
  mutating func forget(resting invalidation: Int64) { forget { $0.invalidations.contains(invalidation) } }

  /// Nothing can be said about absent events; a function and a hook are shown by recorded ones.
  mutating func forgetWhatRestsOnAbsence() {
    commonCount = 0
    let before = againstCounts
    for rule in tallies.indices { tallies[rule] = Tally() }
    forget { $0.refutation != .function && $0.refutation != .walk }
    for form in forms.indices { doubtedCounts[form] = before[form] - againstCounts[form] }
  }

  /// What a walk does to the flag depends on refreshes that may be missing: no test counts against a form that reads
  /// it.
  mutating func forgetFlagTests() {
    for form in forms.indices where forms[form].rules.retry.readsFlag {
      let rule = testRuleOfForm[form]
      tallies[rule].forced = tallies[rule].agreeing
      forget({ $0.refutation == .test }, of: form)
    }
  }

  mutating func forget(_ refutation: FormAgreement.Refutation) { forget { $0.refutation == refutation } }

  private mutating func forget(_ isTakenBack: (Against) -> Bool) {
    for form in forms.indices { forget(isTakenBack, of: form) }
  }

  private mutating func forget(_ isTakenBack: (Against) -> Bool, of form: Int) {
    let before = against[form].count
    against[form].removeAll(where: isTakenBack)
    if against[form].count == before { return }
    againstCounts[form] -= Int64(before - against[form].count)
    // Those that were only counted may be of the same kind.
    if against[form].count < Self.keptMax && before == Self.keptMax { againstCounts[form] = Int64(against[form].count) }
  }

  var agreements: [FormAgreement] {
    forms.indices.map { form in
      let tally = tallies[testRuleOfForm[form]]
      let first = against[form].min { $0.event < $1.event }
      return FormAgreement(
        form: forms[form].id, testCount: commonCount + tally.forced, agreeingTestCount: commonCount + tally.agreeing,
        moverCount: tally.movers, refutedCount: againstCounts[form],
        doubtedCount: doubtedCounts[form], event: first?.event, refutation: first?.refutation)
    }
  }
}
