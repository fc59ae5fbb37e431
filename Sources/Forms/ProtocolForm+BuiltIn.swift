// The published forms: mainline's own history first, then the series by date.

import GPCProtocol
import KVMEvents

extension ProtocolForm {
  /// Mainline's own, by age.
  package static let mainlines = read(PackageResources.Mainline_toml, known: [], isMainline: true)

  /// Those that a recording is asked for (evidence, rule 26): mainline's and the two series, of which kernels were
  /// built and recorded. Each further one costs instructions a line; what never ran is asked where it is named
  /// (`--form`).
  package static let asked: [ProtocolForm] = {
    let woodhouse = mainlines + read(PackageResources.Woodhouse_toml, known: mainlines)
    return woodhouse + read(PackageResources.Christopherson_toml, known: woodhouse)
  }()

  /// Those, and after them what no recorded kernel has run.
  package static let all: [ProtocolForm] = {
    let seeds = asked + read(PackageResources.Seed_toml, known: asked)
    return seeds + read(PackageResources.Published_toml, known: seeds)
  }()

  private static func read(
    _ bytes: [UInt8], known: [ProtocolForm], isMainline: Bool = false
  ) -> [ProtocolForm] {
    do throws(FormFault) {
      return try FormFile(toml: String(decoding: bytes, as: UTF8.self), known: known, isMainline: isMainline).forms
    } catch {
      fatalError("a file of built-in forms: \(error.sentence)")
    }
  }

  /// The newest of mainline's forms.
  package static let mainline = mainlines[mainlines.count - 1]

  /// The word that stands for it.
  package static let mainlineWord = "mainline"

  /// Mainline's in a kernel of this version; nil: it is older than all of them.
  package static func mainline(of version: KernelVersion) -> ProtocolForm? {
    mainlines.last { $0.since.map { $0 <= version } ?? false }
  }

  /// The form with this id, or that this word stands for; nil where there is none.
  package static func named(_ id: String) -> ProtocolForm? {
    id == mainlineWord ? mainline : all.first { $0.id == id }
  }

  /// Of which there is one: a name in our own code.
  package static func builtIn(_ id: String) -> ProtocolForm {
    guard let form = named(id) else { fatalError("no built-in form is called \(id)") }
    return form
  }

  /// v6.9 to v7.2: what the series start from.
  package static let v69 = builtIn("v6.9")
}
