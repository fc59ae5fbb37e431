// The two kernels whose probes the recordings have, as far as they differ for the replay.

enum Kernel: Sendable {
  /// `mn_invalidate_end_kvm`; `gpc_init` names the kvm; `gpc_retry_loop` stands before the snapshot.
  case linux612
  /// No `mn_invalidate_end_kvm`; `gpc_init` does not name the kvm; `gpc_retry_loop` stands behind the snapshot and
  /// records it.
  case linux61
}
