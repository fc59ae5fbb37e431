// Sentences about implausible fields, and about omitted events.

import KVMEvents
import Results
import TextLayout

extension Report {
  /// The fields of the recording that are not used, a line for each sign and field; probes that only share the offset
  /// of one are listed after it.
  var implausible: [String] {
    var lines: [String] = []
    for sign in Results.ImplausibleField.Sign.allCases where sign != .sameOffset {
      for (field, rows) in byField(implausibleFields.filter { $0.sign == sign }) {
        let probes = rows.map(\.probe).joined(separator: ", ")
        let values = rows.reduce(Int64(0)) { $0.addingClamped($1.values) }
        let first = rows.compactMap(\.firstEvent).min().map { ", first at \(trace.eventPlace.rawValue) \($0)" } ?? ""
        lines.append("\(field) of \(probes) is not used: \(sentence(sign, values))\(first)")
      }
    }
    for (field, rows) in byField(implausibleFields.filter { $0.sign == .sameOffset }) {
      lines.append("\(field) of \(rows.map(\.probe).joined(separator: ", ")) is not used: read at the same offset")
    }
    return lines
  }

  /// By field, in the order in which the fields come.
  private func byField(_ fields: [ImplausibleField]) -> [(String, [ImplausibleField])] {
    var names: [String] = []
    for row in fields where !names.contains(row.field) { names.append(row.field) }
    return names.map { name in (name, fields.filter { $0.field == name }) }
  }

  private func sentence(_ sign: Results.ImplausibleField.Sign, _ values: Int64) -> String {
    switch sign {
    case .noKernelAddress: "no kernel address in \(plural(values, "event"))"
    case .outOfRange: "out of range in \(plural(values, "event"))"
    case .besideAnswer: "\(plural(values, "check")) gave an answer that it rules out"
    case .alwaysZero: "0 in \(plural(values, "event")) with an invalidation in flight"
    case .belowSnapshot: "seq is below its own snapshot in \(plural(values, "event"))"
    case .sameOffset: "read at the same offset"
    }
  }

  /// Why fields are not used, and what helps.
  var remedy: String {
    let otherKernel =
      "the probes were defined for another kernel: define them by the structures of the one that is recorded"
    let mayLackEvents = issues.contains { $0.kind.doubt != nil } || !silentOmissions.isEmpty
    return mayLackEvents && implausibleFields.allSatisfy(\.sign.restsOnPairs)
      ? "events may be missing beside those that show it, or \(otherKernel)" : otherKernel
  }

  /// Signs of missing events that no marker announces.
  var leftOut: [String] {
    var lines = silentOmissions.map { omission in
      let first = "first at \(trace.eventPlace.rawValue) \(omission.firstEvent)"
      let most = omission.mostMissing ?? 0
      return switch omission.sign {
      case .countAbove:
        "\(plural(omission.events, "recorded count")) above what the recorded hooks make it, by up to \(grouped(most)): "
          + "so many invalidations are missing at once, \(first)"
      case .countBelow:
        "\(plural(omission.events, "recorded count")) below what the recorded hooks make it, by up to \(grouped(most)): "
          + "so many ends are missing at once, \(first)"
      case .unpaired:
        "\(plural(omission.events, "call")) of a task without the return, or the start, that must be there, \(first)"
      }
    }
    if !silentCpus.isEmpty { lines.append("no event of CPU \(silentCpus.map(String.init).joined(separator: ", "))") }
    return lines
  }
}
