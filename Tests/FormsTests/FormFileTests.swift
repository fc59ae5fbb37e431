// Files of forms: what is read, and what is said of one that cannot be.

import Forms
import GPCProtocol
import Testing

@Suite struct FormFileTests {
  private func fault(_ toml: String) -> FormFault? {
    do {
      _ = try FormFile(toml: toml, known: ProtocolForm.all, name: "mine")
      return nil
    } catch {
      return error
    }
  }

  private func kind(_ toml: String) -> FormFault.Kind? { fault(toml)?.kind }

  /// A form with these lines behind its id.
  private func form(_ id: String, _ rest: String) -> String {
    "[[form]]\nid = \"\(id)\"\ntitle = \"a title\"\nsource = \"a mail\"\n\(rest)\n"
  }

  @Test func rulesAddToThoseOfTheBase() throws {
    let text =
      form("a", "from = \"seanjc-2\"\nrules.walk.place = \"end-hook-after-count\"\nrules.has_refresh_lock = false")
      + form("b", "from = \"a\"\n[form.rules]\nwait = \"none\"")
    let forms = try FormFile(toml: text, known: ProtocolForm.all).forms
    var rules = ProtocolForm.builtIn("seanjc-2").rules
    rules.walk.place = .endHookAfterCount
    rules.hasRefreshLock = false
    #expect(forms[0].rules == rules)
    rules.wait = .none
    #expect(forms.map(\.id) == ["a", "b"] && forms[1].rules == rules && forms[1].base == "a")
  }

