// Draws a workload from a seed.

import KVMEvents

extension Workload {
  /// The workload of a machine with these settings.
  package init(drawnFrom settings: SimulationSettings) {
    var drawing = WorkloadDrawing(settings)
    self = drawing.draw()
  }
}

private struct WorkloadDrawing {
  private let settings: SimulationSettings
  private var dice: Dice
  private var workload = Workload()
  private var nextID = 0
  /// The VMs that tasks use.
  private var living: [Int] = []

  /// The memslots' parts of an address space. The first begins where a huge page does.
  private static let slotPages: UInt64 = 8
  private static let slots: [(gpa: UInt64, uhva: UInt64)] = [
    (0, 0x7f61_85c0_0000), (0x1000_0000, 0x7f61_8600_0000), (0x2000_0000, 0x7f61_8640_0000),
  ]
  /// No memslot is here.
  private static let outside: UInt64 = 0x7f61_9000_0000
  private static let hugePage: UInt64 = 2 << 20

  init(_ settings: SimulationSettings) {
    self.settings = settings
    dice = Dice(seed: settings.seed, stream: -2)
  }

  mutating func draw() -> Workload {
    let vmCount = has(.secondVM) && dice.chance(30) ? 2 : 1
    let isReborn = has(.rebirth) && dice.chance(15)
    var machine = Workload.Machine()
    machine.mmOfVM = vmCount == 1 ? [0] : dice.pick([[0, 0], [0, 1]])
    machine.placeOfVM = Array(0..<vmCount)
    if isReborn {
      machine.mmOfVM.append(dice.pick([0, machine.mmOfVM.count]))
      machine.placeOfVM.append(0)
    }
    machine.cachesOfVM = machine.mmOfVM.map { _ in dice.within(1...3) }
    machine.firstSeq = UInt64(dice.pick([0, 0, 20, 41_007]))
    machine.cpuCount = dice.within(2...4)
    workload.machine = machine
    live(Array(0..<vmCount), after: [])
    if isReborn {
      let users = Array(workload.tasks.indices)
      let last = add("workload", after: users, [.destroy(vm: 0)])
      live([vmCount], after: [last])
    }
    let first = workload.tasks.count
    for index in 0..<dice.within(1...3) { addInvalidator(index) }
    if !isReborn { addInterrupts(on: first..<workload.tasks.count, after: Array(0..<vmCount)) }
    return workload
  }

  /// The life of these VMs.
  private mutating func live(_ living: [Int], after: [Int]) {
    self.living = living
    let setups = living.map { addSetup($0, after: after) }
    let first = workload.tasks.count
    for index in 0..<dice.within(1...3) { addUser(index, after: setups) }
    if has(.idle) && dice.chance(20) {
      add("<idle>", pid: 0, after: setups, (0..<dice.within(1...3)).map { _ in check(len: 16) })
    }
    if has(.memslotUpdates) && dice.chance(30) { addMemslotTask(after: setups) }
    if has(.seqMovers) && dice.chance(25) {
      add("CPU 7/KVM", after: setups, (0..<dice.within(1...4)).map { _ in .moveSeq(vm: dice.pick(living)) })
    }
    addInterrupts(on: first..<workload.tasks.count, after: setups)
  }

  private func has(_ feature: SimulationSettings.Feature) -> Bool { settings.possibleFeatures.contains(feature) }

  private mutating func operation(_ kind: Workload.Kind) -> Workload.Operation {
    nextID += 1
    return Workload.Operation(id: nextID, kind: kind)
  }

  @discardableResult private mutating func add(
    _ comm: String, pid: Int32? = nil, host: Int? = nil, after: [Int], _ kinds: [Workload.Kind]
  ) -> Int {
    var task = Workload.Task(
      comm: comm, pid: pid ?? Int32(500 + workload.tasks.count), cpu: dice.below(workload.machine.cpuCount),
      after: after, operations: kinds.map { operation($0) })
    if let host {
      let below = workload.tasks[host]
      (task.comm, task.pid, task.cpu, task.host) = (below.comm, below.pid, below.cpu, host)
    }
    workload.tasks.append(task)
    return workload.tasks.count - 1
  }

  // MARK: Tasks

  private mutating func addSetup(_ vm: Int, after: [Int]) -> Int {
    var kinds: [Workload.Kind] = []
    for slot in 0..<2 { kinds.append(setMemslot(vm, slot, UInt32(slot))) }
    let caches = 0..<workload.machine.cachesOfVM[vm]
    for cache in caches.dropFirst() {
      kinds.insert(.initialise(vm: vm, cache: cache), at: dice.below(kinds.count + 1))
    }
    if dice.chance(80) { for cache in caches { kinds.append(activation(vm, cache)) } }
    // The VM's own cache (shared_info) comes with it; those of its vCPUs when they are made.
    return add("workload", after: after, [.initialise(vm: vm, cache: 0), .create(vm: vm)] + kinds)
  }

  private mutating func addUser(_ index: Int, after: [Int]) {
    let kinds = (0..<dice.within(2...8)).map { _ in userKind() }
    add(dice.pick(["CPU \(index)/KVM", "re activate", "evtchn", "kworker/\(index):2"]), after: after, kinds)
  }

