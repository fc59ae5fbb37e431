// A process beside this one: the command that is recorded, the guard, or the one that judges a recording.

import Glibc

struct ChildProcess {
  /// nil: it could not be started.
  let pid: pid_t?
  let errno: Int32

  /// How one ended, and what it took.
  struct End {
    /// As `waitpid` has it.
    fileprivate let status: Int32
    /// The most memory that was resident, in bytes.
    let residentMax: Int64
    /// In user and system mode.
    let cpuTime: Duration

    /// It was ended by this one; nil: it ended by itself.
    var signal: Int32? { status & 0x7f == 0 ? nil : status & 0x7f }
    /// As a shell counts it.
    var code: Int32 { signal.map { 128 + $0 } ?? status >> 8 & 0xff }
  }

  /// Where its input, its output and its errors lead; nil: where this process's do.
  struct Streams {
    var input: Int32?
    var output: Int32?
    var errors: Int32?
  }

  /// Starts a command by its name, with the signals that this process blocks as they are by default.
  /// - Parameters:
  ///   - isApart: it has a session of its own and no output.
  ///   - hasOwnGroup: a terminal's signals do not reach it.
  init(_ command: [String], _ streams: Streams = Streams(), isApart: Bool = false, hasOwnGroup: Bool = false) {
    var attributes = posix_spawnattr_t()
    var actions = posix_spawn_file_actions_t()
    posix_spawnattr_init(&attributes)
    posix_spawn_file_actions_init(&actions)
    defer {
      posix_spawnattr_destroy(&attributes)
      posix_spawn_file_actions_destroy(&actions)
    }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    if hasOwnGroup { flags |= POSIX_SPAWN_SETPGROUP }
    if isApart {
      flags |= 0x80  // POSIX_SPAWN_SETSID, which glibc shows to _GNU_SOURCE only.
      for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
      }
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    let targets = [(streams.input, STDIN_FILENO), (streams.output, STDOUT_FILENO), (streams.errors, STDERR_FILENO)]
    for case (let source?, let target) in targets { posix_spawn_file_actions_adddup2(&actions, source, target) }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    errno = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, environ)
    self.pid = errno == 0 ? pid : nil
  }

  /// As a shell counts it; nil: it still runs.
  func poll() -> Int32? { end(WNOHANG)?.code }

  @discardableResult
  func wait() -> End? { end(0) }

  private func end(_ options: Int32) -> End? {
    guard let pid else { return nil }
    var status: Int32 = 0
    var usage = rusage()
    var ended: pid_t
    repeat { ended = wait4(pid, &status, options, &usage) } while ended < 0 && Glibc.errno == EINTR
    guard ended == pid else { return nil }
    let times = [usage.ru_utime, usage.ru_stime]
    return End(
      status: status, residentMax: Int64(usage.ru_maxrss) << 10,
      cpuTime: times.reduce(.zero) { $0 + .seconds($1.tv_sec) + .microseconds($1.tv_usec) })
  }
}
