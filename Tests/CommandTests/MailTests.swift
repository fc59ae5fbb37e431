// `--mail` and `--json` of what was found: findings, counterexamples, comparisons.

import Foundation
import RealBinary
import Testing

@Suite struct MailTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String]) throws -> Invocation { try Invocation(arguments, in: folder) }

  private func lines(_ arguments: [String]) throws -> [Substring] {
    let run = try run(arguments)
    #expect(run.status == 0 && run.errorText == "")
    return run.text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// traces/patched/v2-gap/case.toml: the check of lines 143 and 144 between the hooks of 139 to 155.
  @Test func aFindingInTwoColumns() throws {
    let trace = CorpusTrace("v2-gap")
    _ = try run([trace.trace.path] + trace.arguments + ["--db", "t.db"])
    let mail = try lines(["explain", "t.db", "--finding", "1", "--mail"])
    #expect(mail.allSatisfy { $0.count <= 72 })
    let race = mail.filter { $0.hasPrefix("  ") && $0.contains("kvm_") }
    #expect(
      race.prefix(3) == [
        "  kvm_mmu_notifier_invalidate_range_start()", "                            kvm_gpc_check()",
        "  kvm_mmu_notifier_invalidate_range_end()",
      ])
    #expect(mail.contains("                              return = 1 <== here"))
    #expect(mail.contains { $0.hasPrefix("line 143, 249.908655686 (+896.320 us), CPU ") })
    #expect(mail.joined(separator: " ").replacing(#/ +/#, with: " ").contains("that taker-396 is invalidating (["))
    #expect(mail.contains("Command: gpc-replay explain t.db 1 --mail"))
    let json = try #require(
      JSONSerialization.jsonObject(with: run(["explain", "t.db", "--finding", "1", "--json"]).output)
        as? [String: Any])
    #expect(json["kind"] as? String == "contract" && (json["proof"] as? [Any])?.isEmpty == false)
    #expect(try run(["explain", "t.db", "--finding", "99", "--mail"]).status == 2)
    #expect(try run(["explain", "t.db", "--finding", "1", "--mail", "--json"]).status == 64)
  }

  @Test func aCounterexample() throws {
    let trace = CorpusTrace("contract").trace.path
    let searched = try run(["explore", trace, "--form", "dwmw2-v2", "--db", "t.db", "--json"])
    let document = try #require(JSONSerialization.jsonObject(with: searched.output) as? [String: Any])
    let form = try #require((document["forms"] as? [[String: Any]])?.first)
    #expect(searched.status == 1 && form["form"] as? String == "dwmw2-v2")
    #expect((form["verdicts"] as? [String: Int])?.keys.sorted() == ["contract", "stale"])
    let number = try #require(
      try run(["query", "t.db", "SELECT min(id) FROM counterexample", "--csv"]).text.split(whereSeparator: \.isNewline)
        .last)
    let mail = try lines(["explain", "t.db", "--finding", String(number), "--mail"])
    #expect(mail.allSatisfy { $0.count <= 72 } && mail.contains { $0.hasPrefix("dwmw2-v2: ") })
    #expect(mail.contains { $0.contains("kvm_mmu_notifier_invalidate_range_end():") || $0.contains("kvm_gpc_check()") })
    let json = try run(["explain", "t.db", "--finding", String(number), "--json"])
    #expect(json.status == 0 && json.text.contains("\"verdict\" : \"contract\""))
  }

  @Test func aComparison() throws {
    let trace = CorpusTrace("quiet").trace.path
    let mail = try lines(["compare", trace, "--form", "v6.9,seed-2", "--db", ":memory:", "--mail"])
    #expect(mail.allSatisfy { $0.count <= 72 })
    #expect(mail.contains { $0.hasPrefix("  seed-2 ") })
    #expect(try run(["compare", trace, "--mail", "--json"]).status == 64)
  }

  @Test func aScenarioAsJSON() throws {
    let searched = try run(["explore", "--scenario", "cold", "--form", "v6.9,both-walks", "--json"])
    let document = try #require(JSONSerialization.jsonObject(with: searched.output) as? [String: Any])
    let verdicts = (document["forms"] as? [[String: Any]])?.map { ($0["verdicts"] as? [String: Int])?.keys.sorted() }
    #expect(searched.status == 1 && verdicts == [[], ["stale"]])
  }
}
