// What is known of each form before any search: a mail, a commit, or a proof by hand.

import Testing

@testable import Explore

/// A form, a scenario, every verdict it must have there (none: clean), and how that is known.
struct KnownVerdict: CustomTestStringConvertible, Sendable {
  let form: String
  let scenario: String
  let verdicts: [SearchVerdict]
  let origin: String

  var testDescription: String { "\(form) in \(scenario)" }

  init(_ form: String, _ scenario: String, _ verdicts: [SearchVerdict], _ origin: String) {
    self.form = form
    self.scenario = scenario
    self.verdicts = verdicts
    self.origin = origin
  }

  static let all = mainlines + woodhouse + christopherson + seeds + published + guestMemfd + guests

  private static let mainlines = [
    KnownVerdict(
      "v5.17", "cold", [.contract, .stale],
      """
      Commit "KVM: Fix multiple races in gfn=>pfn cache refresh" (v5.19): while the lookup runs, valid is a placeholder over an error \
      pfn, so the walk passes the cache over; nothing is tested again between the retry test under mmu_lock and the store of pfn.
      """),
    KnownVerdict(
      "v5.17", "warm", [],
      "By hand: no refresh runs; the walk is mainline's and clears valid before the start hook returns."),
    KnownVerdict(
      "v5.17", "unrelated-for-ever", [.spins],
      "By hand: the end hook of the neighbour's invalidation bumps the seq; one such end in each round repeats every round."
    ),
    KnownVerdict(
      "v5.19", "deactivated", [.contract, .stale],
      """
      Commit "KVM: Reject attempts to consume or refresh inactive gfn_to_pfn_cache" (CVE-2022-49882): off the list, and check and refresh \
      do not look at active, so a cache is used and refreshed that no walk reaches.
      """),
    KnownVerdict("v5.19", "cold", [], "By hand: while the cache is active, as v6.9."),
    KnownVerdict(
      "v6.1", "deactivated", [],
      "The same commit: not active before it is off the list, so a check on a cache that no walk reaches says no."),
    KnownVerdict(
      "v6.1", "protected-deactivation", [],
      "By hand: what deactivation unmaps it unmaps under refresh_lock, so not while a refresh keeps it."),
    KnownVerdict("v6.1", "no-memslot", [.stale], "By hand: as v6.9."),
    KnownVerdict(
      "v6.2", "protected-deactivation", [.stale],
      """
      Commit 6addfcf27139, which mends it: deactivation does not wait for a refresh that found the cache's own pfn and keeps its khva; \
      that is unmapped under it, stored as it is, and kept by the next activation's refresh, which finds the same pfn again.
      """),
    KnownVerdict("v6.2", "deactivated", [], "By hand: as v6.1, a check looks at active."),
    KnownVerdict("v6.2", "cold", [], "By hand: while the cache is active, as v6.9."),
    KnownVerdict(
      "v7.3", "no-memslot", [],
      """
      By hand: gpc_invalidate_seq moves in every end hook, so the invalidation that comes and goes between lookup and relock shows in it; \
      one in flight at the test shows in the count.
      """),
    KnownVerdict(
      "v7.3", "cold", [], "By hand: as v6.9; the seq's bump is still before the count's fall, and read behind it."),
    KnownVerdict("v7.3", "warm", [], "By hand: the walk is v6.9's."),
    KnownVerdict(
      "v7.3", "unrelated-no-memslot", [.spins],
      "By hand: in flight it shows in the count, and its end moves the seq without a memslot as well."),
    KnownVerdict("v7.3", "unrelated-for-ever", [.spins], "By hand: as v6.9."),
    KnownVerdict(
      "v6.9", "protected-deactivation", [],
      "Commit 6addfcf27139: deactivation and activation hold refresh_lock, as the refresh does."),
    KnownVerdict(
      "v6.9", "warm", [], "By hand: the walk clears valid under gpc->lock before the start hook returns."),
    KnownVerdict(
      "v6.9", "cold", [],
      """
      By hand: an invalidation that begins after the test walks behind the store (gpc->lock); one in flight at the test shows in the \
      count; one that ended since the snapshot has bumped the seq before it lowered the count, and the seq is read after the count.
      """),
    KnownVerdict(
      "v6.9", "unrelated-for-ever", [.spins],
      "kvm list, 2024-08-20, v2's own message: with invalidations running, the loop is a busy wait that may retry for ever."
    ),
    KnownVerdict(
      "v6.9", "no-memslot", [.stale],
      """
      By hand: no memslot overlaps, so the end hook does not bump the seq; an invalidation that comes and goes between lookup and \
      relock leaves count 0 and seq unchanged, and its walk found valid false.
      """),
    KnownVerdict(
      "v6.9", "hva-based", [], "By hand: a memslot covers the page, so the seq moves as for a gpa-based cache."),
    KnownVerdict(
      "v6.9", "deactivation", [],
      "By hand: deactivation clears valid and pfn, and refresh_lock keeps a refresh out."),
  ]

