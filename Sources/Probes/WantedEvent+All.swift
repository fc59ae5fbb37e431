// The events of kernels from 5.17 on, in the order in which their probes are defined.

extension WantedEvent {
  static let all: [WantedEvent] = invalidations + caches + requests + [lookup, check, memslots] + bystanders

  /// The hooks read count and seq through the notifier, which is a member of `struct kvm`. v7.3's retry test compares a
  /// sequence of its own; before 6.1 the VM's was called after the notifier.
  private static let hook: [WantedField] = [
    WantedField("mn", "mn", "x64"), WantedField("mm", "range->mm", "x64"),
    WantedField("start", "range->start", "x64"), WantedField("end", "range->end", "x64"),
    WantedField("flags", "range->flags", "u32"), WantedField("event", "range->event", "u32"),
    WantedField("active", "(kvm,mmu_notifier)mn->mn_active_invalidate_count", "u64"),
    WantedField(
      "seq",
      "(kvm,mmu_notifier)mn->gpc_invalidate_seq | (kvm,mmu_notifier)mn->mmu_invalidate_seq"
        + " | (kvm,mmu_notifier)mn->mmu_notifier_seq", "u64"),
  ]

  private static let invalidations: [WantedEvent] = [
    WantedEvent(
      "mn_invalidate_range_start",
      "An invalidation begins: its range, the VM's count and seq before it. After the return the range is off limits.",
      lost: "no invalidation is known: there are no findings, and no retry has a cause.",
      [WantedSource("kvm_mmu_notifier_invalidate_range_start", hook, .value(.int))]),
    WantedEvent(
      "gpc_invalidate_start",
      "The VM's caches are walked: the count is up, and the notifier's VM is known.",
      lost:
        "when the walk ran, and which VM a notifier belongs to (offsetof(struct kvm, mmu_notifier) tells that as well).",
      [
        WantedSource(
          "gfn_to_pfn_cache_invalidate_start",
          [WantedField("kvm", "kvm", "x64"), WantedField("start", "start", "x64"), WantedField("end", "end", "x64")],
          .notProbed)
      ]),
    WantedEvent(
      "mn_invalidate_range_end",
      "The pages are unmapped and freed. At the return the count is down, and seq has moved if a memslot was hit.",
      lost: "no invalidation is known to end: what rests on that is unknown.",
      [WantedSource("kvm_mmu_notifier_invalidate_range_end", hook)]),
    WantedEvent(
      "mn_invalidate_range", "The hook for secondary TLBs, between start and end (up to 6.5).",
      lost: "nothing that a finding rests on.",
      onSomeKernelsOnly: true,
      [
        WantedSource(
          "kvm_mmu_notifier_invalidate_range",
          [
            WantedField("mn", "mn", "x64"), WantedField("mm", "mm", "x64"), WantedField("start", "start", "x64"),
            WantedField("end", "end", "x64"),
          ], .notProbed)
      ]),
    WantedEvent(
      "mn_change_pte", "KSM replaced a page in place (up to 6.9).", lost: "nothing that a finding rests on.",
      onSomeKernelsOnly: true,
      [
        WantedSource(
          "kvm_mmu_notifier_change_pte",
          [WantedField("mn", "mn", "x64"), WantedField("mm", "mm", "x64"), WantedField("address", "address", "x64")],
          .notProbed)
      ]),
  ]

  private static let active = WantedField("active", "gpc->active", "u8")
  private static let valid = WantedField("valid", "gpc->valid", "u8")
  private static let gpc = WantedField("gpc", "gpc", "x64")
  private static let kvm = WantedField("kvm", "kvm | gpc->kvm", "x64")
  private static let len = WantedField("len", "len", "u64")
  private static let pfn = WantedField("pfn", "gpc->pfn", "x64")
  private static let generation = WantedField("gen", "gpc->generation", "u64")
  private static let slotsGeneration = WantedField(
    "slotsgen", "kvm->memslots->generation | gpc->kvm->memslots->generation", "u64")
  private static let cachedGpa = WantedField("gpa", "gpc->gpa", "x64")
  private static let cachedUhva = WantedField("uhva", "gpc->uhva", "x64")

  private static let caches: [WantedEvent] = [
    WantedEvent(
      "gpc_init", "A cache begins its life.", lost: "a pointer that is used again counts as the cache that it was.",
      [WantedSource("kvm_gpc_init", [gpc, WantedField("kvm", "kvm", "x64")], .notProbed)]),
    WantedEvent(
      "gpc_activate", "A cache is activated by gpa: its first refresh.",
      lost: "refreshes that activation asks for have no request, and a cache's first state is unknown.",
      [
        WantedSource(
          "kvm_gpc_activate", [kvm, gpc, WantedField("gpa", "gpa", "x64"), len, active, valid], .value(.int)),
        WantedSource(
          "kvm_gfn_to_pfn_cache_init", [kvm, gpc, WantedField("gpa", "gpa", "x64")], .value(.int),
          event: "kvm_gfn_to_pfn_cache_init"),
      ]),
    WantedEvent(
      "gpc_activate_hva", "A cache is activated by host address (from 6.9 on).",
      lost: "that a cache is hva-based: where no memslot covers its page, seq says nothing of it.",
      onSomeKernelsOnly: true,
      [
        WantedSource(
          "kvm_gpc_activate_hva", [gpc, WantedField("uhva", "uhva", "x64"), len, kvm, active, valid], .value(.int))
      ]),
    WantedEvent(
      "gpc_deactivate", "A cache leaves the VM's list, with its last fields.",
      lost: "a cache counts as active to the end of the recording.",
      [
        WantedSource("kvm_gpc_deactivate", [kvm, gpc, cachedGpa, cachedUhva, pfn, active, valid]),
        WantedSource(
          "kvm_gfn_to_pfn_cache_destroy", [kvm, gpc, cachedGpa, cachedUhva], event: "kvm_gfn_to_pfn_cache_destroy"),
      ]),
    WantedEvent(
      "gpc_unmap", "A cache's mapping is dropped (up to 6.1).", lost: "when a cache stopped being valid by that.",
      onSomeKernelsOnly: true,
      [WantedSource("kvm_gfn_to_pfn_cache_unmap", [kvm, gpc], .notProbed)]),
  ]

