// `gpc-replay corpus run`, and what it leaves behind. All of the corpus, whose storms take their time without
// optimisation, is run by `tools/corpus`.

import Corpus
import Forms
import Foundation
import GPCProtocol
import RealBinary
import Testing

@Suite struct CorpusRunTests {
  private static let small = CorpusTrace.all.filter { $0.byteCount < 4_000 }

  @Test(arguments: small) func verdictsAndFiguresAreTheExpectedOnes(trace: CorpusTrace) throws {
    let folder = try TemporaryFolder()
    let run = try Invocation(["corpus", "run", trace.folder.path, "--db", ":memory:"], in: folder)
    #expect(run.status == 0, "\(run.text)\(run.errorText)")
  }

  private static let topic = CorpusTrace.root.appending(path: "traces/missed").path

  /// The same for any number of cases at once, but for times.
  @Test func theOutcomeDoesNotDependOnTheNumberOfJobs() throws {
    let folder = try TemporaryFolder()
    let untimed = ["1", "3"].map { jobs in
      Result { try Invocation(["corpus", "run", Self.topic, "--jobs", jobs, "--db", "\(jobs).db"], in: folder) }
    }
    let texts = try untimed.map { result in
      let run = try result.get()
      #expect(run.status == 0)
      return run.text.split(separator: "\n").dropLast().joined(separator: "\n")
    }
    #expect(texts[0] == texts[1] && texts[0].contains("missed/stale-hva"))
  }

  /// The signal has come before the first case is begun.
  @Test(.enabled(if: Invocation.hasProgram("python3"))) func anInterruptedRunSaysWhatIsMissing() throws {
    let folder = try TemporaryFolder()
    let pending = """
      import os, signal, sys
      signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
      os.kill(os.getpid(), signal.SIGINT)
      os.execvp(sys.argv[1], sys.argv[1:])
      """
    _ = try folder.write("pending.py", pending)
    let run = try Invocation(shell: "python3 pending.py gpc-replay corpus run '\(Self.topic)'; echo $?", in: folder.url)
    #expect(run.text.hasSuffix("\n130\n"), "\(run.text)")
    #expect(run.errorText.hasPrefix("gpc-replay: interrupted; 0 of "), "\(run.errorText)")
    #expect(try folder.names == ["pending.py"], "a database comes with its first run")
  }

  @Test func runsFollowEachOtherInOneDatabase() throws {
    let folder = try TemporaryFolder()
    for _ in 1...2 { #expect(try Invocation(["corpus", "run", Self.topic], in: folder).status == 0) }
    let difference = try Invocation(["corpus", "diff", "1", "last"], in: folder)
    #expect(difference.status == 0)
    #expect(difference.text.contains("run 1 of corpus.db") && difference.text.contains("run 2 of corpus.db"))
    #expect(difference.text.contains("same verdicts and figures in"))
    let ranked = try Invocation(
      ["query", "corpus.db", "SELECT count(DISTINCT form), min(place) FROM form_by_stall WHERE run_id = 2", "--csv"],
      in: folder)
    #expect(ranked.text.split(separator: "\r\n").last == "\(ProtocolForm.all.count + 1),1")
    let none = try Invocation(["corpus", "diff", "1", "7"], in: folder)
    #expect(none.status == 2 && none.errorText == "gpc-replay: corpus.db has no run 7.\n")
  }

  /// The inner `continue` of v3 2/5 takes gpc->lock a second time (kvm list, 2024-10-15): its refresh never returns,
  /// and has no stall to add.
  @Test func whoNeverReturnsIsRankedLast() throws {
    let folder = try TemporaryFolder()
    let trace = CorpusTrace("inner-continue")
    #expect(try Invocation(["corpus", "run", trace.folder.path], in: folder).status == 0)
    let last = "SELECT form FROM form_by_stall WHERE place = (SELECT max(place) FROM form_by_stall)"
    let ranked = try Invocation(["query", "corpus.db", last, "--csv"], in: folder)
    #expect(ranked.text == "form\r\ndwmw2-v3.2\r\n")
  }

  /// As a run finds it that comes while another one is making it.
  @Test func anEmptyFileIsNoDatabaseYet() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("corpus.db", "")
    #expect(try Invocation(["corpus", "run", Self.topic + "/contract"], in: folder).status == 0)
    let count = try Invocation(["query", "corpus.db", "SELECT count(*) FROM run", "--csv"], in: folder)
    #expect(count.text.hasSuffix("1\r\n"), "\(count.text)\(count.errorText)")
  }

  @Test func runsAtOnceMakeOneDatabase() throws {
    let folder = try TemporaryFolder()
    let run = "gpc-replay corpus run '\(Self.topic)/contract' > /dev/null & "
    _ = try Invocation(shell: String(repeating: run, count: 4) + "wait", in: folder.url)
    let count = try Invocation(["query", "corpus.db", "SELECT count(*), max(id) FROM run", "--csv"], in: folder)
    #expect(count.text.hasSuffix("4,4\r\n"), "\(count.text)\(count.errorText)")
  }

  @Test func aRunAsJUnitAndAsJSON() throws {
    let folder = try TemporaryFolder()
    let contract = Self.topic + "/contract"
    let run = try Invocation(
      ["corpus", "run", contract, "--junit", "out.xml", "--json", "--db", ":memory:"], in: folder)
    let document = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    #expect(document["case_count"] as? Int == 1 && document["difference_count"] as? Int == 0)
    let ktap = try Invocation(["corpus", "run", contract, "--ktap", "--db", ":memory:"], in: folder)
    #expect(ktap.text == "KTAP version 1\n1..1\nok 1 missed/contract\n" && ktap.status == 0)
    let xml = try String(contentsOf: folder.file("out.xml"), encoding: .utf8)
    #expect(
      xml.contains(
        "<testsuite name=\"missed/contract\" tests=\"\(ProtocolForm.all.count + 2)\" failures=\"0\" errors=\"0\""))
    #expect(
      try Invocation(shell: "python3 -c 'import xml.dom.minidom as m; m.parse(\"out.xml\")'", in: folder.url).status
        == 0)
  }
}
