// Which probes a kernel can have, and what none of them tells: the wanted events, resolved against its BTF and
// kallsyms.

import BTF

/// One probe as it is to be defined.
package struct PlannedProbe: Equatable, Sendable {
  package let event: String
  /// At the function's return, not at its entry.
  package let isReturn: Bool
  /// As kallsyms has it.
  package let symbol: String
  package let fields: [PlannedField]
  /// The function that was looked for, which BTF has the prototype of; nil: it is not known.
  package let prototype: String?
}

package struct PlannedField: Equatable, Sendable {
  package let key: String
  /// `+16(%di)`.
  package let fetch: String
  package let type: String
  let path: FetchPath?

  /// The value of the call itself.
  static func returned(_ field: WantedReturnField) -> PlannedField {
    PlannedField(key: field.key, fetch: "$retval", type: field.type, path: nil)
  }
}

/// One wanted event: its probes, or why there is none.
package struct PlannedEvent: Equatable, Sendable {
  package let name: String
  package let tells: String
  package let lost: String
  /// Only some kernels have it: where its functions are missing nothing is.
  let isOnSomeKernelsOnly: Bool
  /// The entry, and the return if it shows something; empty: the event is not recorded.
  package var probes: [PlannedProbe] = []
  /// Why it, or a field of it, is not recorded: clauses.
  package var notes: [String] = []

  /// It has no probe, and something is lost without it.
  package var isMissed: Bool { probes.isEmpty && !isOnSomeKernelsOnly && lost != WantedEvent.nothing }
}

/// What can be recorded on one kernel.
package struct ProbePlan: Sendable {
  /// `uname -r`, where it is known.
  package let release: String?
  package private(set) var events: [PlannedEvent] = []
  /// `kvm:` where KVM is a module.
  package let isModule: Bool
  /// Where the members stand that the probes read, `struct.member`, in the order of the struct. Of `kvm` the place of
  /// `mmu_notifier` ties a notifier to its VM.
  package private(set) var offsets: [(name: String, bytes: Int)] = []
  /// kallsyms was looked at: functions that only BTF has may be inlined.
  package let knowsSymbols: Bool

  package static var eventNames: [String] { WantedEvent.all.map(\.name) }

  /// What kallsyms is asked for.
  package static func functions(_ symbols: [String: String]) -> Set<String> {
    Set(WantedEvent.all.flatMap { $0.sources.map(\.function) } + symbols.values)
  }

  /// - Parameters:
  ///   - types: kvm's BTF on vmlinux's, or vmlinux's alone where KVM is built in.
  ///   - symbols: nil: kallsyms is not at hand, and functions are taken from BTF.
  ///   - renamed: functions of a patched kernel, by event.
  package init(
    types: BTF, symbols: KernelSymbols?, release: String?, renamed: [String: String] = [:]
  ) throws(ProbesError) {
    self.release = release
    isModule = symbols?.isModule ?? true
    knowsSymbols = symbols != nil
    if let wrong = renamed.keys.sorted().first(where: { !Self.eventNames.contains($0) }) { throw .noEvent(wrong) }
    do throws(BTFFault) {
      for wanted in WantedEvent.all {
        events.append(try Self.plan(wanted, types, symbols, renamed[wanted.name]))
      }
      offsets = try Self.offsets(types)
    } catch {
      throw .fault(error)
    }
    for (event, function) in renamed.sorted(by: { $0.key < $1.key }) {
      switch symbols?.find(function) {
      case .missing: throw .noFunction(function)
      case .twice: throw .functionTwice(function)
      case .found: break
      case nil: if self[event]?.probes.isEmpty ?? true { throw .noFunction(function) }
      }
    }
    if probes.isEmpty { throw .nothingToProbe }
  }

  /// What a recording cannot show for want of probes: clauses, none where it can show all.
  package var missingEvidence: [String] {
    var missing: [String] = []
    func needs(_ names: [String], for what: String) {
      if !names.contains(where: { !(self[$0]?.probes.isEmpty ?? true) }) {
        missing.append("no \(names.joined(separator: " or ")), so \(what)")
      }
    }
    needs(["mn_invalidate_range_start"], for: "no invalidation is known")
    needs(["mn_invalidate_range_end"], for: "no invalidation ends")
    needs(["gpc_check"], for: "no contract finding")
    needs(["__gpc_refresh", "gpc_refresh"], for: "no refresh is known")
    needs(["hva_to_pfn"], for: "no retry and nothing stale")
    return missing
  }

  private subscript(event: String) -> PlannedEvent? { events.first { $0.name == event } }

  /// All probes, in the order of their definition.
  package var probes: [PlannedProbe] { events.flatMap(\.probes) }

  private static let told: [(structName: String, members: [String])] = [
    (
      "kvm",
      [
        "mmu_notifier", "mn_active_invalidate_count", "gpc_invalidate_seq", "mmu_invalidate_seq", "mmu_notifier_seq",
        "memslots",
      ]
    ),
    ("gfn_to_pfn_cache", ["generation", "gpa", "uhva", "kvm", "khva", "pfn", "active", "valid"]),
    ("mmu_notifier_range", ["mm", "start", "end", "flags", "event"]),
  ]

  private static func offsets(_ types: BTF) throws(BTFFault) -> [(name: String, bytes: Int)] {
    var offsets: [(name: String, bytes: Int)] = []
    for (structName, members) in told {
      for member in members {
        guard case .found(let found) = try types.member(member, ofStruct: structName), let bytes = found.byteOffset
        else { continue }
        offsets.append(("\(structName).\(member)", bytes))
      }
    }
    return offsets
  }
}

