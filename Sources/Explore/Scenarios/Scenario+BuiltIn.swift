// The built-in scenarios. Each stays under half a million states for every form, but for the large ones.

import GPCProtocol
import KVMEvents
import Results

extension Scenario {
  package static let builtIn: [Scenario] = warmAndCold + several + unrelated + special + longer + inFile + guests

  package static func named(_ name: String) -> Scenario? { (builtIn + large).first { $0.name == name } }

  /// Millions of states in some forms: `matrix --large`.
  package static let large = [
    make(
      "three-overlapping", "Three tasks invalidate the page at once, twice each, while a task uses it.", caches: [cold],
      .invalidator("mm", 1..<2, 1..<2), .invalidator("mm2", 1..<2, 1..<2), .invalidator("mm3", 1..<2, 1..<2), .user()),
    make(
      "three-and-two", "Three tasks invalidate the page at once while two tasks use it.", caches: [cold],
      .invalidator("mm", 1..<2), .invalidator("mm2", 1..<3), .invalidator("mm3", 0..<2), .user("vcpu0"),
      .user("vcpu1")),
    make(
      "two-caches-twice",
      "Two tasks invalidate two caches' pages and their neighbours, three times each, each cache with its user.",
      caches: [warm, ProtocolSetup.Cache(page: 2, warmth: .cold)],
      .invalidator("mm", 1..<2, 2..<3, 0..<1), .invalidator("mm2", 1..<3, 3..<4, 1..<2), .user("vcpu0"),
      .user("vcpu1", 1, page: 2)),
  ]

  private static func make(
    _ name: String, _ summary: String, caches: [ProtocolSetup.Cache], memslots: [HVARange] = [.everything],
    file: HVARange? = nil, _ programs: TaskProgram...
  ) -> Scenario {
    var setup = ProtocolSetup(caches: caches, memslots: memslots, programs: programs)
    setup.file = file
    return Scenario(name: name, summary: summary, setup: setup)
  }

  private static let cold = ProtocolSetup.Cache(page: cachePage, warmth: .cold)
  private static let warm = ProtocolSetup.Cache(page: cachePage, warmth: .warm)

  private static let warmAndCold = [
    make(
      "warm", "An invalidation of a valid cache's page; a user checks.", caches: [warm],
      .invalidator("mm", 1..<2), .checker()),
    make(
      "cold", "An invalidation during the first refresh; a user checks.", caches: [cold],
      .invalidator("mm", 1..<2), .refresher(), .checker()),
    make(
      "warm-refresh", "An invalidation of a valid cache's page; the user refreshes when the check says no.",
      caches: [warm],
      .invalidator("mm", 1..<2), .user(), .checker()),
    make(
      "warm-twice", "Two invalidations one after the other; the user refreshes when the check says no.", caches: [warm],
      .invalidator("mm", 1..<2, 1..<2), .user(), .checker()),
  ]

  private static let several = [
    make(
      "two-overlapping", "Two tasks invalidate the page at once, during a first refresh.", caches: [cold],
      .invalidator("mm", 1..<2), .invalidator("mm2", 1..<2), .user()),
    make(
      "one-unrelated", "One of two invalidations hits the page, the other one its neighbour.", caches: [warm],
      .invalidator("mm", 1..<2), .invalidator("mm2", 2..<3), .user()),
    make(
      "two-refreshers", "Two tasks refresh one cold cache under an invalidation.", caches: [cold],
      .invalidator("mm", 1..<2), .user("vcpu0"), .user("vcpu1")),
    make(
      "two-caches", "An invalidation over two caches, each with its user.",
      caches: [warm, ProtocolSetup.Cache(page: 2, warmth: .warm)],
      .invalidator("mm", 1..<3), .user("vcpu0"), .user("vcpu1", 1, page: 2)),
    make(
      "twice-and-around", "Two invalidations of the page, and meanwhile one of each neighbour.", caches: [warm],
      .invalidator("mm", 1..<2, 1..<2), .invalidator("mm2", 0..<1, 2..<3), .user(), .checker()),
    make(
      "two-by-two", "Two tasks invalidate the page while two tasks use it.", caches: [cold],
      .invalidator("mm", 1..<2), .invalidator("mm2", 1..<3), .user("vcpu0"), .user("vcpu1")),
  ]

