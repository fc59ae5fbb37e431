// The published forms: mainline's own history first, then the series by date.

import GPCProtocol

extension ProtocolForm {
  package static let all: [ProtocolForm] = {
    var all: [ProtocolForm] = []
    for bytes in [
      PackageResources.Mainline_toml, PackageResources.Woodhouse_toml, PackageResources.Christopherson_toml,
    ] {
      do throws(FormFault) {
        all += try FormFile(toml: String(decoding: bytes, as: UTF8.self), known: all).forms
      } catch {
        fatalError("a file of built-in forms: \(error.sentence)")
      }
    }
    return all
  }()

  /// The form with this id, or nil where there is none.
  package static func named(_ id: String) -> ProtocolForm? { all.first { $0.id == id } }

  /// Of which there is one: a name in our own code.
  package static func builtIn(_ id: String) -> ProtocolForm {
    guard let form = named(id) else { fatalError("no built-in form is called \(id)") }
    return form
  }

  /// The recorded kernel's.
  package static let mainline = builtIn("mainline")
}