extension ProbePlan {
  private static func plan(
    _ wanted: WantedEvent, _ types: BTF, _ symbols: KernelSymbols?, _ renamed: String?
  ) throws(BTFFault) -> PlannedEvent {
    var event = PlannedEvent(
      name: wanted.name, tells: wanted.tells, lost: wanted.lost, isOnSomeKernelsOnly: wanted.isOnSomeKernelsOnly)
    var sources = wanted.sources
    if let renamed, let first = sources.first {
      sources = [WantedSource(renamed, first.fields, first.returns, event: first.event)]
    }
    for source in sources {
      let prototype = try types.parameters(of: source.function)
      switch symbols?.find(source.function) ?? answer(source.function, by: prototype) {
      case .missing: continue
      case .twice: event.notes.append("\(source.function) stands several times in kallsyms")
      case .found(let symbol):
        try add(source, symbol, prototype, types, to: &event)
        return event
      }
    }
    if event.notes.isEmpty {
      event.notes.append("the kernel has no \(sources.map(\.function).joined(separator: " and no "))")
    }
    return event
  }

  /// Without kallsyms a function that has a prototype is taken to be there.
  private static func answer(_ function: String, by prototype: BTFAnswer<[BTFParameter]>) -> SymbolAnswer {
    switch prototype {
    case .missing: .missing
    case .ambiguous: .twice
    case .found: .found(SymbolAnswer.Symbol(name: function, hasOtherArguments: false, copies: []))
    }
  }

  private static func add(
    _ source: WantedSource, _ symbol: SymbolAnswer.Symbol, _ prototype: BTFAnswer<[BTFParameter]>, _ types: BTF,
    to event: inout PlannedEvent
  ) throws(BTFFault) {
    let name = source.event ?? event.name
    var fields: [PlannedField] = []
    var isKnown = false
    switch prototype {
    case .found(let parameters) where !symbol.hasOtherArguments:
      isKnown = true
      fields = try resolve(source, parameters, types, notes: &event.notes)
    case .found: event.notes.append("\(symbol.name): the compiler changed the arguments, so no field is recorded")
    case .missing: event.notes.append("BTF has no prototype of \(source.function), so no field is recorded")
    case .ambiguous:
      event.notes.append("BTF has different prototypes of \(source.function), so no field is recorded")
    }
    if !symbol.copies.isEmpty {
      event.notes.append("calls of \(symbol.copies.joined(separator: ", ")) are not recorded")
    }
    let known = isKnown ? source.function : nil
    event.probes.append(
      PlannedProbe(event: name, isReturn: false, symbol: symbol.name, fields: fields, prototype: known))
    let returned: [PlannedField]
    switch source.returns {
    case .notProbed: return
    case .nothing: returned = []
    case .value(let field): returned = [.returned(field)]
    }
    event.probes.append(
      PlannedProbe(event: name + "_ret", isReturn: true, symbol: symbol.name, fields: returned, prototype: known))
  }

  private static func resolve(
    _ source: WantedSource, _ parameters: [BTFParameter], _ types: BTF, notes: inout [String]
  ) throws(BTFFault) -> [PlannedField] {
    let resolver = FetchResolver(types, function: source.function, parameters: parameters)
    var fields: [PlannedField] = []
    var missing: [(key: String, reason: String)] = []
    for wanted in source.fields {
      var reason = ""
      var found: PlannedField?
      for path in wanted.paths where found == nil {
        switch try resolver.resolve(path) {
        case .fetch(let fetch): found = PlannedField(key: wanted.key, fetch: fetch, type: wanted.type, path: path)
        case .missing(let why): reason = why
        }
      }
      if let found {
        fields.append(found)
      } else if !wanted.isOnSomeKernelsOnly {
        missing.append((wanted.key, reason))
      }
    }
    for (key, reason) in missing where !fields.contains(where: { $0.key == key }) {
      notes.append("without \(key): \(reason)")
    }
    return fields
  }
}
