// Every form there is, by age, and the lookup by id.

extension ProtocolForm {
  /// All forms: mainline's own history first, then the series by date.
  package static let all: [ProtocolForm] = [
    .v517, .mainline, .dwmw2V1, .dwmw2V2, .dwmw2V31, .dwmw2V32, .dwmw2V33, .dwmw2V34, .seanjc1, .seanjc2, .seanjc3,
    .seanjc4, .seanjc5,
  ]

  /// The form with this id, or nil where there is none.
  package static func named(_ id: String) -> ProtocolForm? { all.first { $0.id == id } }
}
