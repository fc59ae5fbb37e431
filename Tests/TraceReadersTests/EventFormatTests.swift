// Format files and saved comms: what kernels write, and what is none.

import Testing

@testable import TraceReaders

@Suite struct EventFormatTests {
  /// `sched_wakeup_new` of Linux 6.1, with a `__data_loc` and a pointer added as other events have them.
  private static let text = """
    name: sched_wakeup_new
    ID: 315
    format:
    \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
    \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
    \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

    \tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;
    \tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;
    \tfield:void * next;\toffset:32;\tsize:8;\tsigned:0;
    \tfield:__data_loc char[] name;\toffset:40;\tsize:4;\tsigned:0;
    \tfield:unsigned long long *ptr;\toffset:48;\tsize:8;

    print fmt: "comm=%s field:x;\toffset:1;\tsize:2;", REC->comm
    \tfield:int not_one;\toffset:0;\tsize:4;\tsigned:0;
    """

  @Test func fieldsAreReadByNamePlaceSizeAndSign() {
    let format = EventFormat(Array(Self.text.utf8))
    #expect(format.name == "sched_wakeup_new")
    #expect(format.id == 315)
    #expect(
      format.fields.map(\.name) == ["common_type", "common_flags", "common_pid", "comm", "pid", "next", "name", "ptr"])
    #expect(
      format.field("pid")
        == EventFormat.Field(name: "pid", offset: 24, size: 4, isSigned: true, isNumber: true, isElsewhere: false))
    #expect(format.field("next")?.isNumber == true)
    #expect(format.field("comm")?.isNumber == false)
    #expect(format.field("name")?.isNumber == false)
    #expect(format.field("ptr")?.isSigned == false)
    #expect(format.field("not_one") == nil)
  }

  @Test(arguments: [
    "", "\n\n", "name: ", "\tfield:", "\tfield:int;offset:1;size:2;", "\tfield:int x;offset:-1;size:4;signed:0;",
    "\tfield:int x;\toffset:9999999999;\tsize:4;\tsigned:0;", "\tfield:;\toffset:0;\tsize:4;\tsigned:0;",
    "\tfield: ;\toffset:0;\tsize:4;\tsigned:0;", "\tfield:[16];\toffset:0;\tsize:4;\tsigned:0;",
  ])
  func whatIsNoFieldIsLeftOut(text: String) {
    #expect(EventFormat(Array(text.utf8)).fields.allSatisfy { $0.name == "int" && $0.offset == 1 })
  }

  @Test func everyCutOfAFormatIsReadWithoutHarm() {
    let bytes = Array(Self.text.utf8)
    for length in 0..<bytes.count { #expect(EventFormat(Array(bytes.prefix(length))).fields.count <= 8) }
  }

  @Test func commsAreFoundByPid() {
    let comms = SavedComms(Array("12 qemu\n7 \n8  lead trail \n9 two\nlines\n4000000000 no pid\nx\n10 last".utf8))
    let expected: [(Int32, String)] = [
      (12, "qemu"), (7, ""), (8, "lead trail "), (9, "two\nlines\n400000"), (10, "last"), (0, "<idle>"), (11, "<...>"),
    ]
    for (pid, comm) in expected { #expect(comms.key(pid: pid).comm == Array(comm.utf8), "\(pid)") }
  }
}