  private static let woodhouse = [
    KnownVerdict(
      "dwmw2-v1", "warm", [.contract, .stale],
      "include/linux/mmu_notifier.h: pages may be freed before the end hook. No walk runs before that, so valid stays true."
    ),
    KnownVerdict(
      "dwmw2-v1", "unrelated-for-ever", [],
      "kvm list, 2024-08-05, v1: what it is for. Only a walk that hits clears the flag."),
    KnownVerdict(
      "dwmw2-v1", "cold", [.contract, .stale],
      "By hand: the walk passes over a cache whose pfn is an error, so the flag of a first refresh is never cleared."),
    KnownVerdict("dwmw2-v2", "warm", [.contract, .stale], "As dwmw2-v1: no walk before the end hook."),
    KnownVerdict(
      "dwmw2-v2", "cold", [.contract, .stale],
      "By hand: between the wait and the relock an invalidation may start and free the page; nothing in the start hook clears the flag."
    ),
    KnownVerdict("dwmw2-v2", "unrelated-no-memslot", [], "kvm list, 2024-08-20, v2: what it is for."),
    KnownVerdict(
      "dwmw2-v2", "around-for-ever", [.spins],
      "By hand: the range widens over the page between the two, and the queue is woken only at count 0, which never comes."
    ),
    KnownVerdict(
      "dwmw2-v3.1", "cold", [], "By hand: it retries whenever mainline does, and walks when mainline walks."),
    KnownVerdict("dwmw2-v3.1", "unrelated-for-ever", [.spins], "By hand: mainline's condition is still there."),
    KnownVerdict(
      "dwmw2-v3.1", "no-memslot", [.stale],
      "By hand: as mainline; the cold cache's pfn is an error, so the walk does not see the flag."),
    KnownVerdict(
      "dwmw2-v3.2", "warm-refresh", [.deadlock],
      "By hand: continue stays in the inner while, which leaves with gpc->lock held; the relock of step 6 waits for its own task."
    ),
    KnownVerdict(
      "dwmw2-v3.2", "cold", [.contract, .stale, .deadlock],
      "By hand: the self-deadlock, and a first refresh whose flag the walk does not see while nothing else is tested."),
    KnownVerdict(
      "dwmw2-v3.3", "unrelated", [.stale],
      "By hand: continue goes to the condition; no walk hit, so the flag is true, and new_pfn, still an error, is accepted."
    ),
    KnownVerdict(
      "dwmw2-v3.3", "around-for-ever", [.stale, .spins], "By hand: as unrelated, and woken only at count 0 as dwmw2-v2."
    ),
    KnownVerdict(
      "dwmw2-v3.3", "cold", [.contract, .stale],
      "By hand: the first refresh's flag is never cleared, pfn being an error."),
    KnownVerdict("dwmw2-v3.4", "warm", [.contract, .stale], "As dwmw2-v1: no walk before the end hook."),
    KnownVerdict("dwmw2-v3.4", "around-for-ever", [.spins], "As dwmw2-v2; the range is not even reset."),
  ]

  private static let christopherson =
    ["seanjc-1", "seanjc-2", "seanjc-3", "seanjc-4", "seanjc-5"].flatMap { form in
      [
        KnownVerdict(form, "warm", [], "By hand: the walk is in the start hook and clears valid before it returns."),
        KnownVerdict(
          form, "cold", [], "By hand: as mainline; what is in flight at the test is pending, what ended moved the seq."),
        KnownVerdict(
          form, "unrelated-for-ever", [.spins], "By hand: the seq is still read, and every end over a memslot bumps it."
        ),
        KnownVerdict(form, "no-memslot", [.stale], "By hand: as mainline, the seq is not bumped."),
      ]
    } + [
      KnownVerdict(
        "seanjc-2", "unrelated-no-memslot", [.spins], "By hand: it spins while the count is not 0, whatever the range."),
      KnownVerdict(
        "seanjc-3", "unrelated-no-memslot", [], "kvm list, 2024-10-15, 3/5: what it is for. Not pending, no seq bump."),
      KnownVerdict(
        "seanjc-3", "around-no-memslot", [.spins],
        "By hand: the range widens over the page and the count never falls to 0."),
      KnownVerdict("seanjc-5", "around-no-memslot", [.spins], "By hand: as seanjc-3, asleep instead of spinning."),
    ]

