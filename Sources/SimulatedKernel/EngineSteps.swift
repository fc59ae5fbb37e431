// What the simulated kernel must know of the engine's steps, by their codes.

import GPCProtocol

/// Made once for a form: names are looked up here and nowhere else.
struct EngineSteps {
  /// The steps with an effect that others need, or with a probe before them.
  enum Role: String, CaseIterable {
    case raiseCount = "hook.raiseCount"
    case storeRangeStart = "hook.storeRangeStart"
    case storeRangeEnd = "hook.storeRangeEnd"
    case freePages = "hook.freePages"
    case lowerCount = "hook.lowerCount"
    case lockList = "walk.lockList"
    case lockWrite = "refresh.lockWrite"
    case begin = "refresh.begin"
    case snapshot = "refresh.snapshot"
    case lookUp = "refresh.lookUp"
    case accept = "refresh.accept"
    case unlockRefresh = "refresh.unlockRefresh"
    case unlockRefreshFailed = "refresh.unlockRefreshFailed"
    case retryLockMMU = "retry.lockMMU"
    case retrySection = "retry.section"
    case retrySectionSeq = "retry.sectionSeq"
    case unlockMMURetry = "retry.unlockMMURetry"
    case unlockMMUAccept = "retry.unlockMMUAccept"
    case retryFlag = "retry.flag"
    case retryCount = "retry.count"
    case retryRangeStart = "retry.rangeStart"
    case retryRangeEnd = "retry.rangeEnd"
    case retrySeq = "retry.seq"
    case checkTest = "check.test"
  }

  /// By `TaskStep.code`.
  private let roles: [Role?]

  init(_ program: ProtocolProgram) {
    var roles = [Role?](repeating: nil, count: Int(TaskStep.finished.code) + 1)
    for role in Role.allCases {
      // A form has not all of them.
      if let step = program.step(role.rawValue) { roles[Int(step.code)] = role }
    }
    self.roles = roles
  }

  subscript(step: TaskStep) -> Role? { roles[Int(step.code)] }
}

extension EngineSteps.Role {
  /// A line of the retry test.
  var isOfRetryTest: Bool {
    switch self {
    case .retryLockMMU, .retrySection, .retrySectionSeq, .unlockMMURetry, .unlockMMUAccept, .retryFlag, .retryCount,
      .retryRangeStart, .retryRangeEnd, .retrySeq:
      true
    case .raiseCount, .storeRangeStart, .storeRangeEnd, .freePages, .lowerCount, .lockList, .lockWrite, .begin,
      .snapshot, .lookUp, .accept, .unlockRefresh, .unlockRefreshFailed, .checkTest:
      false
    }
  }
}
