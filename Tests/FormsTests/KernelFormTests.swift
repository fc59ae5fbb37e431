// Which form is taken for the one that ran (evidence, rule 26).

import Forms
import GPCProtocol
import KVMEvents
import Results
import Testing

@Suite struct KernelFormTests {
  /// The forms with what speaks against them; nothing speaks against those that are not named.
  private func choice(
    _ refuted: [String: Int64], release: String? = nil, movers: [String: Int64] = [:], doubted: [String: Int64] = [:]
  ) -> String {
    let agreements = ProtocolForm.asked.map { form in
      FormAgreement(
        form: form.id, testCount: 9, agreeingTestCount: 9, moverCount: movers[form.id] ?? 0,
        refutedCount: refuted[form.id] ?? 0, doubtedCount: doubted[form.id] ?? 0, event: nil, refutation: nil)
    }
    let kernel = KernelForm(agreements, release: release.flatMap { KernelRelease($0) })
    return "\(kernel.form.id) \(kernel.reason.rawValue)"
  }

  private static let mainlines = ["v5.17", "v5.19", "v6.1", "v6.2", "v6.9", "v7.3"]

  private func all(_ forms: [String], but agreeing: [String] = []) -> [String: Int64] {
    Dictionary(uniqueKeysWithValues: forms.filter { !agreeing.contains($0) }.map { ($0, 1) })
  }

  private func allForms(but agreeing: String...) -> [String: Int64] {
    all(ProtocolForm.asked.map(\.id), but: agreeing)
  }

  /// The ranges of the protocol page; 6.0.7 is the last without ecbcf030b456.
  @Test(arguments: [
    ("5.17.0", "v5.17"), ("5.18.3", "v5.17"), ("5.19", "v5.19"), ("6.0.7", "v5.19"), ("6.0.8", "v6.1"),
    ("6.1.0-56-amd64", "v6.1"), ("6.2", "v6.2"), ("6.8.12", "v6.2"), ("6.9.0", "v6.9"), ("6.12.117+deb12", "v6.9"),
    ("7.2.12", "v6.9"), ("7.3.4", "v7.3"), ("8.0", "v7.3"),
  ])
  func releaseToForm(_ release: String, _ form: String) throws {
    #expect(ProtocolForm.mainline(of: try #require(KernelRelease(release)).version)?.id == form)
    #expect(choice([:], release: release) == "\(form) release")
  }

  @Test func byAge() {
    #expect(ProtocolForm.mainlines.compactMap(\.since) == ProtocolForm.mainlines.compactMap(\.since).sorted())
  }

  @Test func olderThanAllIsNotKnown() throws {
    #expect(ProtocolForm.mainline(of: try #require(KernelRelease("5.16.20")).version) == nil)
    #expect(choice([:], release: "5.16.20") == "v7.3 newest")
  }

  @Test func withoutARelease() {
    #expect(choice([:]) == "v7.3 newest")
    #expect(choice(["v7.3": 1]) == "v6.9 newest")
    // What needs nothing unrecorded goes first, even if it is older.
    #expect(choice([:], movers: ["v7.3": 2, "v6.9": 1]) == "v6.2 newest")
    #expect(choice(all(Self.mainlines, but: ["v6.9"]), movers: ["v6.9": 32]) == "v6.9 newest")
  }

  /// Of a text that does not tell of losses: v7.3 agrees only because an event may be missing.
  @Test func whatNoLossHasToExplainGoesFirst() {
    #expect(choice([:], doubted: ["v7.3": 3]) == "v6.9 newest")
    #expect(choice([:], release: "7.3.4", doubted: ["v7.3": 3]) == "v7.3 release")
    let all = Dictionary(uniqueKeysWithValues: Self.mainlines.map { ($0, Int64(1)) })
    #expect(choice([:], doubted: all) == "v7.3 newest")
  }

  @Test func aPublishedOneNeverBeforeAMainline() {
    #expect(choice(allForms(but: "v5.17", "seanjc-5")) == "v5.17 newest")
    #expect(choice(allForms(but: "v6.9", "seanjc-5"), release: "7.3") == "v6.9 newest")
    #expect(choice(all(Self.mainlines)) == "seanjc-5 published")
    #expect(choice(allForms(but: "dwmw2-v1", "dwmw2-v2"), release: "6.12.117") == "dwmw2-v2 published")
    #expect(choice(allForms(but: "dwmw2-v3.1", "seanjc-1"), movers: ["seanjc-1": 3]) == "dwmw2-v3.1 published")
  }

  @Test func noneAgrees() {
    #expect(choice(allForms(), release: "6.12.117") == "v6.9 release_refuted")
    #expect(choice(allForms()) == "v5.17 fewest_refuted")
    var refuted = allForms().mapValues { _ in Int64(5) }
    refuted["dwmw2-v2"] = 2
    refuted["seanjc-1"] = 2
    #expect(choice(refuted) == "dwmw2-v2 fewest_refuted")
  }
}
