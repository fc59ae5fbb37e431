// Replaces a host's addresses by others, each always by the same, with their relations kept.

import KVMEvents

/// The replacement of each address. Built from all of a text before the first is replaced.
struct AddressNames {
  private var kernel: [UInt64: UInt64] = [:]
  /// Ascending.
  private var userShifts: [(range: ClosedRange<UInt64>, shift: UInt64)] = []
  private var pfnShift: UInt64 = 0

  /// The values of a text, in the order in which they first appear.
  struct Seen {
    private(set) var pointers: [UInt64] = []
    private(set) var code: [UInt64] = []
    /// Kernel addresses in place of user addresses: "none", which is PAGE_OFFSET.
    private(set) var sentinels: [UInt64] = []
    private(set) var users: [UInt64] = []
    private(set) var pfns: [UInt64] = []
    private var known: Set<UInt64> = []

    mutating func add(_ value: UInt64, _ use: NumberUse) {
      guard value != 0, value != .max else { return }
      switch use {
      case .plain: break
      case .pfn: if !PFN(rawValue: value).isError { pfns.append(value) }
      case .user where value >> 63 == 0: users.append(value)
      case .user: addOnce(value, to: \.sentinels)
      case .kernel where value >= AddressNames.codeBegin: addOnce(value, to: \.code)
      case .kernel: addOnce(value, to: \.pointers)
      case .untold where value >= AddressNames.codeBegin: addOnce(value, to: \.code)
      case .untold where value >> 63 == 1: addOnce(value, to: \.pointers)
      case .untold: break
      }
    }

    private mutating func addOnce(_ value: UInt64, to list: WritableKeyPath<Seen, [UInt64]>) {
      if known.insert(value).inserted { self[keyPath: list].append(value) }
    }
  }

  /// Kernel code, followed by modules.
  fileprivate static let codeBegin: UInt64 = 0xffff_ffff_8000_0000
  private static let modulesBegin: UInt64 = 0xffff_ffff_c000_0000
  private static let gigabyte: UInt64 = 1 << 30

  init(_ seen: Seen) {
    nameUsers(seen.users)
    namePFNs(seen.pfns)
    nameSentinels(seen.sentinels)
    let pointers = seen.pointers.filter { kernel[$0] == nil }
    nameClusters(pointers.filter { $0 >> 48 == 0xffff }, gap: 1 << 16, from: 0xffff_8881_0000_0000, spacing: 1 << 24)
    nameClusters(
      pointers.filter { $0 >> 63 == 1 && $0 >> 48 != 0xffff }, gap: 1 << 16, from: 0xff11_0001_0000_0000,
      spacing: 1 << 24)
    // Hashed by the kernel (%p): names already, without a range.
    nameClusters(pointers.filter { $0 >> 63 == 0 }, gap: 0, from: 0xa000_0000, spacing: 1 << 12)
    nameCode(seen.code.filter { $0 < Self.modulesBegin }, from: 0xffff_ffff_8100_0000)
    nameCode(seen.code.filter { $0 >= Self.modulesBegin }, from: 0xffff_ffff_c020_0000)
  }

  func name(of value: UInt64, _ use: NumberUse) -> UInt64 {
    guard value != 0, value != .max else { return value }
    switch use {
    case .plain: return value
    case .pfn: return PFN(rawValue: value).isError ? value : value &+ pfnShift
    case .user: return value >> 63 == 0 ? userName(of: value) ?? value : kernel[value] ?? value
    case .kernel: return kernel[value] ?? value
    case .untold:
      return kernel[value] ?? userName(of: value) ?? value
    }
  }

  // MARK: User addresses and page frames

  private func userName(of value: UInt64) -> UInt64? {
    userShifts.first { $0.range.contains(value) }.map { value &+ $0.shift }
  }

