// `gfn_to_pfn_cache_invalidate_start()`, virt/kvm/pfncache.c, and the same walk in the end hook
// (`gfn_to_pfn_cache_invalidate()`).

import KVMEvents

extension ProtocolText {
  static func cacheInvalidate(_ rules: ProtocolRules) -> Function {
    let isBare = rules.walk.locking == .bareThenWrite
    let reads = rules.walk.locking == .readThenWrite
    let walk = rules.walk.ofStartHook
    let collects = rules.guestUsesPFN
    var awaitGuest = Line(
      115, "walk.awaitGuest", "waits until the vCPU is outside guest mode", takes: .guest, drops: .guest, if: collects,
      then: "vcpu", told: true, marks: .isUnrecorded)
    awaitGuest.known = ProtocolProgram.noGuestIsLeft
    let (flag, tested) = words(walk)
    return Function(FunctionName.cacheInvalidate, phase: nil, gpc: .walked) {
      // On x86 gpc_lock is a barrier of its own: taking a lock is a locked instruction (`MemoryModel.tso`).
      Line(
        barrier: "smp_mb()", orders: "count and range before the bare looks at valid",
        partner: "smp_mb() behind valid = true", if: rules.walk.barrierBefore)
      Line(17, "walk.lockList", "spin_lock(gpc_lock)", takes: .list, marks: .isAwaited)
      // list_for_each_entry(gpc, &kvm->gpc_list, list) {
      Line(jump: "walk.unlockList", when: .listIsEmpty)
      Line(label: "gpc")
      Line(
        18, "walk.readValidBare", "reads valid", if: isBare, section: true, choices: .storeBuffer,
        others: .readsBuffers,
        ways: [.hit: .next, .miss: "continue"]
      ) { $0.readValidBare() ? .hit : .miss }
      Line(
        19, "walk.readUHVABare", "reads uhva", if: isBare, section: true, ways: [.hit: .next, .miss: "continue"]
      ) { $0.range.contains($0.gpc.uhva) ? .hit : .miss }
      Line(20, "walk.lockRead", "read_lock(gpc->lock)", takes: .read, if: reads)
      Line(21, "walk.test", "tests \(tested)", if: reads, ways: [.hit: .next, .miss: "walk.unlockRead"]) {
        $0.gpc.isHit(by: $0.range, walk) ? .hit : .miss
      }
      Line(22, "walk.dropRead", "read_unlock(gpc->lock)", drops: .read, if: reads)
      Line(24, "walk.lockWrite", "write_lock(gpc->lock)", takes: .write)
      Line(25, "walk.clear", "if \(flag)…: valid = false", if: !collects, ways: [.hit: .next, .miss: .next]) {
        $0.gpc.walk($0.range, walk) ? .hit : .miss
      }
      Line(
        25, "walk.clear", "if \(flag)…: valid = false; collects the vCPU", if: collects,
        ways: [.hit: .next, .miss: .next]
      ) {
        guard $0.gpc.walk($0.range, walk) else { return .miss }
        $0.collectGuest()
        return .hit
      }
      Line(26, "walk.unlockWrite", "write_unlock(gpc->lock)", drops: .write, then: "continue")
      Line(23, "walk.unlockRead", "read_unlock(gpc->lock)", drops: .read, if: reads)
      Line(label: "continue")
      Line(jump: "gpc", when: .another)
      // }
      Line(27, "walk.unlockList", "spin_unlock(gpc_lock)", drops: .list, section: true)
      // kvm_make_vcpus_request_mask(): one vCPU after the other.
      Line(label: "vcpu")
      Line(jump: "walked", when: .noGuestIsLeft, if: collects)
      awaitGuest
      Line(label: "walked")
      Line(local: "return") { $0.local.walked = 0 }
    }
  }

