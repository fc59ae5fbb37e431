// What is open when the recording ends (docs/evidence.md, rule 25).

import KVMEvents

/// A call whose return was still to come, of a kind whose returns are recorded.
package struct OpenCall {
  package enum Kind {
    case request, deactivation
    case refresh(RefreshSlot)
    indirect case check(CheckState)
  }

  package let kind: Kind
  package let cache: CacheNumber
  package let task: TaskID
  package let entry: Moment
}

extension OperationTracker {
  /// Before `finishCalls()`. Without those that a gap makes doubtful: their returns may have been dropped.
  package var openCalls: [OpenCall] {
    // Entry and return of the body; up to 6.1 request and body are one function.
    let hasBody =
      probes.has(.lockedRefresh) && probes.has(.lockedRefreshRet)
      || probes.has(.gfnToPfnCacheRefresh) && probes.has(.gpcRefreshRet)
    var calls: [OpenCall] = []
    for thread in threads {
      if hasBody, let slot = thread.refresh, let entry = refreshes[slot].entry, !refreshes[slot].isTorn {
        calls.append(
          OpenCall(kind: .refresh(slot), cache: refreshes[slot].cache, task: refreshes[slot].task, entry: entry))
      } else if hasBody, let request = thread.openRequest {
        calls.append(OpenCall(kind: .request, cache: request.cache, task: request.task, entry: request.moment))
      }
      if probes.has(.gpcCheckRet) {
        calls += thread.checks.map {
          OpenCall(kind: .check($0), cache: $0.cache, task: $0.task, entry: $0.entry)
        }
      }
      if probes.has(.gpcDeactivateRet), let (cache, task, entry) = thread.deactivating {
        calls.append(OpenCall(kind: .deactivation, cache: cache, task: task, entry: entry))
      }
    }
    return calls.sorted { $0.entry.id < $1.entry.id }
  }

  /// Hooks of the VM that were running, or expected, when the recording ended.
  package func openInvalidations(of vm: VMState) -> [InvalidationState] {
    vm.invalidations.filter {
      $0.close == nil && $0.start != nil && $0.doubtedSince == nil
        && probes.has($0.end == nil ? .mnInvalidateRangeEnd : .mnInvalidateRangeEndRet)
    }
  }
}
