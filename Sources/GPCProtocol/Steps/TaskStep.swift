// Where a task stands: the step it takes next.

/// One step = one lock operation or one access to a field that somebody reads bare. Grouped by the kernel function that it belongs to.
package enum TaskStep: Hashable, Sendable {
  case hook(HookStep)
  case walk(WalkStep)
  case refresh(RefreshStep)
  case wait(WaitStep)
  case retry(RetryStep)
  case check(CheckStep)
  case deactivate(DeactivateStep)
  case activate(ActivateStep)
  case finished
}