  private static let seeds =
    ["seed-1", "seed-2"].flatMap { form in
      [
        KnownVerdict(form, "warm", [], "By hand: the walk is v6.9's."),
        KnownVerdict(
          form, "cold", [],
          """
          By hand: one of the page in flight at the test is pending; one that ended since the snapshot bumped the seq before it lowered the \
          count, and the seq is read behind count and range.
          """),
        KnownVerdict(form, "unrelated-for-ever", [.spins], "By hand: every end over a memslot bumps the seq, as v6.9."),
        KnownVerdict(
          form, "unrelated-no-memslot", [], "By hand: the range does not cover the uhva, and no seq is bumped."),
        KnownVerdict(
          form, "around-no-memslot", [.spins],
          "By hand: the range widens over the page between the two, and is reset only at count 0, which never comes."),
        KnownVerdict(form, "no-memslot", [.stale], "By hand: as v6.9, the seq is not bumped."),
      ]
    } + [
      KnownVerdict("seed-atomic", "warm", [.contract, .stale], "As dwmw2-v1: no walk before the end hook."),
      KnownVerdict(
        "seed-atomic", "cold", [.contract, .stale],
        "By hand: stale as both-walks; once valid, nothing takes it back between the hooks of the next invalidation."),
      KnownVerdict(
        "seed-atomic", "unrelated-for-ever", [], "By hand: as dwmw2-v2, only a walk that hits clears the flag."),
      KnownVerdict("seed-atomic", "around-for-ever", [.spins], "By hand: as dwmw2-v2, woken only at count 0."),
      KnownVerdict("both-walks", "warm", [], "By hand: the walk in the start hook is v6.9's."),
      KnownVerdict(
        "both-walks", "warm-refresh", [],
        """
        By hand: the pfn is no error, so the end hook's walk clears the flag of a refresh that looked up before the pages were freed; while \
        the invalidation is in flight the range covers the page, and test and store are one section of mn_invalidate_lock.
        """),
      KnownVerdict(
        "both-walks", "cold", [.stale],
        "By hand: pfn is an error, both walks pass the cache over, the flag stays set, and the seq is not read."),
      KnownVerdict("both-walks", "no-memslot", [.stale], "By hand: as cold, memslots play no part."),
      KnownVerdict("both-walks", "unrelated-for-ever", [], "By hand: as dwmw2-v2."),
      KnownVerdict("both-walks", "around-for-ever", [.spins], "By hand: as dwmw2-v2, woken only at count 0."),
    ]

  private static let published = [
    KnownVerdict("dwmw2-rwlock", "warm", [], "By hand: no refresh runs; the walk is v6.9's."),
    KnownVerdict(
      "dwmw2-rwlock", "cold", [.contract, .stale],
      """
      By hand: between the test and write_lock() a whole invalidation runs; its walk finds valid false, and the freed page is swapped in \
      (stale). One that has only begun by then frees its pages while checks say yes (contract).
      """),
    KnownVerdict(
      "dwmw2-rwlock", "warm-refresh", [],
      """
      By hand: the refresh comes behind the walk of the only invalidation; while that is in flight the count repeats the round, and behind \
      it nothing invalidates.
      """),
    KnownVerdict(
      "dwmw2-rwlock", "warm-twice", [.contract, .stale],
      "By hand: the second invalidation comes between the test and the lock of a refresh that the first one caused."),
    KnownVerdict(
      "dwmw2-rwlock", "no-memslot", [.contract, .stale],
      "By hand: as cold; memslots play no part between test and lock."),
    KnownVerdict("dwmw2-rwlock", "unrelated-for-ever", [.spins], "By hand: count and seq are read, as in v6.9."),
    KnownVerdict(
      "dwmw2-rwlock", "unrelated", [],
      "By hand: no invalidation of the page; those elsewhere only repeat rounds."),
  ]

