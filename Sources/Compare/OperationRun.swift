// An operation that a model is in the middle of.

import KVMEvents

/// By slot of the engine's state.
struct OperationRun {
  enum Kind {
    case idle, invalidation, refresh, check, deactivation
  }

  var kind = Kind.idle
  var cache = 0
  /// The timer that it waits for; any other is stale.
  var timer: UInt64?
  /// An invalidation: how far it has come, and how far the recording has come.
  var reached = WindowPlan.Kind.begin
  var goal = WindowPlan.Kind.begin
  var range = HVARange(start: UHVA(rawValue: 0), end: UHVA(rawValue: 0))
  /// A refresh.
  var refresh: RefreshRun?
}

/// A refresh of the model.
struct RefreshRun {
  /// The meaning of the timer that is set.
  enum Phase {
    /// It has, or requests, `refresh_lock`.
    case request
    /// The entry, and the loop's first top.
    case begin
    /// The lookup is due, and what the form does before it.
    case beforeLookUp
    case lookUp
    case test
    /// The top of another round, `gpc->lock` held since the test.
    case loopTop
    case finish
  }

  let plan: RefreshPlan
  var phase = Phase.request
  /// How long `refresh_lock` must have been free before it gets it, and since when it is.
  var wakeUpNs: Int64
  var lockIsFreeSinceNs: Int64?
  /// Of the current round, 0 for the first; -1 before.
  var round = -1
  /// Lookups begun.
  var lookUpCount = 0
  var roundBeganNs: Int64 = 0
  /// Waited, in this round.
  var waitedInRoundNs: Int64 = 0
  var stallNs: Int64 = 0
  /// Start of its current wait.
  var waitsSinceNs: Int64?
  var isAsleep = false
  /// An overlapping invalidation is, or was, in flight during the wait.
  var waitIsNecessary = false
  var waitIsWidened = false
  /// An overlapping invalidation has ended since the round's snapshot.
  var overlapEnded = false
  var hasLookedUp = false
  /// It reaches its wait with everything that the recorded kernel did in this part of the round still to do.
  var waitsFirst = false

  init(_ plan: RefreshPlan) {
    self.plan = plan
    wakeUpNs = plan.wakeUpNs
  }

  var times: RefreshPlan.Round { plan.round(max(0, round)) }
}
