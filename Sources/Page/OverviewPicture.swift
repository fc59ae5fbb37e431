// The whole recording in buckets.

import KVMEvents
import Report
import Results
import TextLayout

/// Invalidations per VM, repeated rounds per cache; a path per kind of bar, so that a long recording stays small.
struct OverviewPicture {
  private let overview: ActivityOverview
  private let findings: [FindingDetail]
  private let findingCount: Int64
  private let unit: StampUnit
  private let axis: TimeAxis

  private static let laneHeight = 74
  private static let barTop = 28
  private static let barHeight = 40
  private static let causes: [RetryRound.Cause] = [.necessary, .false, .undecided, .unknown]

  /// - Parameters:
  ///   - findings: those that the page shows.
  ///   - findingCount: all of them.
  init(_ overview: ActivityOverview, findings: [FindingDetail], of findingCount: Int64, unit: StampUnit) {
    self.findingCount = findingCount
    self.overview = overview
    self.findings = findings
    self.unit = unit
    axis = TimeAxis(firstNs: overview.firstNs, lastNs: overview.endNs)
  }

  func draw(_ html: inout HTML) {
    let height = (overview.vms.count + overview.caches.count) * Self.laneHeight
    let caption =
      "\(unit.length(overview.lastNs.subtractingClamped(overview.firstNs))) in \(overview.bucketCount) buckets of "
      + "\(unit.shortFigure(overview.bucketNs)) \(unit.shortName)"
    html.timeFigure(
      TimeFigure(
        kind: "overview", caption: caption, region: "The recording over time",
        alternative: "The table below has the sums.", height: height),
      axis, unit
    ) { html in
      var y = 0
      for vm in overview.vms {
        drawTrack(y, &html)
        bars([(vm.invalidations, "invalidation")], most: vm.invalidations.max() ?? 0, y, &html) { _ in
          [("data-vm", String(vm.vm)), ("data-count", String(vm.invalidations.reduce(0, +)))]
        }
        y += Self.laneHeight
      }
      let most = overview.caches.map { $0.sums.max() ?? 0 }.max() ?? 0
      for cache in overview.caches {
        drawTrack(y, &html)
        let stacks = Self.causes.compactMap { cause in cache.rounds[cause].map { ($0, cause.rawValue) } }
        bars(stacks, most: most, y, &html) { cause in
          [
            ("data-cache", String(cache.cache)), ("data-cause", cause),
            ("data-count", String(RetryRound.Cause(rawValue: cause).map { cache.total($0) } ?? 0)),
          ]
        }
        y += Self.laneHeight
      }
      for loss in overview.losses { draw(loss, height, &html) }
      // Over the hatching.
      for (index, label) in labels.enumerated() { html.laneLabel(label, y: index * Self.laneHeight) }
      for finding in findings { draw(finding, &html) }
    } notes: { html in
      notes(&html)
    }
    html.details("The same as a table") { html in
      html.table(sums, right: Set(1...6), caption: "Sums over the recording", mark: "overview_row")
    }
  }

  private var labels: [String] {
    overview.vms.map { "VM \($0.vm): invalidations, at most \(grouped($0.invalidations.max() ?? 0)) in a bucket" }
      + overview.caches.map { "cache \($0.cache): repeated rounds, at most \(grouped($0.sums.max() ?? 0)) in a bucket" }
  }

  private func notes(_ html: inout HTML) {
    if overview.cachesLeftOut > 0 {
      html.element("p", "\(plural(overview.cachesLeftOut, "more cache")) with repeated rounds: query DB cache_retry.")
    }
    if findingCount > Int64(findings.count) {
      html.element(
        "p", "\(findings.count) of \(plural(findingCount, "finding")) are marked: those with a picture of their own.")
    }
    if overview.lossCount > Int64(overview.losses.count) {
      html.element("p", "The first \(overview.losses.count) of \(plural(overview.lossCount, "gap")) are hatched.")
    }
  }