  private static let unrelated = [
    make(
      "unrelated", "Two invalidations, one on either side of the page, during a refresh.", caches: [cold],
      .invalidator("mm", 0..<1), .invalidator("mm2", 2..<3), .user()),
    make(
      "unrelated-for-ever", "One task invalidates the neighbouring page over and over.", caches: [cold],
      .invalidator("mm", 2..<3, forEver: true), .refresher()),
    make(
      "around-for-ever", "Two tasks invalidate the pages on either side over and over.", caches: [cold],
      .invalidator("mm", 0..<1, forEver: true), .invalidator("mm2", 2..<3, forEver: true), .refresher()),
    make(
      "unrelated-no-memslot", "As unrelated-for-ever, but no memslot covers that page.", caches: [cold],
      memslots: [.pages(1..<2)],
      .invalidator("mm", 2..<3, forEver: true), .refresher()),
    make(
      "around-no-memslot", "As around-for-ever, but no memslot covers those pages.", caches: [cold],
      memslots: [.pages(1..<2)],
      .invalidator("mm", 0..<1, forEver: true), .invalidator("mm2", 2..<3, forEver: true), .refresher()),
  ]

  private static let special = [
    make(
      "no-memslot", "An hva-based cache whose page no memslot covers; an invalidation during its first refresh.",
      caches: [ProtocolSetup.Cache(page: cachePage, isGPABased: false, warmth: .cold)], memslots: [],
      .invalidator("mm", 1..<2), TaskProgram("vcpu", [.use(cache: 0, .uhva(.page(cachePage)))]), .checker()),
    make(
      "hva-based", "An hva-based cache that a memslot happens to cover.",
      caches: [ProtocolSetup.Cache(page: cachePage, isGPABased: false, warmth: .cold)],
      .invalidator("mm", 1..<2), TaskProgram("vcpu", [.use(cache: 0, .uhva(.page(cachePage)))]), .checker()),
    make(
      "failed-lookup", "A lookup that may fail, under an invalidation.", caches: [warm],
      .invalidator("mm", 1..<2), .refresher(mayFail: true), .checker()),
    make(
      "moved", "A refresh moves the cache to another page while that page is invalidated.", caches: [warm],
      .invalidator("mm", 2..<3), .refresher(page: 2), .checker()),
    make(
      "moved-away", "A refresh moves the cache to another page while the page it leaves is invalidated.",
      caches: [warm],
      .invalidator("mm", 1..<2), .refresher(page: 2), .checker()),
    make(
      "unmapped-gpa", "A refresh asks for a gpa that no memslot covers while the page that it leaves is invalidated.",
      caches: [warm],
      .invalidator("mm", 1..<2), TaskProgram("vcpu", [.refresh(cache: 0, .unmappedGPA, lookUpMayFail: false)]),
      .checker()),
    make(
      "active-again", "An active cache is activated again under an invalidation.", caches: [warm],
      .invalidator("mm", 1..<2), TaskProgram("ioctl", [.activate(cache: 0, .gpaPage(cachePage)), .check(cache: 0)])),
    make(
      "deactivation", "A cache is deactivated and activated again under an invalidation.", caches: [warm],
      .invalidator("mm", 1..<2), .refresher(),
      TaskProgram("ioctl", [.deactivate(cache: 0), .activate(cache: 0, .gpaPage(cachePage)), .check(cache: 0)])),
    make(
      "deactivated", "A cache is deactivated under an invalidation; its user goes on.", caches: [warm],
      .invalidator("mm", 1..<2), .user(), TaskProgram("ioctl", [.deactivate(cache: 0)])),
    make(
      "protected-deactivation",
      "A cache is deactivated and activated again while it is refreshed after a change of protection, which frees nothing.",
      caches: [warm],
      TaskProgram("mm", [.invalidate([InvalidatedRange(.pages(1..<2), freesPages: false)])]), .refresher(),
      TaskProgram("ioctl", [.deactivate(cache: 0), .activate(cache: 0, .gpaPage(cachePage)), .check(cache: 0)])),
  ]

  private static let longer = [
    make(
      "two-by-two-twice", "Two tasks invalidate the page and its neighbour by turns while two tasks use it.",
      caches: [warm],
      .invalidator("mm", 1..<2, 2..<3), .invalidator("mm2", 2..<3, 1..<2), .user("vcpu0"), .user("vcpu1")),
    make(
      "two-caches-two-mm", "Two tasks invalidate two caches' pages by turns, each cache with its user.",
      caches: [warm, ProtocolSetup.Cache(page: 2, warmth: .cold)],
      .invalidator("mm", 1..<2, 2..<3), .invalidator("mm2", 1..<3), .user("vcpu0"), .user("vcpu1", 1, page: 2)),
    make(
      "around-twice-deactivated",
      "Invalidations of the page and around it while it is used, deactivated and activated again.", caches: [warm],
      .invalidator("mm", 1..<2, 0..<1), .invalidator("mm2", 2..<3, 1..<2), .user(),
      TaskProgram("ioctl", [.deactivate(cache: 0), .activate(cache: 0, .gpaPage(cachePage))])),
  ]