  /// It begins with the machine, or when that is set up.
  private mutating func addInvalidator(_ index: Int) {
    let mm = dice.below((workload.machine.mmOfVM.max() ?? 0) + 1)
    let kinds = (0..<dice.within(1...6)).map { _ in Workload.Kind.invalidate(mm: mm, invalidation()) }
    add(dice.pick(["ov dontneed", "khugepaged", "kswapd0", "balloon"]), after: dice.chance(70) ? [0] : [], kinds)
  }

  private mutating func addMemslotTask(after: [Int]) {
    let vm = dice.pick(living)
    let kinds = (0..<dice.within(1...3)).map { _ in
      let slot = UInt32(dice.within(1...2))
      return dice.chance(50)
        ? Workload.Kind.setMemslot(vm: vm, slot: slot, gpa: Self.slots[Int(slot)].gpa, size: 0, uhva: 0)
        : setMemslot(vm, Int(slot), slot)
    }
    add("memslots", after: after, kinds)
  }

  /// Checks on top of these tasks, of caches that exist when `after` is done.
  private mutating func addInterrupts(on hosts: Range<Int>, after: [Int]) {
    guard has(.interrupts) && dice.chance(50) else { return }
    for host in hosts where dice.chance(40) {
      let kinds = (0..<dice.within(1...2)).map { _ in check(len: 16) }
      add("", host: host, after: after, kinds)
    }
  }

  // MARK: Operations

  private mutating func cache() -> (vm: Int, cache: Int) {
    let vm = dice.pick(living)
    return (vm, dice.below(workload.machine.cachesOfVM[vm]))
  }

  private mutating func len() -> UInt64 { has(.badRequests) && dice.chance(2) ? 8192 : dice.pick([16, 32, 64]) }

  private mutating func check(len: UInt64) -> Workload.Kind {
    let (vm, cache) = cache()
    return .check(vm: vm, cache: cache, len: len)
  }

  private mutating func userKind() -> Workload.Kind {
    let (vm, cache) = cache()
    switch dice.below(100) {
    case 0..<45: return .use(vm: vm, cache: cache, len: len(), tries: dice.within(1...3))
    case 45..<65: return .check(vm: vm, cache: cache, len: len())
    case 65..<82: return .refresh(vm: vm, cache: cache, len: len())
    case 82..<90 where has(.activations):
      return dice.chance(25) ? .deactivate(vm: vm, cache: cache) : activation(vm, cache)
    case 90..<95 where has(.faults): return .fault(vm: vm, uhva: page(dice.pick([0, 1, 2])))
    case 95...: return .userspaceExit
    default: return .refresh(vm: vm, cache: cache, len: len())
    }
  }

  private mutating func activation(_ vm: Int, _ cache: Int) -> Workload.Kind {
    let offset = UInt64(dice.pick([0, 0, 16, 0xff0]))
    if dice.chance(35) {
      return .activateHva(
        vm: vm, cache: cache, uhva: UHVA(rawValue: page(dice.pick([0, 3, 3])).rawValue + offset), len: len())
    }
    let slot = has(.badRequests) && dice.chance(5) ? 2 : dice.pick([0, 0, 1])
    let gpa = Self.slots[slot].gpa + UInt64(dice.below(2)) * pageSize
    return .activate(vm: vm, cache: cache, gpa: GPA(rawValue: gpa + offset), len: len())
  }

  private func setMemslot(_ vm: Int, _ place: Int, _ number: UInt32) -> Workload.Kind {
    .setMemslot(
      vm: vm, slot: number, gpa: Self.slots[place].gpa, size: Self.slotPages * pageSize, uhva: Self.slots[place].uhva)
  }

  // MARK: Ranges

  /// One of the pages under caches: in a memslot's range, or (3) outside all.
  private mutating func page(_ part: Int) -> UHVA {
    let base = part == 3 ? Self.outside : Self.slots[part].uhva
    return UHVA(rawValue: base + UInt64(dice.below(2)) * pageSize)
  }

  private mutating func invalidation() -> MMInvalidation {
    var plan = MMInvalidation(
      range: range(), mnEvent: dice.pick([0, 1, 1, 6]), freesPages: true, comesBack: dice.chance(40))
    if has(.protection) && dice.chance(15) {
      plan.mnEvent = dice.pick([2, 3])
      plan.freesPages = false
    } else if has(.hugeRanges) && dice.chance(10) {
      plan.mnEvent = 1
      let base = dice.pick([Self.slots[0].uhva, Self.slots[1].uhva, Self.outside])
      let count = UInt64(dice.pick([1, 1, 2]))
      plan.range = HVARange(start: UHVA(rawValue: base), end: UHVA(rawValue: base + count * Self.hugePage))
      plan.freesPages = !(count == 1 && has(.splits) && dice.chance(60))
    }
    return plan
  }

  private mutating func range() -> HVARange {
    let part = dice.pick([0, 0, 1, 3, 3])
    let first = page(part).rawValue
    let pages: (start: UInt64, count: UInt64) =
      switch dice.below(10) {
      case 0..<6: (first, 1)
      case 6: (first - first % (8 * pageSize), 8)
      case 7: (first - first % (8 * pageSize) + 4 * pageSize, 2)
      // Pages without a VM.
      case _: (0x7f70_0000_0000 + UInt64(dice.below(4)) * pageSize, UInt64(dice.within(1...3)))
      }
    return HVARange(
      start: UHVA(rawValue: pages.start), end: UHVA(rawValue: pages.start + pages.count * pageSize))
  }
}
