// A kernel function: its name and its lines.

extension ProtocolText {
  package struct Function: Sendable {
    package let name: String
    /// The interval of its operation's span that its lines lie in (`StepTraits.phase`); nil: that of the line that
    /// calls it.
    let phase: UInt8?
    /// Every line of it begins a section: nothing in it is guarded by a lock that is held.
    let isBare: Bool
    let gpc: StepTraits.Cache
    package var lines: [Line]

    init(
      _ name: String, phase: UInt8? = 0, isBare: Bool = false, gpc: StepTraits.Cache = .operations,
      @LineBuilder lines: () -> [Line]
    ) {
      self.name = name
      self.phase = phase
      self.isBare = isBare
      self.gpc = gpc
      self.lines = lines()
    }
  }

  @resultBuilder
  package enum LineBuilder {
    package static func buildExpression(_ line: Line) -> Line { line }
    package static func buildBlock(_ lines: Line...) -> [Line] { lines }
  }
}
