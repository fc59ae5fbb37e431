// A cache with its locks and its place on `gpc_list`.

import KVMEvents

package struct SharedCache<Width: StateWidth>: Hashable, Sendable {
  package var fields = GfnToPfnCache()
  /// `gpc->lock`.
  package var lock = KernelRWLock<Width>()
  /// `gpc->refresh_lock`.
  package var refreshLock = KernelLock<Width>()
  /// On `kvm->gpc_list`, guarded by `gpc_lock`.
  package var isListed = false
  /// `vcpu->mode` is not `OUTSIDE_GUEST_MODE`, of the vCPU that uses its pfn. Held by that alone; a walk waits for it.
  package var guestMode = KernelLock<Width>()
  private var copiedPFNName: Width.PageName = 0

  package init() {}

  /// What that vCPU has copied of `pfn`, to run its guest on; an error while it has none.
  package var copiedPFN: PFN {
    get { copiedPFNName == 0 ? .errorFault : PFN(rawValue: UInt64(copiedPFNName)) }
    set { copiedPFNName = newValue.isError ? 0 : Width.PageName(newValue.rawValue) }
  }
}