  /// By whole gigabytes, so that pages of any size stay pages. Addresses a terabyte apart or more, as those of a
  /// program and its mappings, need not keep their distance, only their order: then all stay in the user half.
  private mutating func nameUsers(_ users: [UInt64]) {
    var ranges: [ClosedRange<UInt64>] = []
    for value in Set(users).sorted() {
      if let last = ranges.last, value - last.upperBound < 1 << 40 {
        ranges[ranges.count - 1] = last.lowerBound...value
      } else {
        ranges.append(value / Self.gigabyte * Self.gigabyte...value)
      }
    }
    let old = Set(users)
    var base: UInt64 = 0x1000_0000_0000
    repeat {
      userShifts = Self.shifts(of: ranges, to: base)
      base += Self.gigabyte
    } while users.contains { userName(of: $0).map { old.contains($0) } ?? false }
  }

  private static func shifts(
    of ranges: [ClosedRange<UInt64>], to target: UInt64
  ) -> [(range: ClosedRange<UInt64>, shift: UInt64)] {
    var base = target
    return ranges.map { range in
      defer { base += ((range.upperBound - range.lowerBound) / gigabyte + 1) * gigabyte + 1 << 40 }
      return (range, base &- range.lowerBound)
    }
  }

  /// By whole huge pages.
  private mutating func namePFNs(_ pfns: [UInt64]) {
    guard let low = pfns.min(), let high = pfns.max() else { return }
    pfnShift = Self.shift(low, high, unit: 512, to: 0x20_0000)
  }

  /// To `target`, or after all others, if the new numbers would collide with old ones.
  private static func shift(_ low: UInt64, _ high: UInt64, unit: UInt64, to target: UInt64) -> UInt64 {
    let begin = low / unit * unit
    let meets = target <= high && begin <= target + (high - begin)
    return (meets ? (high / unit + 1) * unit : target) &- begin
  }

  // MARK: Kernel addresses

  /// The lowest is PAGE_OFFSET, as it is without randomisation.
  private mutating func nameSentinels(_ sentinels: [UInt64]) {
    guard let low = sentinels.min() else { return }
    var base: UInt64 = low >> 48 == 0xffff ? 0xffff_8880_0000_0000 : 0xff11_0000_0000_0000
    if base == low { base += 0x100_0000_0000 }
    for value in sentinels { kernel[value] = base &+ (value &- low) }
  }

  /// Each on a page of its own, by appearance: distances between probes are those of one build of the kernel, and no
  /// verdict depends on them.
  private mutating func nameCode(_ values: [UInt64], from target: UInt64) {
    let old = Set(values)
    var name = target
    for value in values {
      while old.contains(name) { name &+= pageSize }
      kernel[value] = name
      name &+= pageSize
    }
  }

  /// Addresses close together stay so, as those of a kvm and its notifier; the whole group may move.
  private mutating func nameClusters(_ values: [UInt64], gap: UInt64, from target: UInt64, spacing: UInt64) {
    var base = target
    let old = Set(values)
    var names = Self.clusters(values, gap: gap, from: base, spacing: spacing)
    // Without randomisation the new ones may be old ones.
    while names.values.contains(where: old.contains) {
      base &+= spacing
      names = Self.clusters(values, gap: gap, from: base, spacing: spacing)
    }
    kernel.merge(names) { first, _ in first }
  }

  private static func clusters(
    _ values: [UInt64], gap: UInt64, from target: UInt64, spacing: UInt64
  ) -> [UInt64: UInt64] {
    var clusters: [[UInt64]] = []
    for value in values.sorted() {
      if let last = clusters.last?.last, value - last <= gap {
        clusters[clusters.count - 1].append(value)
      } else {
        clusters.append([value])
      }
    }
    let order = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
    func appearance(_ cluster: [UInt64]) -> Int { cluster.compactMap { order[$0] }.min() ?? 0 }
    var names: [UInt64: UInt64] = [:]
    var base = target
    for cluster in clusters.sorted(by: { appearance($0) < appearance($1) }) {
      guard let low = cluster.first, let high = cluster.last else { continue }
      let begin = base &+ low % pageSize
      for value in cluster { names[value] = begin &+ (value - low) }
      base &+= ((high - low) / spacing + 1) * spacing
    }
    return names
  }
}