  /// Written down before the first search of these scenarios.
  private static let guestMemfd =
    ["punch-hole", "punch-hole-cold", "punch-hole-twice", "punch-hole-and-mm", "punch-hole-two-users"].flatMap {
      [
        KnownVerdict(
          "v6.9", $0, [], "By hand: its page is looked up by the hva; a hole moves the seq, which repeats a round."),
        KnownVerdict(
          "itazur-2", $0, [],
          """
          By hand: begin and end of the file's invalidation do what v6.9's hooks do and in their order: the count is up before the walk, the \
          seq moves after the pages are freed and before the count goes down. v6.9's proof (cold, warm-refresh) asks nowhere whose \
          invalidation it is.
          """),
      ]
    } + [
      KnownVerdict(
        "itazur-1", "punch-hole", [.stale],
        "By hand: no walk clears valid, and a check says yes after the hole."),
      KnownVerdict(
        "itazur-1", "punch-hole-cold", [.stale],
        "By hand: looked up before the file frees its pages, tested before the file's end moves the seq; the count is 0."
      ),
      KnownVerdict("itazur-1", "warm", [], "By hand: no hole, and the walk is v6.9's."),
      KnownVerdict("itazur-1", "cold", [], "By hand: as v6.9."),
      KnownVerdict(
        "itazur-1", "punched-for-ever", [.spins], "By hand: the file's end moves the seq wherever the hole lies."),
      KnownVerdict("itazur-1", "no-memslot", [.stale], "By hand: as v6.9, an hva-based cache keeps the old lookup."),
      KnownVerdict(
        "itazur-2", "punch-hole-hva-based", [],
        """
        By hand: the hva-based cache goes by the mm's hooks alone, as v6.9's; the walk of the hole clears it without need, as it goes by \
        the hva.
        """),
      KnownVerdict(
        "itazur-2", "punch-hole-deactivated", [], "By hand: as v6.9 in deactivation; refresh_lock keeps a refresh out."),
      KnownVerdict("itazur-2", "punched-for-ever", [.spins], "By hand: the count is up wherever the hole lies."),
      KnownVerdict("itazur-2", "no-memslot", [.stale], "By hand: as v6.9."),
      KnownVerdict(
        "v7.3", "punched-for-ever", [],
        "By hand: a hole raises no count, and gpc_invalidate_seq moves in the mm's end hook alone."),
      KnownVerdict("v6.9", "punched-for-ever", [.spins], "By hand: a hole moves mmu_invalidate_seq, wherever it lies."),
    ]

  /// Written down before the first search of these scenarios.
  private static let guests = [
    KnownVerdict("griffoul-4", "warm", [], "By hand: no vCPU has a copy; the walk is v6.9's."),
    KnownVerdict("griffoul-4", "cold", [], "By hand: as v6.9."),
    KnownVerdict("griffoul-4", "no-memslot", [.stale], "By hand: as v6.9."),
    KnownVerdict("griffoul-4", "unrelated-for-ever", [.spins], "By hand: as v6.9."),
    KnownVerdict(
      "griffoul-4", "guest", [],
      """
      By hand: a walk that clears valid after the test waits until the vCPU is outside; one before it is seen by the test, as no refresh \
      sets valid before the vCPU copies again.
      """),
    KnownVerdict("griffoul-4", "guest-cold", [], "By hand: as guest; the refresh comes before the copy."),
    KnownVerdict("griffoul-4", "guest-two", [], "By hand: as guest; the walk waits for either vCPU."),
    KnownVerdict(
      "griffoul-4", "guest-no-memslot", [.stale],
      "By hand: the refresh takes a freed page for valid, as v6.9's in no-memslot; the walk found valid false."),
    KnownVerdict(
      "griffoul-4", "guest-events", [.stale],
      """
      By hand, the suspicion of the protocol page: copies A; invalidated while the vCPU is outside, so the walk does not wait, and freed; its events \
      find valid false and refresh, valid over B; the test passes, and the guest runs on A. No contract: a walk after the test waits.
      """),
    KnownVerdict(
      "griffoul-4", "guest-must-not-block", [.contract, .stale],
      "By hand: the walk does not wait for the vCPU that is in its guest already."),
  ]
}
