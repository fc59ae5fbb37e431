// What is under construction beside a final name: what a signal takes with it, what the next process removes, and what
// stays.

import Foundation
import Testing

@testable import TraceStore

@Suite struct UnfinishedPlaceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func place(_ path: String) -> UnfinishedPlace { UnfinishedPlace(beside: path, parts: ["a", "b"]) }

  private func write(_ name: String) throws { try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file(name))) }

  /// SIGTERM: files, and folders with what is in them. The tests' threads block signals.
  @Test func aSignalTakesEverything() async throws {
    let path = folder.file("case")
    await #expect(processExitsWith: .signal(SIGTERM)) { [path = path as String] in
      let file = try UnfinishedPlaceTests.place(path).makeFile()
      let made = try UnfinishedPlaceTests.place(path).makeFolder()
      try Data("x".utf8).write(to: URL(fileURLWithPath: made.path + "/a"))
      guard access(file.path, F_OK) == 0 && access(made.path + "/a", F_OK) == 0 else { exit(1) }
      var none = sigset_t()
      sigemptyset(&none)
      sigprocmask(SIG_SETMASK, &none, nil)
      raise(SIGTERM)
      exit(2)
    }
    #expect(try folder.names == [])
  }

  @Test func theNextProcessRemovesWhatAKilledOneLeft() async throws {
    let path = folder.file("case")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      _ = try UnfinishedPlaceTests.place(path).makeFile()
      let made = try UnfinishedPlaceTests.place(path).makeFolder()
      try Data("x".utf8).write(to: URL(fileURLWithPath: made.path + "/b"))
      kill(getpid(), SIGKILL)
    }
    #expect(try folder.names.count == 2)
    let place = Self.place(path)
    let made = try place.makeFolder()
    #expect(try folder.names == [".case.partial-\(getpid())-0"])
    place.discard(made)
    #expect(try folder.names == [])
  }

  /// Another one that is under construction, names of other shapes, and what no process of ours puts into a folder.
  @Test func whatMayBeAnothersStays() throws {
    let other = try Self.place(folder.file("case")).makeFile()
    defer { close(other.descriptor) }
    let strange = folder.file(".case.partial-1-0")
    try FileManager.default.createDirectory(atPath: strange, withIntermediateDirectories: false)
    let names = [".case.partial-1", ".case.partial-1-0/mine", "case.partial.1", ".other.partial-1-0"]
    for name in names { try write(name) }
    let before = try folder.names
    Self.place(folder.file("case")).removeLeftovers()
    #expect(try folder.names == before)
    #expect(FileManager.default.fileExists(atPath: folder.file(".case.partial-1-0/mine")))
  }

  /// As under nohup.
  @Test func ignoredSignalsEndNothing() async throws {
    await #expect(processExitsWith: .exitCode(0)) {
      signal(SIGHUP, SIG_IGN)
      let signals = HeldSignals()
      raise(SIGHUP)
      if signals.hasOne { exit(1) }
      signals.release()
      exit(0)
    }
  }

  /// A write in place is over, committed or rolled back, before the signal ends the process.
  @Test func signalsWaitForAWrite() async throws {
    await #expect(processExitsWith: .signal(SIGHUP)) {
      var none = sigset_t()
      sigemptyset(&none)
      sigprocmask(SIG_SETMASK, &none, nil)
      let signals = HeldSignals()
      guard !signals.hasOne else { exit(1) }
      raise(SIGHUP)
      // One in another: it waits for the outer one.
      let inner = HeldSignals()
      inner.release()
      guard signals.hasOne && !inner.hasOne else { exit(2) }
      signals.release()
      exit(3)
    }
  }
}
