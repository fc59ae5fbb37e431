// What `print fmt:` says of a record, and what is not understood.

import Testing

@testable import TraceReaders

@Suite struct PrintFormatTests {
  private func words(_ printFormat: String, _ record: [UInt8]) -> String? {
    let format = EventFormat(
      Array(
        """
        name: probe
        ID: 7
        format:
        \tfield:unsigned char u8;\toffset:0;\tsize:1;\tsigned:0;
        \tfield:signed char s8;\toffset:1;\tsize:1;\tsigned:1;
        \tfield:s32 s32;\toffset:4;\tsize:4;\tsigned:1;
        \tfield:u64 u64;\toffset:8;\tsize:8;\tsigned:0;
        \tfield:__data_loc char[] text;\toffset:16;\tsize:4;\tsigned:1;

        print fmt: \(printFormat)

        """.utf8))
    guard let print = PrintFormat(format) else { return nil }
    var line: [UInt8] = []
    let isWhole = record.withUnsafeBytes { print.print($0, isBigEndian: false, to: &line) }
    return isWhole ? String(decoding: line, as: UTF8.self) : ""
  }

  private static let record: [UInt8] =
    [200, 255, 0, 0, 0xf2, 0xff, 0xff, 0xff, 0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0xff] + [UInt8](repeating: 0, count: 4)

  /// Each as printf(3) has it, where libtraceevent gives it the field's bits without their sign.
  @Test(arguments: [
    (#""u=%u d=%d", REC->u8, REC->u8"#, "u=200 d=200"),
    (#""%d", REC->s8"#, "255"),
    (#""ret=%d", REC->s32"#, "ret=-14"),
    (#""ret=%x %u", REC->s32, REC->s32"#, "ret=fffffff2 4294967282"),
    (#""(%lx) 0x%Lx", REC->u64, REC->u64"#, "(ff00000012345678) 0xff00000012345678"),
    (#""%#016lx", REC->u64"#, "0xff00000012345678"),
    (#""%#010x|%5d|%-5d|%05d", REC->u8, REC->u8, REC->u8, REC->u8"#, "0x000000c8|  200|200  |00200"),
    (#""100%% of %hhd and %hd", REC->u8, REC->u8"#, "100% of -56 and 200"),
    (#""nothing""#, "nothing"),
  ])
  func isPrinted(format: String, wanted: String) { #expect(words(format, Self.record) == wanted) }

  @Test func aShortRecordIsNotPrinted() {
    #expect(words(#""%Lx", REC->u64"#, Array(Self.record.prefix(15))) == "")
    #expect(words(#""%d", REC->s32"#, Array(Self.record.prefix(15))) == "-14")
  }

  @Test(arguments: [
    "", #"""#, #""%d""#, #""%d", REC->u8, REC->u8"#, #""%s", __get_str(text)"#, #""%d", REC->text"#,
    #""%d", REC->gone"#,
    #""%d", -REC->u8"#, #""%*d", REC->u8"#, #""%lld %", REC->u8"#, #""%999d", REC->u8"#, #""%lf", REC->u8"#,
    #""%s", __print_symbolic(REC->u8, { 0, "a" })"#, #""a\n""#, #""unended"#,
  ])
  func isNotUnderstood(format: String) { #expect(words(format, Self.record) == nil) }
}