  private static let requests: [WantedEvent] = [
    WantedEvent(
      "gpc_refresh", "Somebody asks for a refresh, and waits for refresh_lock; up to 6.1 the refresh itself.",
      lost: "how long requests waited; up to 6.1 no refresh is known.",
      [
        WantedSource(
          "kvm_gpc_refresh",
          [
            gpc, len, WantedField("kvm", "gpc->kvm", "x64"), cachedGpa, cachedUhva, generation, pfn,
            WantedField("khva", "gpc->khva", "x64"), active, valid,
          ], .value(.int)),
        WantedSource(
          "kvm_gfn_to_pfn_cache_refresh",
          [
            kvm, gpc, WantedField("gpa", "gpa", "x64"), len, WantedField("old_gpa", "gpc->gpa", "x64"),
            WantedField("old_uhva", "gpc->uhva", "x64"), generation, slotsGeneration, pfn, active, valid,
          ], .value(.int)),
      ]),
    WantedEvent(
      "__gpc_refresh", "A refresh under refresh_lock, whoever asked (from 6.2 on), and its outcome.",
      lost: "refreshes that activation asks for, and which lookups are a refresh's.",
      [
        WantedSource(
          "__kvm_gpc_refresh",
          [
            // From 6.2 to 6.8 every cache is by gpa, and there is no such argument.
            gpc, WantedField("gpa", "gpa", "x64"), WantedField("uhva", "uhva", "x64", onSomeKernelsOnly: true),
            WantedField("kvm", "gpc->kvm", "x64"), WantedField("old_gpa", "gpc->gpa", "x64"),
            WantedField("old_uhva", "gpc->uhva", "x64"), generation, slotsGeneration, active, valid,
          ], .value(.int))
      ]),
  ]

  private static let lookup = WantedEvent(
    "hva_to_pfn", "A round of a refresh: the lookup of its page, and the pfn. (Page faults of guests look up as well.)",
    lost: "rounds, retries and their causes, and what was accepted.",
    [
      WantedSource(
        "hva_to_pfn",
        [
          WantedField("addr", "addr | kfp->hva", "x64"), WantedField("write", "write_fault", "u8"),
          // FOLL_WRITE is bit 0 of `flags`.
          WantedField("write", "kfp->flags", "b1@0/32"),
        ], .value(WantedReturnField(key: "pfn", type: "x64")))
    ])

  private static let check = WantedEvent(
    "gpc_check", "A user of a cache asks whether it may use it, and the answer.",
    lost: "no use of an invalidated page can be shown.",
    [
      WantedSource(
        "kvm_gpc_check",
        [
          gpc, len, WantedField("kvm", "gpc->kvm", "x64"), cachedGpa, cachedUhva, generation, slotsGeneration, active,
          valid,
        ], .value(.bool)),
      WantedSource(
        "kvm_gfn_to_pfn_cache_check",
        [
          kvm, gpc, WantedField("gpa", "gpa", "x64"), len, WantedField("c_gpa", "gpc->gpa", "x64"), cachedUhva,
          generation, slotsGeneration, active, valid,
        ], .value(.bool)),
    ])

  private static let memslots = WantedEvent(
    "set_memory_region", "A memslot is made, moved, changed or deleted.",
    lost: "whether an invalidation hit a memslot, and so moved seq.",
    ["__kvm_set_memory_region", "kvm_set_memory_region"].map { function in
      WantedSource(
        function,
        [
          WantedField("kvm", "kvm", "x64"), WantedField("slot", "mem->slot", "u32"),
          WantedField("flags", "mem->flags", "u32"), WantedField("gpa", "mem->guest_phys_addr", "x64"),
          WantedField("size", "mem->memory_size", "x64"), WantedField("hva", "mem->userspace_addr", "x64"),
        ], .value(.int))
    })

  private static let bystanders: [WantedEvent] = [
    WantedEvent(
      "xen_set_evtchn_fast", "An event channel is sent: what asked for a check.", lost: nothing,
      [
        WantedSource(
          "kvm_xen_set_evtchn_fast", [WantedField("kvm", "kvm", "x64"), WantedField("port", "xe->port", "u32")],
          .value(.int))
      ]),
    WantedEvent(
      "xen_hvm_set_attr", "The VMM places a page of the VM.", lost: nothing,
      [
        WantedSource(
          "kvm_xen_hvm_set_attr",
          [
            WantedField("kvm", "kvm", "x64"), WantedField("type", "data->type", "u16"),
            WantedField("val", "data->u.shared_info.gfn", "x64"),
          ], .value(.int))
      ]),
    WantedEvent(
      "xen_vcpu_set_attr", "The VMM places a page of a vCPU.", lost: nothing,
      [
        WantedSource(
          "kvm_xen_vcpu_set_attr",
          [
            WantedField("vcpu", "vcpu", "x64"), WantedField("kvm", "vcpu->kvm", "x64"),
            WantedField("type", "data->type", "u16"), WantedField("val", "data->u.gpa", "x64"),
          ], .value(.int))
      ]),
  ]
}
