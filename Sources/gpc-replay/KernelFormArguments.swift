// Which form the recorded kernel ran, as an option.

import ArgumentParser
import Forms

/// Which form the recorded kernel ran, for verbs that judge by it.
struct JudgedFormArguments: ParsableArguments {
  @Option(
    name: [.customLong("form"), .customLong("kernel")],
    help: """
      The form that the recorded kernel ran, from which divergences are counted: a published one, or a file of one form \
      (docs/forms.md). Default: of the forms that agree, the mainline form of the recorded release, else the newest of \
      mainline's, else the newest published one.
      """)
  var form: FormsArgument?

  mutating func validate() throws {
    if form?.isSeveral == true { throw ValidationError("--form takes one form.") }
  }

  /// nil: none was named.
  func asked() throws -> KernelForm? { try form.map { KernelForm(asked: try $0.one("--form")) } }
}

/// The same for verbs that ask other forms: there, `--form` names those.
struct KernelFormArguments: ParsableArguments {
  @Option(help: "The form that the recorded kernel ran: a published one, or a file of one form. Default: as of run.")
  var kernel: FormsArgument?

  mutating func validate() throws {
    if kernel?.isSeveral == true { throw ValidationError("--kernel takes one form.") }
  }

  /// nil: none was named.
  func asked() throws -> KernelForm? { try kernel.map { KernelForm(asked: try $0.one("--kernel")) } }
}