  @Test func mainlineIsTheNewestOfThem() throws {
    #expect(ProtocolForm.mainline.id == "v7.3" && ProtocolForm.named("mainline")?.id == "v7.3")
    let forms = try FormFile(toml: form("a", "from = \"mainline\""), known: ProtocolForm.all).forms
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
        "seanjc-1", "seanjc-2", "seanjc-3", "seanjc-4", "seanjc-5", "seed-1", "seed-2", "seed-atomic", "both-walks",
        "dwmw2-rwlock", "itazur-1", "itazur-2", "griffoul-4",
      ])
  }

  /// Every value of every rule is a word of its own, and changes that rule of some form.
  @Test func everyRuleCanBeSet() {
    for rule in Rule.all {
      let set = rule.values.map { value in
        var rules = ProtocolRules()
        rule.set(value, in: &rules)
        #expect(rule.value(in: rules) == value)
        #expect(!rule.statement(value).isEmpty)
        return rules
      }
      #expect(Set(set).count == rule.values.count, "\(rule.name)")
      #expect(Set(rule.values.map(rule.statement)).count == rule.values.count, "\(rule.name)")
    }
  }

  @Test func whatIsWrongIsTold() {
    #expect(kind("") == .noForm)
    #expect(kind("form = 3") == .noForm)
    #expect(kind("form = [3]") == .noForm)
    #expect(kind("form = []") == .noForm)
    #expect(kind(form("a", "") + form("a", "")) == .repeatedID("a"))
    #expect(kind(form("v6.9", "")) == .repeatedID("v6.9"))
    for id in ["", "all", "recorded", "mainline", "a,b", "a/b", "a b", String(repeating: "a", count: 33)] {
      #expect(kind(form(id, "")) == .badID(id))
    }
    #expect(kind(form("a", "rules.walks = true")) == .unknownRule(form: "a", rule: "walks"))
    #expect(kind(form("a", "rules.walk.places = true")) == .unknownRule(form: "a", rule: "walk.places"))
    #expect(kind(form("a", "rules.walk = \"start-hook\"")) == .unknownRule(form: "a", rule: "walk"))
    #expect(kind(form("a", "rules.walk.place = \"start\"")) == .wrongValue(form: "a", rule: "walk.place"))
    #expect(kind(form("a", "rules.walk.tests_pfn = \"true\"")) == .wrongValue(form: "a", rule: "walk.tests_pfn"))
    #expect(kind(form("a", "rules.wait = 3")) == .wrongValue(form: "a", rule: "wait"))
    #expect(kind(form("a", "rules.wait.none = true")) == .unknownRule(form: "a", rule: "wait.none"))
  }

  // MARK: One form, without a table of its own

  @Test func aFileCanBeOneForm() throws {
    let toml = "from = \"seanjc-1\"\nrules.wait = \"spin-on-count\"\n"
    let forms = try FormFile(toml: toml, known: ProtocolForm.all, name: "my_patch").forms
    #expect(forms.map(\.id) == ["my-patch"] && forms[0].rules == ProtocolForm.builtIn("seanjc-2").rules)
    #expect(forms[0].title == "told from seanjc-1" && forms[0].source == "my-patch.toml")
    let named = try FormFile(toml: "id = \"b\"\n" + toml, known: ProtocolForm.all, name: "a").forms
    #expect(named.map(\.id) == ["b"])
  }

  // docs/forms.md: a file to start from.
  @Test(arguments: ProtocolForm.all.map(\.id)) func everyBuiltInFileReadBackEqualsIt(_ id: String) throws {
    let form = ProtocolForm.builtIn(id)
    let read = try #require(try FormFile(toml: form.toml, known: ProtocolForm.all).forms.first)
    #expect(read.rules == form.rules && read.title == form.title && read.source == form.source)
    #expect(read.base == form.base ?? "v6.9")
  }

  @Test func quotesAreKept() throws {
    let form = ProtocolForm(id: "q", title: #"a "quoted" \ title"#, source: "'s'", rules: ProtocolRules())
    let read = try #require(try FormFile(toml: form.toml, known: ProtocolForm.all).forms.first)
    #expect(read.title == form.title && read.source == form.source)
  }

  // MARK: Errors name key, line and the values there are

  @Test func theLineOfARule() {
    let toml = """
      # a comment
      from = "v6.9"
      title = \"\"\"
      rules.wait = "not a rule"\"\"\"
      [rules]
      range = "none"
      [rules.walk]
      place = "start"

      """
    let fault = fault(toml)
    #expect(fault?.line == 8)
    #expect(
      fault?.sentence == """
        line 8: the rule walk.place of mine is none of "start-hook", "end-hook-before-count", "end-hook-after-count", \
        "both-hooks"
        """)
    #expect(self.fault("rules = { wait = 3 }")?.line == 1)
    #expect(self.fault(form("a", "") + form("b", "rules.wait = 3"))?.line == 10)
    #expect(
      self.fault("frm = \"v6.9\"")?.sentence
        == "line 1: the file has 'frm', which is none of id, title, source, from, rules, form")
  }

  @Test func aRuleTwice() {
    let twice = fault("rules.wait = \"none\"\nrules.range = \"kept\"\nrules.wait = \"spin-on-count\"\n")
    #expect(twice?.sentence == "line 3: rules.wait is there twice, first in line 1")
    let inTable = fault("rules.wait = \"none\"\n[rules]\nwait = \"none\"\n")
    #expect(inTable?.line == 2 || inTable?.line == 3)
  }

  @Test func unknownOrCircularBase() {
    let unknown = fault(form("a", "from = \"v6.8\""))
    #expect(unknown?.line == 5)
    #expect(
      unknown?.sentence.hasPrefix(
        "line 5: a is told from 'v6.8', which is no form above it, nor a built-in one: v5.17, v5.19, v6.1, ") == true)
    guard case .unknownBase = kind(form("a", "from = \"b\"") + form("b", "")) else {
      Issue.record("a form below is no base")
      return
    }
    #expect(kind(form("a", "from = \"a\"")) == .cycle(["a", "a"]))
    #expect(kind("from = \"mine\"") == .cycle(["mine", "mine"]))
    let three = form("a", "from = \"b\"") + form("b", "from = \"c\"") + form("c", "from = \"a\"")
    #expect(fault(three)?.sentence == "line 5: from goes in a circle: a, from b, from c, from a")
    // The first form leads into a circle that it is not in.
    guard case .unknownBase = kind(form("a", "from = \"b\"") + form("b", "from = \"c\"") + form("c", "from = \"b\""))
    else {
      Issue.record("no end")
      return
    }
  }

  @Test func valuesThatExcludeEachOther() {
    let both = fault("rules.range = \"kept\"\nrules.snapshot = \"loop-top\"\nrules.retry.in_flight = \"pending\"\n")
    #expect(
      both?.sentence == """
        line 3: mine cannot have rules.retry.in_flight = "pending" with rules.range = "kept" (line 1): it reads the \
        fields of the range one by one
        """)
    let ofBase = fault("from = \"seanjc-3\"\nrules.range = \"none\"\n")
    #expect(
      ofBase?.sentence == """
        line 2: mine cannot have rules.range = "none" with rules.wait = "spin-on-pending" (of the form that it is told \
        from): it waits while the range covers the uhva
        """)
  }

  @Test(arguments: ProtocolForm.all.map(\.id)) func noPublishedFormExcludesItself(_ id: String) {
    let rules = ProtocolForm.builtIn(id).rules
    #expect(RuleExclusion.all.filter { $0.holds(for: rules) }.map(\.reason) == [])
  }

  private static let head = "[[form]]\nid = \"a\"\n"

  @Test(arguments: [
    "[[form]]", "[[form]]\nid = 3", "[[form]\nid = 3", "a = 1", "\u{0}", head + "\u{0}", "\\u001b[2J", "= =",
    head + "source = \"b\"",
    head + "title = \"\\u0007\"\nsource = \"b\"", head + "title = \"\"\nsource = \"\"\nrules = 3",
    head + "title = \"\"\nsource = \"\"\nrule.wait = \"none\"", "[[form]]\nid = \"a\nb\"",
  ])
  func malformed(_ text: String) {
    let sentence = fault(text)?.sentence
    #expect(sentence?.isEmpty == false && sentence?.contains("\n") == false)
  }
}
