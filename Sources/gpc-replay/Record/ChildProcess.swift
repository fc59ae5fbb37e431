// A process beside this one: the command that is recorded, or the guard.

import Glibc

struct ChildProcess {
  /// nil: it could not be started.
  let pid: pid_t?
  let errno: Int32

  /// Starts a command by its name, with the signals that this process blocks as they are by default.
  /// - Parameters:
  ///   - input: its standard input; nil: this process's.
  ///   - isApart: it has a session of its own and no output.
  init(_ command: [String], input: Int32? = nil, isApart: Bool = false) {
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
    if isApart {
      flags |= 0x80  // POSIX_SPAWN_SETSID, which glibc shows to _GNU_SOURCE only.
      for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
      }
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    if let input { posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid: pid_t = 0
    errno = posix_spawnp(&pid, command[0], &actions, &attributes, &arguments, environ)
    self.pid = errno == 0 ? pid : nil
  }

  /// As a shell counts it; nil: it still runs.
  func poll() -> Int32? {
    guard let pid else { return nil }
    var status: Int32 = 0
    guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  func wait() {
    guard let pid else { return }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 && Glibc.errno == EINTR {}
  }
}
