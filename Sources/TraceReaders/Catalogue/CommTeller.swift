// Which events give the comm of a thread, whatever thread they belong to.

/// An event of the scheduler or of exec that gives comms. Linux 4.x to 6.x print them alike.
enum CommTeller: UInt8 {
  /// sched_switch: the comms of the thread that leaves the CPU and of the next one.
  case change
  /// sched_wakeup and its variants: one thread's.
  case one
  /// sched_process_fork: the parent's, and the new thread's.
  case fork
  /// sched_process_exec: the thread has another comm from here on, which is not given.
  case exec
  /// task_rename: the comm before, and the one from here on.
  case rename
  /// sched_process_exit, sched_process_free: the last of this thread; its pid may be another one's next.
  case exit

  /// nil: the event gives no comm.
  init?(eventName name: some Collection<UInt8>) {
    switch String(decoding: name, as: UTF8.self) {
    case "sched_switch": self = .change
    case "sched_wakeup", "sched_waking", "sched_wakeup_new", "sched_migrate_task", "sched_stat_runtime",
      "sched_stat_wait", "sched_stat_sleep", "sched_stat_blocked", "sched_stat_iowait", "sched_process_wait",
      "sched_pi_setprio":
      self = .one
    case "sched_process_fork": self = .fork
    case "sched_process_exec": self = .exec
    case "task_rename": self = .rename
    case "sched_process_exit", "sched_process_free": self = .exit
    case _: return nil
    }
  }
}

/// The last known comm of each pid.
struct ToldComms {
  private var comms: [Int32: CommKey] = [:]
  /// By the pid's last bits: recently seen pids are seen again.
  private var recent = [Recent](repeating: Recent(), count: 256)

  private struct Recent {
    var pid: Int32 = -1
    var comm = CommKey.untold
  }

  /// Threads of which a comm is kept; `PID_MAX_LIMIT` is 4,194,304, and no recording has had as many.
  private static let threadsMax = 1 << 18

  subscript(pid: Int32) -> CommKey? { comms.isEmpty ? nil : comms[pid] }

  /// Whether this is what is known.
  @inline(__always) func holds(_ comm: CommKey, of pid: Int32) -> Bool {
    let last = recent[Int(pid & 255)]
    return last.pid == pid && last.comm == comm
  }

  /// The previous comm, if any.
  mutating func set(_ comm: CommKey, of pid: Int32) -> CommKey? {
    let before = comms[pid]
    guard before != nil || comms.count < Self.threadsMax else { return nil }
    comms[pid] = comm
    recent[Int(pid & 255)] = Recent(pid: pid, comm: comm)
    return before
  }

  mutating func remove(_ pid: Int32) {
    comms[pid] = nil
    recent[Int(pid & 255)] = Recent()
  }
}
