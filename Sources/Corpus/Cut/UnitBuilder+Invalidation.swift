// The notifier's hooks.

import KVMEvents

extension UnitBuilder {
  mutating func beginInvalidation(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    let mn = event.mn?.rawValue
    // The next start of the same thread and notifier: the one before is over.
    for hook in thread.hooks where hook.mn == mn && hook.end != nil && hook.start != nil {
      units[hook.unit].isWhole = true
    }
    thread.hooks.removeAll { $0.mn == mn }
    let unit = add(.invalidation, event, thread)
    units[unit].mn = mn
    // Caused by the lookup it stands in.
    if thread.checks.isEmpty, let host = thread.round ?? thread.refresh { units[unit].needs = [host] }
    thread.hooks.append(ThreadUnits.Hook(unit: unit, mn: mn, range: event.range, start: event.id))
  }

  mutating func walk(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    let open = thread.hooks.last { hook in
      event.kind == .mnInvalidateRange || event.kind == .mnChangePte
        ? hook.end == nil : !hook.hasStartRet && hook.end == nil
    }
    guard let hook = open else {
      _ = add(.bystander, event, thread, isWhole: true)
      return
    }
    append(event, to: hook.unit)
    if event.kind == .gpcInvalidateStart, event.range == hook.range { learnNotifier(event.kvm?.rawValue, hook.mn) }
  }

  mutating func startRet(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    guard let index = thread.hooks.lastIndex(where: { !$0.hasStartRet && $0.end == nil }) else {
      end(nil, event, thread)
      return
    }
    thread.hooks[index].hasStartRet = true
    append(event, to: thread.hooks[index].unit)
  }

  mutating func endEntry(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    let mn = event.mn?.rawValue
    if let index = thread.hooks.firstIndex(where: { $0.mn == mn && $0.end == nil && $0.range == event.range }) {
      thread.hooks[index].end = event.id
      append(event, to: thread.hooks[index].unit)
    } else {
      // Open when the recording began.
      let unit = add(.invalidation, event, thread)
      units[unit].mn = mn
      thread.hooks.append(ThreadUnits.Hook(unit: unit, mn: mn, range: event.range, start: nil, end: event.id))
    }
  }

  mutating func endKvm(_ event: RecordedEvent, _ thread: ThreadUnits) {
    guard let hook = thread.hooks.last(where: { $0.end != nil }) else {
      end(nil, event, thread)
      return
    }
    append(event, to: hook.unit)
  }

  mutating func endRet(_ event: RecordedEvent, _ thread: inout ThreadUnits) {
    let ended = thread.hooks.indices.filter { thread.hooks[$0].end != nil }
    guard let index = ended.max(by: { thread.hooks[$0].end ?? 0 < thread.hooks[$1].end ?? 0 }) else {
      end(nil, event, thread)
      return
    }
    let hook = thread.hooks.remove(at: index)
    append(event, to: hook.unit)
    units[hook.unit].isWhole = hook.start != nil
  }
}
