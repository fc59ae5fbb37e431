// `kvm_gmem_punch_hole()`, virt/kvm/guest_memfd.c: the second source of invalidations. Its begin and end have the lines
// of the mmu_notifier's hooks, all of them or those of `mmu_lock` alone.

extension ProtocolText {
  static func punchHole(_ rules: ProtocolRules) -> Function {
    // Not held in the model: a change of attributes and other files do not take it.
    var lock = Line(
      116, "file.lock", "filemap_invalidate_lock(mapping)",
      then: rules.guestMemfd == .invalidates ? "hook.lockCount" : "hook.lockMMU", section: true, marks: .isUnrecorded)
    lock.known = ProtocolProgram.memslot
    return Function(FunctionName.punchHole, gpc: .none) { lock }
  }
}
