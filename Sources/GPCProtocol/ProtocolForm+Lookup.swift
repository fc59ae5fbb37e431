// Every form there is, by age, and the lookup by id.

extension ProtocolForm {
  /// All forms: mainline's own history first, then the series by date.
  package static let all: [ProtocolForm] = [.mainline]

  /// The form with this id, or nil where there is none.
  package static func named(_ id: String) -> ProtocolForm? { all.first { $0.id == id } }
}
