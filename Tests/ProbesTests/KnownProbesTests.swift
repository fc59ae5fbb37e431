// The lines for real kernels, held against lines that were used for recordings, and against what the importer reads.

import BTF
import Foundation
import Probes
import RealBinary
import Testing
import TraceReaders

/// A folder of Tests/Kernels.
struct KernelFolder: CustomTestStringConvertible, Sendable {
  let name: String

  static let v61 = KernelFolder(name: "6.1.0-54-amd64")
  static let v612107 = KernelFolder(name: "6.12.107+deb12-amd64")
  static let v612117 = KernelFolder(name: "6.12.117+deb12-amd64")
  static let v618 = KernelFolder(name: "6.18.15+deb13-amd64")
  static let v73 = KernelFolder(name: "7.3.4+deb13-amd64")
  static let all = [v61, v612107, v612117, v618, v73]

  var testDescription: String { name }
  var path: String { CorpusTrace.root.appending(path: "Tests/Kernels").appending(path: name).path }

  func plan(renamed: [String: String] = [:]) throws -> ProbePlan {
    try KernelFiles(btf: path, kallsyms: path + "/kallsyms", release: name).plan(renamed: renamed)
  }
}

/// A line of kprobe_events, taken apart.
struct ParsedDefinition: Equatable {
  /// `p`, `r`.
  let kind: String
  let event: String
  let place: String
  let fields: Set<String>

  init(_ line: String) {
    let words = line.split(separator: " ").map(String.init)
    let head = words[0].split(separator: ":").map(String.init)
    // A return probe reads back as `r10:`.
    kind = String(head[0].prefix(1))
    event = String(head[1].split(separator: "/")[1])
    place = words[1]
    fields = Set(words.dropFirst(2))
  }
}

@Suite struct KnownProbesTests {
  /// Fields that the lines of 6.1 have and the replay ignores.
  private static let ignored: Set<String> = ["may_block=%cx:u8", "vcpu=%dx:x64", "usage=%cx:u32"]

  /// `known.txt` of a kernel has the definitions that recorded it, without points inside functions.
  @Test(arguments: [KernelFolder.v61, .v612117, .v618, .v73])
  func theLinesAreThoseThatRecordedTheKernel(_ kernel: KernelFolder) throws {
    let known = try String(contentsOfFile: kernel.path + "/known.txt", encoding: .utf8).split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { ParsedDefinition(String($0)) }
    let ours = try kernel.plan().definitions(group: "gpc").map(ParsedDefinition.init)
    #expect(known.count >= 21)
    for line in known {
      let mine = ours.first { $0.event == line.event && $0.kind == line.kind }
      #expect(mine?.place == line.place, "\(line.event)")
      // 7.3.4 was recorded with the whole byte of the lookup's flags, of which bit 0 is FOLL_WRITE.
      let fields = line.fields.subtracting(Self.ignored).map {
        $0 == "write=+24(%di):u8" ? "write=+24(%di):b1@0/32" : $0
      }
      #expect(mine?.fields == Set(fields), "\(line.event)")
    }
    #expect(Set(ours.map(\.event)).subtracting(known.map(\.event)) == [], "nothing but what was recorded")
  }

  /// The importer knows every event by its name, and every key of it.
  @Test(arguments: KernelFolder.all) func theImporterReadsAllOfIt(_ kernel: KernelFolder) throws {
    let plan = try kernel.plan()
    #expect(plan.probes.count >= 21)
    for probe in plan.probes {
      let keys = ProbeCatalogue.embedded.keys(of: probe.event)
      #expect(!keys.isEmpty || probe.fields.isEmpty, "\(probe.event)")
      #expect(Set(probe.fields.map(\.key)).subtracting(keys) == [], "\(probe.event)")
    }
  }
}
