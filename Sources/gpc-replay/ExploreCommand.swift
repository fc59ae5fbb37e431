// `explore`: other orders of the same steps, of a recording or of a built-in scenario.

import ArgumentParser
import Explore
import Forms
import GPCProtocol
import KVMEvents
import Pipeline
import Report
import TextLayout

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Search every order of the steps of a recording, or of a small scenario, for errors of a form.",
    discussion: """
      A recording is searched window by window: stretches between two moments at which no invalidation is open and no refresh under \
      way. Inside them the tasks' steps are reordered as program order, locks and the recorded times allow.

      Example:
        gpc-replay explore traces/missed/contract/trace.txt.zst --protocol dwmw2-v2
        gpc-replay explore --scenario warm --protocol dwmw2-v2
      """)

  @Argument(help: "A recorded trace, or a database written by gpc-replay.")
  var trace: String?

  @Option(
    help: "Search a built-in scenario instead of a recording: \(Scenario.builtIn.map(\.name).joined(separator: ", ")).")
  var scenario: String?

  @Option(
    name: [.customLong("form"), .customLong("protocol")],
    help: "Published forms, or files of forms (docs/forms.md), separated by commas; gpc-replay protocols lists them.")
  var forms = FormsArgument([.v69])

  @OptionGroup var kernel: KernelFormArguments

  @Option(help: "The memory model: sc (sequential consistency) or tso (x86's store buffers).")
  var memory = Memory.sc

  @Flag(help: "With --memory tso: omit the barrier between valid = true and the retry test.")
  var dropBarrier = false

  @Option(
    help:
      "Maximum offset between the clocks of two CPUs; inf keeps only program order. Default: the trace clock's uncertainty.",
    transform: ClockBound.parse)
  var delta: ClockBound?

  @Option(
    help:
      "Where tasks of a scenario may be preempted: section (around lock sections and lockless accesses) or step (anywhere)."
  )
  var grain = GrainArgument.section

  @Option(help: "Search only this window of the recording, counted from 1.")
  var window: Int?

  @Option(name: .customLong("findings"), help: "Number of counterexamples to show for each verdict, or all.")
  var findings = FindingsArgument(max: 1)

  @Flag(help: "Print what was found as one JSON document, without counterexamples (explain --json has them).")
  var json = false

  @Option(help: "Seed for the random walks run after a truncated search.")
  var seed: UInt64 = 1

  @OptionGroup var limits: SearchLimitOptions
  @OptionGroup(title: "Import") var options: ImportOptions

  enum Memory: String, CaseIterable, ExpressibleByArgument { case sc, tso }

  func validate() throws {
    if let window, window < 1 { throw ValidationError("--window starts at 1.") }
    if scenario != nil && kernel.kernel != nil {
      throw ValidationError("--kernel applies to a recording; a scenario has no recorded kernel.")
    }
    if scenario != nil && (window != nil || delta != nil) {
      throw ValidationError("--window and --delta apply to a recording; a scenario has no recorded times.")
    }
    if dropBarrier && memory == .sc { throw ValidationError("--drop-barrier needs --memory tso.") }
    if (trace == nil) == (scenario == nil) {
      throw ValidationError("Give either a recording or --scenario.")
    }
  }

  func run() throws {
    let model: MemoryModel = memory == .sc ? .sequential : dropBarrier ? .tsoWithoutBarrier : .tso
    let forms = try self.forms.read().map { (form: $0.form.under(model), word: $0.word) }
    let status = if let trace { try exploreTrace(trace, forms) } else { try exploreScenario(forms) }
    try status.throwIfAny()
  }

  private func exploreScenario(_ forms: [(form: ProtocolForm, word: String)]) throws -> SearchStatus {
    guard let name = scenario, let scenario = Scenario.named(name) else {
      throw ValidationError("There is no scenario '\(self.scenario ?? "")'; --help lists them.")
    }
    if let other = forms.first(where: { !scenario.isFor($0.form) }) {
      throw ValidationError(
        "\(other.form.id) has no vCPU that copies a pfn, as scenario '\(name)' has (rules.guest_uses_pfn).")
    }
    let interrupt = Interrupt()
    let searchLimits = limits.budget(interrupt).limits()
    var status = SearchStatus()
    var documents: [any Encodable] = []
    for (index, (form, word)) in forms.enumerated() {
      guard status.goesOn(searchLimits.deadline, forms[index...].map(\.form)) else { break }
      let explorer = Explorer(form, scenario, limits: searchLimits, grain: grain.value)
      let exploration = explorer.explore()
      status.add(
        hasVerdicts: exploration.verdicts.contains(where: \.isFault),
        isComplete: exploration.completeness == .complete)
      if json {
        documents.append(exploration.document)
        continue
      }
      if index > 0 { print() }
      for line in folded(exploration.text(), width: Terminal.width) { print(line) }
      for verdict in exploration.verdicts {
        guard let counterexample = explorer.shrunkCounterexample(verdict) else { continue }
        print()
        // Nothing of a scenario has a place in a recording: no word of it is printed.
        let again = again(form, word, "--scenario \(scenario.name)")
        let passes = counterexample.whatPasses(searchLimits)
        for line in counterexample.text(passes, place: .event, again: again, width: Terminal.width) { print(line) }
      }
    }
    if json { try printOut(JSONReport.text(SearchDocuments(forms: documents))) }
    interrupt.deliver()
    return status
  }

  /// - Parameter word: what asks for the form.
  func again(_ form: ProtocolForm, _ word: String, _ what: String) -> String {
    "gpc-replay explore \(what) --protocol \(word)\(form.rules.memory.options)"
  }
}

/// The exit status that searches ask for: 1 for a verdict, 3 for what was not searched to its end.
struct SearchStatus {
  private var hasVerdicts = false
  private var isComplete = true

  mutating func add(hasVerdicts: Bool, isComplete: Bool) {
    self.hasVerdicts = self.hasVerdicts || hasVerdicts
    self.isComplete = self.isComplete && isComplete
  }

  /// Is there time for these forms? If not, they are named.
  mutating func goesOn(_ deadline: Deadline?, _ forms: [ProtocolForm]) -> Bool {
    guard let bound = deadline?.bound else { return true }
    isComplete = false
    printError(
      "gpc-replay: \(Completeness.truncated(bound).words): \(forms.map(\.id).joined(separator: ", ")) not searched.\n")
    return false
  }

  func throwIfAny() throws {
    if hasVerdicts { throw ExitStatus.found.code }
    if !isComplete { throw ExitStatus.unknown.code }
  }
}