  private func drawTrack(_ y: Int, _ html: inout HTML) {
    html.void(
      "rect",
      [
        "class": "track", "x": "0", "y": String(y + Self.barTop), "width": "100%", "height": String(Self.barHeight),
      ])
  }

  /// Stacked, from below; each kind is one path.
  private func bars(
    _ stacks: [([Int64], String)], most: Int64, _ y: Int, _ html: inout HTML,
    _ attributes: (String) -> [(String, String)]
  ) {
    var bases = Array(repeating: Int64(0), count: overview.bucketCount)
    html.element(
      "svg",
      [
        "x": "0", "y": String(y + Self.barTop), "width": "100%", "height": String(Self.barHeight),
        "viewBox": "0 0 \(overview.bucketCount) \(Self.barHeight * 10)", "preserveAspectRatio": "none",
      ]
    ) { html in
      for (counts, kind) in stacks {
        var path = ""
        for (bucket, count) in counts.enumerated() where count > 0 {
          let (low, high) = (self.y(bases[bucket], most), self.y(bases[bucket] + count, most))
          path += "M\(bucket) \(low)V\(high)h1V\(low)z"
          bases[bucket] += count
        }
        let marks = [("class", "bars \(kind)"), ("data-mark", "bars"), ("data-kind", kind), ("d", path)]
        html.element("path", joining: marks + attributes(kind)) { html in
          html.element("title", "\(kind): \(grouped(counts.reduce(0, +)))")
        }
      }
    }
  }

  private func y(_ count: Int64, _ most: Int64) -> Int {
    Self.barHeight * 10 - Int(Double(count) / Double(max(most, 1)) * Double(Self.barHeight * 10))
  }

  private func draw(_ loss: ActivityOverview.Loss, _ height: Int, _ html: inout HTML) {
    let whole = Double(overview.bucketCount)
    let cpu = loss.cpu < 0 ? "an unknown CPU" : "CPU \(loss.cpu)"
    html.bar(
      from: Double(loss.buckets.lowerBound) / whole * 100, to: Double(loss.buckets.upperBound + 1) / whole * 100, y: 0,
      height: height, ["class": "loss", "data-mark": "loss"], title: "events of \(cpu) were lost")
  }

  /// On the lane of its cache, else on the first one.
  private func draw(_ finding: FindingDetail, _ html: inout HTML) {
    guard let ns = finding.tsNs else { return }
    let lane = overview.caches.firstIndex { $0.cache == finding.cache }.map { overview.vms.count + $0 }
    let y = (lane ?? overview.vms.firstIndex { $0.vm == finding.vm } ?? 0) * Self.laneHeight + Self.barTop
    html.element("a", ["href": "#finding-\(finding.id)"]) { html in
      html.sign(
        "M0 4L7 -9H-7Z", at: axis.place(ns), y: y,
        [
          "class": finding.signClass, "data-mark": "finding",
          "data-finding": String(finding.id),
        ], title: "finding #\(finding.id): \(finding.kind.rawValue), \(finding.certainty.rawValue)")
    }
  }

  private var sums: [[String]] {
    let heading = ["of", "invalidations", "repeated rounds"] + Self.causes.map(\.rawValue)
    return [heading]
      + overview.vms.map { ["VM \($0.vm)", grouped($0.invalidations.reduce(0, +)), "", "", "", "", ""] }
      + overview.caches.map { cache in
        ["cache \(cache.cache) (gpc \(cache.gpc))", "", grouped(cache.total)]
          + Self.causes.map { grouped(cache.total($0)) }
      }
  }
}

extension ActivityOverview.Cache {
  /// Repeated rounds of each bucket.
  fileprivate var sums: [Int64] {
    rounds.values.reduce([]) { sums, counts in
      sums.isEmpty ? counts : zip(sums, counts).map { $0 + $1 }
    }
  }
}
