// The catalogue files are one source for recorder and importer: each agrees with itself.

import KVMEvents
import Testing

@testable import TraceReaders

@Suite struct ProbeCatalogueTests {
  private static let generations = ["6.12", "6.1", "5.17", "default names"]

  private func file(_ generation: String) -> String {
    let bytes =
      switch generation {
      case "6.12": PackageResources.linux_6_12_probes
      case "6.1": PackageResources.linux_6_1_probes
      case "5.17": PackageResources.linux_5_17_probes
      case _: PackageResources.default_names_probes
      }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: generations)
  func fieldsAreThoseOfTheDefinition(generation: String) throws {
    for event in try CatalogueParser.events(in: file(generation)) {
      guard let definition = event.definition else { continue }
      let words = definition.split(separator: " ")
      #expect(words[0].split(separator: "/").last.map(String.init) == event.name)
      let keys = words.dropFirst(2).map { String($0.prefix { $0 != "=" }) }
      let stated = event.fields.map(\.key) + event.ignoredKeys
      #expect(stated.sorted() == keys.sorted(), "\(event.name)")
    }
  }

  @Test(arguments: generations)
  func aReturnProbeIsOneOfAReturn(generation: String) throws {
    for event in try CatalogueParser.events(in: file(generation)) {
      guard let definition = event.definition, event.kind != .bystander else { continue }
      #expect(definition.hasPrefix("r:") == "\(event.kind)".hasSuffix("Ret"), "\(event.name)")
    }
  }

  @Test func definitionsAreWhatTheRecorderWrites() throws {
    let definitions = try ProbeCatalogue.definitions(in: file("6.12"))
    #expect(definitions.count == 32)
    #expect(definitions.contains("p:gpc/gpc_init kvm:kvm_gpc_init gpc=%di:x64 kvm=%si:x64"))
  }

  @Test func everyKindHasAProbe() throws {
    let kinds = Set(ProbeCatalogue.embedded.meanings.values.joined().map(\.kind))
    #expect(Set(EventKind.allCases).subtracting(kinds) == [.lostEvents])
  }

  @Test func aFieldThatOneGenerationLacksMayBeMissing() throws {
    let initEvent = try #require(ProbeCatalogue.embedded.meanings["gpc_init"])
    #expect(initEvent.count == 1)
    #expect(initEvent[0].fields.map(\.key) == ["gpc", "kvm"])
    #expect(initEvent[0].fields.map(\.isOptional) == [false, true])
    #expect(ProbeCatalogue.embedded.meanings["gpc_refresh"]?.map(\.condition) == [nil, "old_gpa"])
  }

  @Test(arguments: [
    ("fields gpc", 1), ("event a", 1), ("event a nothing", 1), ("event a gpc_init\nfields zebra", 2),
    ("# a\nevent a gpc_init\nwhat is this", 3), ("event a gpc_init\nfields gpc:zebra", 2),
    ("event a gpc_init\nignore a_key_of_16_byte", 2), ("event a gpc_init\npattern <gpc", 2),
    ("event a gpc_init\nfields :", 2),
    ("event a gpc_init\nfields =", 2), ("event a gpc_init\nfields gpc ?", 2), ("event a gpc_init\nfields =gpc", 2),
    ("event a gpc_init\nfields gpc=:flag", 2), ("event a gpc_init\nevent a gpc_check", 2),
    ("event a gpc_init\nwhen gpc", 2), ("event a gpc_init\npattern x <gpc>", 2), ("event", 1),
  ])
  func saysWhereAFileIsWrong(text: String, line: Int) {
    do {
      _ = try ProbeCatalogue(texts: [text])
      Issue.record("`\(text)` is taken")
    } catch {
      #expect(error.line == line)
    }
  }

  /// Probes of a kernel whose inner offsets nobody knows are entries and returns.
  @Test func linux517HasEntriesAndReturnsOnly() throws {
    for definition in try ProbeCatalogue.definitions(in: file("5.17")) {
      let place = definition.split(separator: " ")[1]
      #expect(!place.contains("+"), "\(definition)")
    }
  }

  @Test func aScriptOfBpftraceNeedNotReadWhatAKprobeDoes() throws {
    let kprobe = try #require(ProbeCatalogue.embedded.meanings["gpc_check"]?.first { $0.condition == nil })
    let script = try #require(ProbeCatalogue.embedded.forBpftrace.meanings["gpc_check"]?.first { $0.condition == nil })
    #expect(script.fields.map(\.key).sorted() == kprobe.fields.map(\.key).sorted())
    #expect(script.fields.filter { !$0.isOptional }.map(\.key) == ["gpc"])
    let own = try ProbeCatalogue.embedded.overridden(by: "event gpc_check bystander\n").forBpftrace
    #expect(own.meanings["gpc_check"]?.map(\.kind) == [.bystander])
  }

  @Test func aCatalogueOfOnesOwnIsUsed() throws {
    var options = TraceReadOptions()
    options.catalogue = try ProbeCatalogue(texts: ["event mine gpc_init\nfields it=gpc:pointer\n"])
    let text = "cpus=1\n        workload-342   [003]   114.252766486: mine: (ff) it=0xff529c43c1896668\n"
    let recording = try Recording(text, options: options)
    #expect(recording.events.first?.gpc?.rawValue == 0xff52_9c43_c189_6668)
  }
}
