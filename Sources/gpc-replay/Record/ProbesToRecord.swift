// What a recording defines: the kernel's plan, or lines of the user's own.

import ArgumentParser
import Probes
import Recorder
import TraceReaders

struct ProbesToRecord {
  let list: [ProbeToDefine]
  /// Events that have no probe, each with what is lost: clauses.
  let absent: [String]
  /// Facts for the recording itself.
  let facts: [String]
  /// What can be told of a recording with them, in sentences.
  let verdicts: [String]

  init(kernel: KernelArguments, definitions: String?, root: String) throws {
    if let definitions {
      self = try Self(definitions: definitions)
    } else {
      self = Self(try kernel.plan(root: root), origin: kernel.btf.map { "BTF in \($0)" } ?? "this kernel's BTF")
    }
  }

  /// - Parameter origin: where the offsets come from.
  private init(_ plan: ProbePlan, origin: String) {
    list = plan.events.flatMap { event in
      event.probes.map { probe in
        let place = probe.definition(group: "", isModule: plan.isModule).split(separator: " ", maxSplits: 1)[1]
        return ProbeToDefine(event: probe.event, place: String(place), isReturn: probe.isReturn, lost: event.lost)
      }
    }
    absent = plan.events.filter(\.isMissed).map { event in
      "\(event.name) (\(event.notes.joined(separator: "; "))): without it, \(event.lost)"
    }
    let places = plan.offsets.map { "\($0.name)=\($0.bytes)" }
    facts = ["origin of offsets: \(origin)", "offsets " + places.joined(separator: " ")]
    let missing = plan.missingEvidence
    verdicts =
      missing.isEmpty
      ? ["a recording can show: missed invalidations (contract, stale), retries and their causes"]
      : ["a recording cannot show all: \(missing.joined(separator: "; "))"]
  }

  private init(definitions path: String) throws {
    let text: String
    do throws(SmallFileError) {
      text = try SmallFile.text(path)
    } catch {
      throw fail("\(path) \(error.predicate("list of probes")).")
    }
    switch ProbeToDefine.read(text) {
    case .failure(let fault):
      throw fail("\(path), line \(fault.line): this defines no probe (p:GROUP/EVENT FUNCTION …).")
    case .success(let probes):
      if probes.isEmpty { throw fail("\(path) defines no probe.") }
      list = probes
    }
    absent = []
    facts = ["definitions by hand: where their offsets come from is not known"]
    verdicts = ["what a recording with definitions of your own can show depends on them"]
  }
}
