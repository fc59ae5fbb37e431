// The comms in lines of other events, as tracefs, trace-cmd and perf print them.

import KVMEvents

extension TraceText {
  /// Reads the comms of an event. Other formats are ignored.
  mutating func readComms(_ teller: CommTeller, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer) {
    var place = start
    switch teller {
    case .change: readChange(&place, end)
    case .one: if let told = readOne(&place, end) { tasks.tell(told.comm, of: told.pid) }
    case .fork:
      guard let parent = readOne(&place, end) else { return }
      tasks.tell(parent.comm, of: parent.pid)
      guard skip(" child_comm=", &place, end), let child = comm(before: " child_pid=", &place, end) else { return }
      tasks.forget(child.pid)
      tasks.tell(child.comm, of: child.pid)
    case .exec:
      // The file's name may hold anything: the pids follow it.
      for key in [" pid=", " old_pid="] as [StaticString] {
        if let pid = lastNumber(behind: key, start, end) { tasks.forget(pid) }
      }
    case .rename:
      guard skip("pid=", &place, end), let pid = smallDecimal(&place, end), skip(" oldcomm=", &place, end),
        let before = name(before: " newcomm=", &place, end), let after = name(before: " oom_score_adj=", &place, end)
      else { return }
      tasks.tell(before, of: pid)
      tasks.forget(pid)
      tasks.tell(after, of: pid)
    case .exit:
      guard let told = readOne(&place, end) else { return }
      tasks.tell(told.comm, of: told.pid)
      tasks.forget(told.pid)
    }
  }

  /// `prev_comm=vmm prev_pid=537 prev_prio=120 prev_state=S ==> next_comm=…`, or `vmm:537 [120] S ==> swapper/0:0
  /// [120]`.
  private mutating func readChange(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) {
    if skip("prev_comm=", &place, end) {
      guard let told = comm(before: " prev_pid=", &place, end) else { return }
      tasks.tell(told.comm, of: told.pid)
      // `prev_state=` is a few letters.
      while place < end, !skip(" ==> next_comm=", &place, end) { place += 1 }
      if let next = comm(before: " next_pid=", &place, end) { tasks.tell(next.comm, of: next.pid) }
    } else if let told = plainComm(&place, end) {
      while place < end, place.byte != UInt8(ascii: "=") { place += 1 }
      guard skip("==> ", &place, end), let next = plainComm(&place, end) else { return }
      tasks.tell(told.comm, of: told.pid)
      tasks.tell(next.comm, of: next.pid)
    }
  }

  /// `comm=vmm pid=537 …`, or `vmm:537 [120] …`.
  private func readOne(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> (comm: CommKey, pid: Int32)? {
    if skip("comm=", &place, end) { return comm(before: " pid=", &place, end) }
    return plainComm(&place, end)
  }

  /// A comm, which may hold anything and has 15 bytes at most, and the pid after it.
  private func comm(
    before key: StaticString, _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> (comm: CommKey, pid: Int32)? {
    guard let comm = name(before: key, &place, end), let pid = smallDecimal(&place, end) else { return nil }
    return (comm, pid)
  }

  /// The last possible position of the key is the right one.
  private func name(
    before key: StaticString, _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> CommKey? {
    var count = min(CommKey.width - 1, end - place)
    while count >= 0 {
      var ahead = place + count
      if skip(key, &ahead, end) {
        defer { place = ahead }
        return CommKey(endingAt: place + count, count: count)
      }
      count -= 1
    }
    return nil
  }

  /// `vmm:537 [120]`, `place` moved past it. Only what must follow shows that the front of `a:1 [9] S ==> b:2 [9]` is
  /// not a comm.
  private func plainComm(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> (comm: CommKey, pid: Int32)? {
    var count = min(CommKey.width - 1, end - place)
    while count >= 0 {
      var ahead = place + count
      if skip(":", &ahead, end), let pid = smallDecimal(&ahead, end), skip(" [", &ahead, end),
        decimal(&ahead, end) != nil, skip("]", &ahead, end)
      {
        defer { place = ahead }
        return (CommKey(endingAt: place + count, count: count), pid)
      }
      count -= 1
    }
    return nil
  }

  private func lastNumber(behind key: StaticString, _ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int32? {
    var place = end
    while place > start {
      place -= 1
      var ahead = place
      if skip(key, &ahead, end) { return smallDecimal(&ahead, end) }
    }
    return nil
  }
}
