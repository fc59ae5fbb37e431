// The tasks of a recording, interned.

import KVMEvents

struct TaskTable {
  private(set) var tasks: [TraceTask] = []
  private var ids: [Key: TaskID] = [:]
  /// Each CPU's last task: it mostly is its next one too.
  private var recent = [Recent](repeating: Recent(), count: 64)

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

  /// - Parameter tgid: below 0 where this record does not tell.
  @inline(__always) mutating func id(_ comm: CommKey, pid: Int32, tgid: Int32, cpu: Int32) -> TaskID {
    let last = recent[Int(cpu & 63)]
    if last.low == comm.low, last.high == comm.high, last.pid == pid { return last.task }
    return lookUp(comm, pid: pid, tgid: tgid, cpu: cpu)
  }

  private mutating func lookUp(_ comm: CommKey, pid: Int32, tgid: Int32, cpu: Int32) -> TaskID {
    let key = Key(comm: comm, pid: pid)
    let task: TaskID
    if let known = ids[key] {
      task = known
      if tgid >= 0, tasks[Int(task)].tgid == nil {
        tasks[Int(task)] = TraceTask(pid: pid, tgid: tgid, comm: comm.comm)
      }
    } else {
      task = TaskID(tasks.count)
      tasks.append(TraceTask(pid: pid, tgid: tgid < 0 ? nil : tgid, comm: comm.comm))
      ids[key] = task
    }
    recent[Int(cpu & 63)] = Recent(low: comm.low, high: comm.high, pid: pid, task: task)
    return task
  }
}
