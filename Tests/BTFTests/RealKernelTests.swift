// The BTF of real kernels, held against pahole and bpftool.

import BTF
import Foundation
import RealBinary
import Testing

/// A folder of Tests/Kernels.
struct KernelFolder: CustomTestStringConvertible, Sendable {
  let name: String
  static let root = CorpusTrace.root.appending(path: "Tests/Kernels")

  static let all: [KernelFolder] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return names.filter { $0.hasSuffix("amd64") }.sorted().map { KernelFolder(name: $0) }
  }()

  var testDescription: String { name }

  func path(_ file: String) -> String { Self.root.appending(path: name).appending(path: file).path }

  func btf() throws -> BTF { try BTF.read(path("kvm"), base: BTF.read(path("vmlinux"))) }

  /// The columns of a table's lines.
  func rows(_ file: String) throws -> [[String]] {
    try String(contentsOfFile: path(file), encoding: .utf8).split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }
}

@Suite struct RealKernelTests {
  @Test func thereAreFiveKernels() { #expect(KernelFolder.all.count == 5) }

  @Test(arguments: KernelFolder.all) func membersStandWherePaholeHasThem(_ kernel: KernelFolder) throws {
    let btf = try kernel.btf()
    let rows = try kernel.rows("offsets.tsv")
    #expect(rows.count > 100)
    for row in rows {
      guard case .found(let member) = try btf.member(row[1], ofStruct: row[0]) else {
        Issue.record("\(row)")
        continue
      }
      #expect(member.byteOffset == Int(row[2]), "\(row)")
      if let bytes = try btf.scalarBytes(of: member) { #expect(bytes == Int(row[3]), "\(row)") }
    }
  }

  @Test(arguments: KernelFolder.all) func parametersAreThoseOfBpftool(_ kernel: KernelFolder) throws {
    let btf = try kernel.btf()
    let rows = try kernel.rows("functions.tsv")
    #expect(rows.count >= 15)
    for row in rows {
      guard case .found(let parameters) = try btf.parameters(of: row[0]) else {
        Issue.record("\(row)")
        continue
      }
      #expect(parameters.map(\.name) == row[1].split(separator: " ").map(String.init), "\(row)")
      // All are integers or pointers, but for a pte_t.
      let places = (0..<parameters.count).map { parameters[$0].name == "pte" ? nil : $0 }
      #expect(parameters.map(\.place) == places, "\(row)")
    }
  }

  /// In 7.3.4 `struct kvm` stands once in vmlinux and three times in kvm (`bpftool btf dump`).
  @Test func aStructMayStandSeveralTimes() throws {
    let btf = try KernelFolder(name: "7.3.4+deb13-amd64").btf()
    guard case .found(let notifier) = try btf.member("mmu_notifier", ofStruct: "kvm") else {
      Issue.record("no mmu_notifier")
      return
    }
    #expect(notifier.byteOffset == 6736)
  }

  @Test func whatIsNotThereIsMissing() throws {
    let btf = try KernelFolder(name: "6.12.117+deb12-amd64").btf()
    #expect(try btf.member("gpc_invalidate_seq", ofStruct: "kvm") == .missing)
    #expect(try btf.member("hva", ofStruct: "kvm_follow_pfn") == .missing)
    #expect(try btf.parameters(of: "hva_to_pfn_retry") == .missing, "inlined: the compiler left no function")
  }

  @Test func anotherKernelsModuleIsRefused() throws {
    let base = try BTF.read(KernelFolder(name: "6.18.15+deb13-amd64").path("vmlinux"))
    #expect(throws: BTFFileError.self) {
      try BTF.read(KernelFolder(name: "7.3.4+deb13-amd64").path("kvm"), base: base)
    }
  }

  /// A module's own types alone: their numbers begin behind the base's.
  @Test func aModuleWithoutItsBaseIsRefused() throws {
    #expect(throws: BTFFileError.self) { try BTF.read(KernelFolder(name: "6.18.15+deb13-amd64").path("kvm")) }
  }
}
