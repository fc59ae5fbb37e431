// What one recording of a batch may take, as limits of the kernel.

import Glibc
import Pipeline
import Replay

/// Limits of the process that judges a recording. What the replay counts itself is `--memory-max`; arrays that grow
/// exist twice, and the program, its threads' stacks and the database's caches take address space besides.
struct RecordingLimits {
  /// Bytes of address space.
  private let addressSpace: Int
  /// CPU time in seconds.
  let seconds: Int

  /// Between the signal that ends the process and the one that it cannot survive.
  private static let graceSeconds = 5

  init(_ request: ResultRequest) {
    addressSpace = 2 * (request.replay.memoryMax ?? ReplayOptions().memoryMax) + (512 << 20)
    seconds = request.secondsMax
  }

  /// Of this process, from now on; never more than the host allows.
  func set() {
    Self.set(RLIMIT_AS, addressSpace, addressSpace)
    Self.set(RLIMIT_CPU, seconds, seconds + Self.graceSeconds)
    Self.set(RLIMIT_CORE, 0, 0)
  }

  /// The host allows as much memory: what needs more would on every host.
  var isMemoryAllowed: Bool {
    [RLIMIT_AS, RLIMIT_DATA].allSatisfy { resource in
      var limit = rlimit()
      return getrlimit(Int32(resource.rawValue), &limit) != 0 || limit.rlim_cur >= rlim_t(addressSpace)
    }
  }

  /// The process was ended for its time, rather than for that of the host. The kernel counts in ticks.
  func areUsed(by cpuSeconds: Double) -> Bool { cpuSeconds >= 0.9 * Double(seconds) - 0.1 }

  private static func set(_ resource: __rlimit_resource, _ soft: Int, _ hard: Int) {
    var limit = rlimit()
    guard getrlimit(Int32(resource.rawValue), &limit) == 0 else { return }
    limit.rlim_max = min(limit.rlim_max, rlim_t(hard))
    limit.rlim_cur = min(limit.rlim_cur, limit.rlim_max, rlim_t(soft))
    setrlimit(Int32(resource.rawValue), &limit)
  }
}
