// A kernel function beside our text of it, line by line.

import Forms
import GPCProtocol

/// `hva_to_pfn_retry()` as mainline has it: the C on the left, our line on the right. Made from the text: a line that
/// is not listed here, or in another order, traps.
struct FunctionListing {
  /// The C of virt/kvm/pfncache.c, and our lines for it: steps and labels by name, all others by what they
  /// say.
  private static let kernel: [(statement: String, lines: [String])] = [
    ("do {", ["do"]),
    ("    mmu_seq = gpc->kvm->mmu_invalidate_seq;", ["forgets mmu_seq", "refresh.snapshot"]),
    ("    smp_rmb();", ["smp_rmb()"]),
    ("    write_unlock_irq(&gpc->lock);", ["refresh.unlock"]),
    ("    if (new_pfn != KVM_PFN_ERR_FAULT) gpc_unmap(new_pfn, new_khva);", ["gpc_unmap(new_pfn, new_khva)"]),
    ("    new_pfn = hva_to_pfn(&kfp); … new_khva = gpc_map(new_pfn);", ["refresh.lookUp"]),
    ("    write_lock_irq(&gpc->lock);", ["refresh.relock"]),
    ("} while (mmu_notifier_retry_cache(gpc->kvm, mmu_seq));", ["mmu_notifier_retry_cache()"]),
    ("gpc->valid = true; gpc->pfn = new_pfn; gpc->khva = new_khva + …;", ["refresh.accept"]),
    ("return 0;", ["return"]),
    ("out_error:", ["out_error"]),
    ("    write_lock_irq(&gpc->lock); return -EFAULT;", ["refresh.lockFailed"]),
  ]

  /// Rows of a table.
  let rows: [[String]]

  init() {
    let told = ProtocolForm.v69.program.listing(of: FunctionName.hvaToPFNRetry)
    precondition(told.map(\.name) == Self.kernel.flatMap(\.lines), "the listing is not the text: \(told.map(\.name))")
    rows = Self.kernel.map { statement, lines in
      let ours = told.filter { lines.contains($0.name) }.map(Self.words)
      return ["`\(statement)`", ours.joined(separator: "; ")]
    }
  }

  private static func words(_ line: ProtocolProgram.Listed) -> String {
    switch line.kind {
    case .step: "`\(line.name)` \(line.statement)" + (line.ways.isEmpty ? "" : " (\(line.ways))")
    case .label: "`\(line.name):`"
    case .call: "the lines of \(line.name)"
    case .local: "\(line.statement) (no step)"
    case .barrier: "\(line.name) (no step)"
    case .jump: "\(line.name)"
    }
  }
}
