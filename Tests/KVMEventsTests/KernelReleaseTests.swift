// Releases of kernels, and what is none.

import KVMEvents
import Testing

@Suite struct KernelReleaseTests {
  /// As distributions name theirs.
  @Test(arguments: [
    ("6.12.95+deb12-amd64", [6, 12, 95]), ("6.1.0-56-amd64", [6, 1, 0]), ("7.3.4", [7, 3, 4]), ("7.3-rc2", [7, 3, 0]),
    ("5.14.0-427.13.1.el9_4.x86_64", [5, 14, 0]), ("6.9", [6, 9, 0]), ("6.11.x", [6, 11, 0]),
  ])
  func versions(_ text: String, _ numbers: [Int]) throws {
    let release = try #require(KernelRelease(text))
    #expect(release.text == text)
    #expect([release.version.major, release.version.minor, release.version.patch] == numbers)
  }

  @Test(arguments: [
    "", "6", "x.1", "-6.1", "6.", ".1", "6.1 y", "6.1\u{1b}[2J", "６.1", "6." + String(repeating: "1", count: 63),
    "99999999999999999999.1",
  ])
  func none(_ text: String) { #expect(KernelRelease(text) == nil) }

  @Test func ofUname() {
    #expect(KernelRelease(uname: Array("Linux (none) 6.12.95 x86_64\0\0".utf8))?.text == "6.12.95")
    #expect(KernelRelease(uname: Array("Linux 6.12.95 x86_64".utf8)) == nil)
    #expect(KernelRelease(uname: []) == nil)
  }

  @Test func byNumbersAndNotByText() throws {
    let versions = try ["6.9", "6.9.1", "6.10", "6.12.95+deb12", "10.0"].map { try #require(KernelRelease($0)).version }
    #expect(versions == versions.sorted())
  }
}