  /// The second walk, in the end hook, where there are two: the same lines.
  static func cacheInvalidateAtEnd(_ rules: ProtocolRules) -> Function {
    let reads = rules.walk.locking != .write
    let walk = rules.walk
    let (flag, tested) = words(walk)
    return Function(FunctionName.cacheInvalidateAtEnd, phase: nil, gpc: .walked) {
      Line(93, "walkAtEnd.lockList", "spin_lock(gpc_lock)", takes: .list, marks: .isAwaited)
      Line(jump: "walkAtEnd.unlockList", when: .listIsEmpty)
      Line(label: "gpc at end")
      Line(94, "walkAtEnd.lockRead", "read_lock(gpc->lock)", takes: .read, if: reads)
      Line(95, "walkAtEnd.test", "tests \(tested)", if: reads, ways: [.hit: .next, .miss: "walkAtEnd.unlockRead"]) {
        $0.gpc.isHit(by: $0.range, walk) ? .hit : .miss
      }
      Line(96, "walkAtEnd.dropRead", "read_unlock(gpc->lock)", drops: .read, if: reads)
      Line(97, "walkAtEnd.lockWrite", "write_lock(gpc->lock)", takes: .write)
      Line(98, "walkAtEnd.clear", "if \(flag)…: valid = false", ways: [.hit: .next, .miss: .next]) {
        $0.gpc.walk($0.range, walk) ? .hit : .miss
      }
      Line(99, "walkAtEnd.unlockWrite", "write_unlock(gpc->lock)", drops: .write, then: "continue at end")
      Line(100, "walkAtEnd.unlockRead", "read_unlock(gpc->lock)", drops: .read, if: reads)
      Line(label: "continue at end")
      Line(jump: "gpc at end", when: .another)
      Line(101, "walkAtEnd.unlockList", "spin_unlock(gpc_lock)", drops: .list, section: true)
      Line(local: "return") { $0.local.walked = 0 }
    }
  }

  /// The flag that a walk clears `valid` for, and all that it tests.
  private static func words(_ walk: WalkRule) -> (flag: String, tested: String) {
    let flag = walk.test == .valid ? "valid" : "needs_invalidation"
    return (flag, "\(flag), \(walk.testsPFN ? "pfn, " : "")uhva")
  }
}

extension ProtocolText.Condition {
  fileprivate static var listIsEmpty: Self { Self("the list is empty") { !$0.reach(from: 0) } }

  fileprivate static var another: Self { Self(ProtocolProgram.another) { $0.reach(from: $0.cache + 1) } }

  /// Else the walk is at the cache of the next one.
  fileprivate static var noGuestIsLeft: Self { Self(ProtocolProgram.noGuestIsLeft) { !$0.reachGuest() } }
}

extension Step {
  /// Goes to the first cache on the list from this one on; false: there is none.
  fileprivate func reach(from first: Int) -> Bool {
    guard let cache = storage.pointee.nextWalked(from: first, by: task, programs) else { return false }
    local.walked = Storage.Width.Count(cache)
    return true
  }

  /// The cache that was hit has a vCPU to wait for. Where the range must not block, the walk does not wait.
  fileprivate func collectGuest() {
    let bit: UInt8 = cache < 8 ? 1 << UInt8(cache) : 0
    if programs.guestCaches & bit != 0 && chosenRange.mayBlock { local.hitGuests |= bit }
  }

  /// Goes to the first cache whose vCPU is to be waited for; false: there is none.
  fileprivate func reachGuest() -> Bool {
    guard local.hitGuests != 0 else { return false }
    local.walked = Storage.Width.Count(local.hitGuests.trailingZeroBitCount)
    local.hitGuests &= local.hitGuests - 1
    return true
  }

  /// While a store to it waits in the buffer of another CPU, the read may come before or after that drains: two
  /// choices.
  fileprivate func readValidBare() -> Bool {
    guard let writer = engine.bufferedWriter(of: cache, storage.pointee) else { return gpc.valid }
    guard choice == 0 else { return false }
    storage.pointee[task: writer].hasBufferedValid = false
    return gpc.valid
  }
}
