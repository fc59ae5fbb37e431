// Files of forms: what is read, and what is said of one that cannot be.

import Forms
import GPCProtocol
import Testing

@Suite struct FormFileTests {
  private func fault(_ toml: String) -> FormFault? {
    do {
      _ = try FormFile(toml: toml, known: ProtocolForm.all)
      return nil
    } catch {
      return error
    }
  }

  /// A form with these lines behind its id.
  private func form(_ id: String, _ rest: String) -> String {
    "[[form]]\nid = \"\(id)\"\ntitle = \"a title\"\nsource = \"a mail\"\n\(rest)\n"
  }

  @Test func rulesAddToThoseOfTheBase() throws {
    let text =
      form("a", "base = \"seanjc-4\"\nrules.walk.place = \"end-hook-after-count\"\nrules.has_refresh_lock = false")
      + form("b", "base = \"a\"\n[form.rules]\nwait = \"none\"")
    let forms = try FormFile(toml: text, known: ProtocolForm.all).forms
    var rules = ProtocolForm.builtIn("seanjc-4").rules
    rules.walk.place = .endHookAfterCount
    rules.hasRefreshLock = false
    #expect(forms[0].rules == rules)
    rules.wait = .none
    #expect(forms.map(\.id) == ["a", "b"] && forms[1].rules == rules && forms[1].base == "a")
  }

  @Test func mainlineIsTheNewestOfThem() throws {
    #expect(ProtocolForm.mainline.id == "v7.3" && ProtocolForm.named("mainline")?.id == "v7.3")
    let forms = try FormFile(toml: form("a", "base = \"mainline\""), known: ProtocolForm.all).forms
    #expect(forms[0].rules == ProtocolForm.mainline.rules)
  }

  @Test func withoutABaseItIsV69() throws {
    #expect(try FormFile(toml: form("a", "")).forms[0].rules == ProtocolForm.v69.rules)
  }

  // The protocol page, by age.
  @Test func publishedFormsByAge() {
    #expect(
      ProtocolForm.all.map(\.id) == [
        "v5.17", "v5.19", "v6.1", "v6.2", "v6.9", "v7.3", "dwmw2-v1", "dwmw2-v2", "dwmw2-v3.1", "dwmw2-v3.2",
        "dwmw2-v3.3", "dwmw2-v3.4",
        "seanjc-1", "seanjc-2", "seanjc-3", "seanjc-4", "seanjc-5",
      ])
  }

  /// Every value of every rule is a word of its own, and changes that rule of some form.
  @Test func everyRuleCanBeSet() throws {
    for rule in Rule.all {
      for value in rule.valueWords {
        let read = try FormFile(toml: form("a", "rules.\(rule.name) = \(value)")).forms[0].rules
        let others = try rule.valueWords.filter { $0 != value }.map {
          try FormFile(toml: form("a", "rules.\(rule.name) = \($0)")).forms[0].rules
        }
        #expect(!others.contains(read), "\(rule.name) = \(value)")
      }
    }
  }

  @Test func whatIsWrongIsTold() {
    #expect(fault("") == .noForm)
    #expect(fault("form = 3") == .noForm)
    #expect(fault("form = [3]") == .noForm)
    #expect(fault("form = []") == .noForm)
    #expect(fault(form("a", "") + form("a", "")) == .repeatedID("a"))
    #expect(fault(form("v6.9", "")) == .repeatedID("v6.9"))
    for id in ["", "all", "recorded", "mainline", "a,b", "a/b", "a b", String(repeating: "a", count: 33)] {
      guard case .badID = fault(form(id, "")) else {
        Issue.record("\(id) is no bad id")
        continue
      }
    }
    #expect(fault(form("a", "base = \"b\"") + form("b", "")) == .unknownBase(form: "a", base: "b"))
    #expect(fault(form("a", "rules.walks = true")) == .unknownRule(form: "a", rule: "walks"))
    #expect(fault(form("a", "rules.walk.places = true")) == .unknownRule(form: "a", rule: "walk.places"))
    #expect(fault(form("a", "rules.walk = \"start-hook\"")) == .unknownRule(form: "a", rule: "walk"))
    #expect(fault(form("a", "rules.walk.place = \"start\"")) == .wrongValue(form: "a", rule: "walk.place"))
    #expect(fault(form("a", "rules.walk.tests_pfn = \"true\"")) == .wrongValue(form: "a", rule: "walk.tests_pfn"))
    #expect(fault(form("a", "rules.wait = 3")) == .wrongValue(form: "a", rule: "wait"))
    #expect(fault(form("a", "rules.wait.none = true")) == .unknownRule(form: "a", rule: "wait.none"))
  }

  private static let head = "[[form]]\nid = \"a\"\n"

  @Test(arguments: [
    "[[form]]", "[[form]]\nid = 3", "[[form]\nid = 3", "a = 1", "\u{0}", head + "\u{0}", "\\u001b[2J", "= =",
    head + "source = \"b\"",
    head + "title = \"\\u0007\"\nsource = \"b\"", head + "title = \"\"\nsource = \"\"\nrules = 3",
    head + "title = \"\"\nsource = \"\"\nrule.wait = \"none\"", "[[form]]\nid = \"a\nb\"",
  ])
  func malformed(_ text: String) {
    guard case .malformed(let reason) = fault(text) else {
      Issue.record("\(text) is not malformed: \(String(describing: fault(text)))")
      return
    }
    #expect(!reason.isEmpty && !reason.contains("\n"))
  }
}
