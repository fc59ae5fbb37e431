// The description of a case: `case.toml`.

import GPCProtocol

/// Where a case comes from, how it is run, and what is expected of it. Nothing that a machine can derive from the
/// trace.
package struct CaseDescription: Equatable, Sendable {
  /// One line: what it shows.
  package var title: String
  /// What it shows at length; for a recording made by hand, the proof, line by line.
  package var text: String
  package var origin: Origin
  package var reading = Reading()
  package var search = Search()
  /// Each form, and `recorded`, is in exactly one of them.
  package var expectations: [Expectation]
  package var counts: [Counts]

  /// The name of the recorded kernel's own decisions among the forms.
  package static let recorded = "recorded"

  package init(
    title: String, text: String, origin: Origin, reading: Reading = Reading(), search: Search = Search(),
    expectations: [Expectation], counts: [Counts]
  ) {
    self.title = title
    self.text = text
    self.origin = origin
    self.reading = reading
    self.search = search
    self.expectations = expectations
    self.counts = counts
  }

  /// `[origin]`.
  package struct Origin: Codable, Equatable, Sendable {
    package enum Kind: String, Codable, CaseIterable, Sendable {
      /// A whole recording of a real kernel.
      case recording
      /// Lines of one.
      case cut
      /// By hand.
      case made
    }

    package var kind: Kind
    /// The recording's name; nil: made by hand.
    package var recording: String?
    /// For a cut: which lines of the recording.
    package var lines: String?
    /// For a recording made by hand: the kernel whose layout it has.
    package var kernel: String
    /// What recorded it.
    package var command: String?
    /// What printed the text.
    package var rendering: String
    /// The trace clock.
    package var clock: String
    /// The probe catalogue of its events.
    package var probes: String
    package var licence: String
    /// The commits and mails that it concerns.
    package var sources: [String]?

    package init(
      kind: Kind, recording: String? = nil, lines: String? = nil, kernel: String, command: String? = nil,
      rendering: String, clock: String, probes: String, licence: String, sources: [String]? = nil
    ) {
      self.kind = kind
      self.recording = recording
      self.lines = lines
      self.kernel = kernel
      self.command = command
      self.rendering = rendering
      self.clock = clock
      self.probes = probes
      self.licence = licence
      self.sources = sources
    }
  }

  /// `[import]`: what the recording does not state itself.
  package struct Reading: Codable, Equatable, Sendable {
    package var clock: String?
    package var allowTruncated: Bool?
    /// The published form from which divergences are counted, if the few lines of a case do not show which ran.
    package var kernelForm: String?

    package init(clock: String? = nil, allowTruncated: Bool? = nil, kernelForm: String? = nil) {
      self.clock = clock
      self.allowTruncated = allowTruncated
      self.kernelForm = kernelForm
    }

    enum CodingKeys: String, CodingKey {
      case clock
      case allowTruncated = "allow_truncated"
      case kernelForm = "kernel_form"
    }

    /// The same on the command line of every verb that takes a recording.
    package var arguments: [String] { importArguments + (kernelForm.map { ["--kernel", $0] } ?? []) }

    /// Of these, the options of the import.
    package var importArguments: [String] {
      (clock.map { ["--clock", $0] } ?? []) + (allowTruncated == true ? ["--allow-truncated"] : [])
    }
  }

  /// `[search]`: how other orders are searched.
  package struct Search: Codable, Equatable, Sendable {
    /// As `--delta`: a span with its unit, or `inf`; nil: the clock's own uncertainty.
    package var delta: String?
    /// A `MemoryModel` by its name; nil: `sc`.
    package var memory: String?
    /// States that one search may store; nil: `Self.statesMax`.
    package var statesMax: Int?

    package init(delta: String? = nil, memory: String? = nil, statesMax: Int? = nil) {
      self.delta = delta
      self.memory = memory
      self.statesMax = statesMax
    }

    enum CodingKeys: String, CodingKey {
      case delta, memory
      case statesMax = "states_max"
    }

    /// `memory` as the search takes it. The reader of descriptions admits no other value.
    package var memoryModel: MemoryModel { memory.flatMap { MemoryModel(rawValue: $0) } ?? .sequential }

    /// Enough for every window of up to six operations; a corpus of storms still ends within the minute.
    package static let statesMax = 20_000
  }

  /// `[[expect]]`: forms with the same expectation for the same reason.
  package struct Expectation: Equatable, Sendable {
    package var forms: [String]
    package var verdict: CellVerdict
    package var reason: String

    package init(forms: [String], verdict: CellVerdict, reason: String) {
      self.forms = forms
      self.verdict = verdict
      self.reason = reason
    }
  }

  /// `[[counts]]`: figures that were found without gpc-replay.
  package struct Counts: Equatable, Sendable {
    package var origin: String
    /// Figures that `compare` models for this form; nil: figures of the recording.
    package var form: String?
    package var figures: [Figure]

    package init(origin: String, form: String? = nil, figures: [Figure]) {
      self.origin = origin
      self.form = form
      self.figures = figures
    }

    package struct Figure: Equatable, Sendable {
      package var name: String
      package var value: Int64

      package init(_ name: String, _ value: Int64) {
        self.name = name
        self.value = value
      }
    }
  }

  /// What is expected of a form; nil: no expectation.
  package func expectation(of form: String) -> Expectation? { expectations.first { $0.forms.contains(form) } }
}
