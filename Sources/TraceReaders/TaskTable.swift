// The tasks of a recording, interned.

import KVMEvents

struct TaskTable {
  private(set) var tasks: [TraceTask] = []
  private var ids: [Key: TaskID] = [:]
  /// Each CPU's last task: usually its next one, too.
  private var recent = [Recent](repeating: Recent(), count: 64)

  /// For records that have a pid and no comm.
  private var told = ToldComms()

  /// More names of threads than recordings have: the table must not grow with the input.
  static let tasksMax = 1 << 19
  /// Of a task for which there is no room.
  static let noRoom = TaskID(tasksMax)

  private struct Key: Hashable {
    var comm: CommKey
    var pid: Int32
  }

  private struct Recent {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var pid: Int32 = -1
    var task: TaskID = 0
  }

  /// - Parameter tgid: below 0 if this record has none.
  @inline(__always) mutating func id(_ comm: CommKey, pid: Int32, tgid: Int32, cpu: Int32) -> TaskID {
    let last = recent[Int(cpu & 63)]
    if last.low == comm.low, last.high == comm.high, last.pid == pid { return last.task }
    return lookUp(comm, pid: pid, tgid: tgid, cpu: cpu)
  }

  private mutating func lookUp(_ comm: CommKey, pid: Int32, tgid: Int32, cpu: Int32) -> TaskID {
    let name = comm == .untold ? told[pid] ?? comm : comm
    let key = Key(comm: name, pid: pid)
    let task: TaskID
    if let known = ids[key] {
      task = known
      if tgid >= 0, tasks[Int(task)].tgid == nil {
        tasks[Int(task)] = TraceTask(pid: pid, tgid: tgid, comm: name.comm)
      }
    } else if tasks.count >= Self.tasksMax {
      return Self.noRoom
    } else {
      task = TaskID(tasks.count)
      tasks.append(TraceTask(pid: pid, tgid: tgid < 0 ? nil : tgid, comm: name.comm))
      ids[key] = task
    }
    recent[Int(cpu & 63)] = Recent(low: comm.low, high: comm.high, pid: pid, task: task)
    return task
  }
}

extension TaskTable {
  /// An event gives the comm of this thread. Records of it without a comm get the last one given; those before the
  /// first one get that. A different comm is another thread of this pid, or the same one under a new name.
  @inline(__always) mutating func tell(_ comm: CommKey, of pid: Int32) {
    if !told.holds(comm, of: pid) { learn(comm, of: pid) }
  }

  private mutating func learn(_ comm: CommKey, of pid: Int32) {
    // All idle threads have the pid 0; they are printed as one.
    if pid == 0 || comm == .untold { return }
    let before = told.set(comm, of: pid)
    if before == comm { return }
    if before != nil {
      forgetRecent(pid)
    } else if let task = ids.removeValue(forKey: Key(comm: .untold, pid: pid)) {
      tasks[Int(task)] = TraceTask(pid: pid, tgid: tasks[Int(task)].tgid, comm: comm.comm)
      let key = Key(comm: comm, pid: pid)
      if ids[key] == nil { ids[key] = task }
    }
  }

  /// The comm of this pid is no longer valid, and says nothing about later records.
  mutating func forget(_ pid: Int32) {
    told.remove(pid)
    ids[Key(comm: .untold, pid: pid)] = nil
    forgetRecent(pid)
  }

  private mutating func forgetRecent(_ pid: Int32) {
    for place in recent.indices where recent[place].pid == pid { recent[place] = Recent() }
  }
}