  /// Pages 0 to 2 are in guest_memfd: the second source of invalidations.
  private static let inFile = [
    make(
      "punch-hole", "A hole is punched in guest_memfd over a valid cache's page; the user refreshes.", caches: [warm],
      file: .pages(0..<3), .puncher("file", 1..<2), .user(), .checker()),
    make(
      "punch-hole-cold", "A hole is punched in guest_memfd during the first refresh.", caches: [cold],
      file: .pages(0..<3), .puncher("file", 1..<2), .refresher(), .checker()),
    make(
      "punch-hole-twice", "Two tasks punch holes in guest_memfd, one of them twice, while a task uses the page.",
      caches: [warm], file: .pages(0..<3), .puncher("file", 1..<2, 1..<2), .puncher("file2", 0..<2), .user()),
    make(
      "punch-hole-and-mm", "A hole is punched in guest_memfd while the mm invalidates the hva of the same page.",
      caches: [warm], file: .pages(0..<3), .puncher("file", 1..<2), .invalidator("mm", 1..<2), .user(), .checker()),
    make(
      "punch-hole-two-users", "Holes in guest_memfd and an invalidation of the neighbour while two tasks use the page.",
      caches: [cold], file: .pages(0..<3), .puncher("file", 1..<2), .invalidator("mm", 2..<3), .user("vcpu0"),
      .user("vcpu1")),
    make(
      "punch-hole-hva-based", "An hva-based cache and a gpa-based one; a hole in guest_memfd, and the mm invalidates.",
      caches: [ProtocolSetup.Cache(page: cachePage, isGPABased: false, warmth: .warm), warm], file: .pages(0..<3),
      .puncher("file", 1..<2), .invalidator("mm", 1..<2),
      TaskProgram("vcpu0", [.use(cache: 0, .uhva(.page(cachePage)))]), .user("vcpu1", 1)),
    make(
      "punch-hole-deactivated", "A hole in guest_memfd while the cache is deactivated and activated again.",
      caches: [warm], file: .pages(0..<3), .puncher("file", 1..<2), .refresher(),
      TaskProgram("ioctl", [.deactivate(cache: 0), .activate(cache: 0, .gpaPage(cachePage)), .check(cache: 0)])),
    make(
      "punched-for-ever", "Holes are punched in guest_memfd elsewhere, over and over.", caches: [cold],
      file: .pages(0..<3), .puncher("file", 2..<3, forEver: true), .refresher()),
  ]

  /// For forms that have such a user.
  private static let guests = [
    make(
      "guest", "A vCPU enters its guest with a copy of the pfn while the page is invalidated.", caches: [warm],
      .invalidator("mm", 1..<2), .guest(handlesEvents: false)),
    make(
      "guest-cold", "The same from a first refresh on, two invalidations, and a task that checks.", caches: [cold],
      .invalidator("mm", 1..<2, 1..<2), .guest(handlesEvents: false), .checker()),
    make(
      "guest-two", "Two vCPUs enter their guests, each with the pfn of its cache, under an invalidation of both pages.",
      caches: [warm, ProtocolSetup.Cache(page: 2, warmth: .warm)], .invalidator("mm", 1..<3),
      .guest("vcpu0", handlesEvents: false), .guest("vcpu1", 1, page: 2, handlesEvents: false)),
    make(
      "guest-no-memslot", "As guest, from a first refresh of an hva-based cache on whose page no memslot covers.",
      caches: [ProtocolSetup.Cache(page: cachePage, isGPABased: false, warmth: .cold)], memslots: [],
      .invalidator("mm", 1..<2),
      TaskProgram("vcpu", [.runGuest(cache: 0, .uhva(.page(cachePage)), handlesEvents: false)])),
    make(
      "guest-events", "As guest; events of the vCPU may check and refresh the cache between copy and entry.",
      caches: [warm], .invalidator("mm", 1..<2), .guest(handlesEvents: true)),
    make(
      "guest-must-not-block", "As guest; the invalidation must not block, and waits for no vCPU.", caches: [warm],
      TaskProgram("mm", [.invalidate([InvalidatedRange(.pages(1..<2), mayBlock: false)])]),
      .guest(handlesEvents: false)),
  ]
}
