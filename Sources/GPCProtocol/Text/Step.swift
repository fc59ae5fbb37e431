// What a line of the text works on.

import KVMEvents

/// The state, and whose turn it is. Through a pointer: a line reads and writes the state where it lies. Lives as long
/// as the step is taken.
package struct Step<Storage: ProtocolStorage> {
  package let storage: UnsafeMutablePointer<Storage>
  unowned(unsafe) let engine: ProtocolEngine
  unowned(unsafe) let programs: CompiledPrograms
  package let task: Int
  /// The operation's, or the one that the walk has reached.
  package let cache: Int
  package let choice: Int
  /// What the invariants say of it.
  package var violations = Violations.none

  package var rules: ProtocolRules { engine.rules }

  /// `gpc->kvm`.
  package var kvm: SharedKVM<Storage.Width> {
    @inline(__always) get { storage.pointee.kvm }
    @inline(__always) nonmutating _modify { yield &storage.pointee.kvm }
  }

  package var gpc: GfnToPfnCache {
    @inline(__always) get { storage.pointee[cache: cache].fields }
    @inline(__always) nonmutating _modify { yield &storage.pointee[cache: cache].fields }
  }

  /// The task's own.
  package var local: TaskState<Storage.Width> {
    @inline(__always) get { storage.pointee[task: task] }
    @inline(__always) nonmutating _modify { yield &storage.pointee[task: task] }
  }

  package var isListed: Bool {
    @inline(__always) get { storage.pointee[cache: cache].isListed }
    @inline(__always) nonmutating set { storage.pointee[cache: cache].isListed = newValue }
  }

  /// What the vCPU of the cache has copied of `pfn`.
  package var copiedPFN: PFN {
    get { storage.pointee[cache: cache].copiedPFN }
    nonmutating set { storage.pointee[cache: cache].copiedPFN = newValue }
  }

  /// The range that the task's invalidation chose.
  package var range: HVARange { chosenRange.range }

  var chosenRange: CompiledOperation.Range { storage.pointee.chosenRange(task, programs) }

  /// What the refresh asks for.
  package var request: RefreshRequest {
    guard let request = storage.pointee.request(task, programs) else {
      fatalError("task \(task) refreshes in an operation that does not")
    }
    return request
  }

  var operation: CompiledOperation { storage.pointee.operation(task, programs) }

  var taskCount: Int { storage.pointee.taskCount(programs) }

  /// The address by which the page is named that a lookup finds.
  var place: UHVA { @inline(__always) get { gpc.place(fileBacked: programs.fileBacked) } }

  /// Is `pfn` anything but the page that the cache's uhva, or its place in the file, maps to now?
  func isStale(_ pfn: PFN) -> Bool { storage.pointee.isStale(pfn, at: place) }
}
