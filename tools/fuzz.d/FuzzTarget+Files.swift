// Bytes as small files that people write or send: forms, the description of a case, a kernel's type information; and as
// a recording of which a finding becomes a case.

import BTF
import Corpus
import Explore
import Forms
import GPCProtocol
import Glibc
import Pipeline
import Probes
import TraceStore

extension FuzzTarget {
  /// A form that can be read is written and read again, and searched a little.
  func forms(_ bytes: UnsafeRawBufferPointer) {
    let text = String(decoding: bytes, as: UTF8.self)
    do throws(FormFault) {
      let file = try FormFile(toml: text, known: ProtocolForm.all, name: "form")
      precondition(!file.forms.isEmpty, "a file of forms has one")
      guard let form = file.forms.last else { return }
      let again = try FormFile(toml: form.toml, known: ProtocolForm.all).forms
      precondition(again.map(\.rules) == [form.rules], "a form that is written reads as it was")
      let scenario = Scenario.builtIn[bytes.count % Scenario.builtIn.count]
      guard scenario.isFor(form) else { return }
      let limits = SearchLimits(statesMax: 100, memoryMax: 1 << 20)
      var explorer = Explorer(form, scenario, limits: limits)
      explorer.walkLimits = WalkLimits(walkCount: 1, stepsMax: 100, statesMax: 50)
      precondition(explorer.explore().stateCount > 0, "a search has a first state")
    } catch {
      precondition(!error.sentence.isEmpty, "an error has a sentence")
    }
  }

  /// A description that can be read is written in its canonical form, which reads the same.
  func caseDescription(_ bytes: UnsafeRawBufferPointer) {
    do throws(CaseFault) {
      let description = try CaseDescription(toml: String(decoding: bytes, as: UTF8.self))
      let again = try CaseDescription(toml: description.toml)
      precondition(again.toml == description.toml, "a description that is written reads as it was")
    } catch {
      precondition(!error.sentence.isEmpty, "an error has a sentence")
    }
  }

  /// A whole kernel's, or a module's over the real one of Tests/Kernels; as bare BTF or in an ELF file.
  func btf(_ bytes: UnsafeRawBufferPointer) {
    guard let first = bytes.first else { return }
    FuzzFile.write(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()))
    do throws(BTFFileError) {
      let types = try BTF.read(FuzzFile.path, base: first % 2 == 0 ? nil : Self.kernel)
      do throws(ProbesError) {
        let plan = try ProbePlan(types: types, symbols: nil, release: "6.12.0")
        precondition(!plan.listing(group: "gpc", version: "1").isEmpty, "a plan lists its probes")
        let programs = [plan.script(version: "1"), plan.bpftraceProgram(version: "1")]
        precondition(programs.allSatisfy { !$0.isEmpty }, "and is a script")
      } catch {
        precondition(!error.sentence.isEmpty, "an error has a sentence")
      }
    } catch {
      precondition(!error.predicate.isEmpty, "an error has a sentence")
    }
  }

  /// From the folder that tools/fuzz runs in.
  private static let kernel: BTF = {
    do throws(BTFFileError) { return try BTF.read("Tests/Kernels/6.12.107+deb12-amd64/vmlinux") } catch {
      preconditionFailure("Tests/Kernels: \(error)")
    }
  }()

  /// The first finding, if there is one. What is added reads as a case, and its trace imports.
  func corpusAdd(_ bytes: UnsafeRawBufferPointer) {
    FuzzFile.write(bytes)
    let path = "\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/gpc-replay-fuzz-case-\(getpid())"
    var request = ImportRequest(FuzzFile.input, database: .memory)
    request.unpackedMax = Self.options.unpackedMax
    do {
      var cut = CutRun(request, finding: 1, to: try CaseFolder(path), Listener())
      cut.candidatesMax = 4
      let told = CutCase.Told(title: nil, kernel: "unknown", command: nil, licence: "unknown")
      let outcome = try cut.run(told)
      let added = CorpusCase(name: "case", folder: path)
      let (description, text) = (try added.description(), try added.descriptionText())
      precondition(description.toml == text, "a description is in its canonical form")
      precondition(outcome.outcome.row.fault == nil, "a case that is added is none that is broken")
      for name in ["trace.txt.zst", CorpusCase.descriptionName] { unlink("\(path)/\(name)") }
      precondition(rmdir(path) == 0, "a case is two files")
    } catch let error as CutFault {
      precondition(!error.sentence.isEmpty, "an error has a sentence")
    } catch {
      precondition(error is PipelineError || error is CaseFault, "an error is one of these, and not \(error)")
    }
    precondition(access(path, F_OK) != 0, "what was refused has left nothing")
  }
}
