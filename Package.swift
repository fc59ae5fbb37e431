// swift-tools-version: 6.2
// Targets and their imports; ARCHITECTURE.md says what each is for. An arrow that is missing here is a wall.

import PackageDescription

/// Targets that every event passes through. The debug builds that the tests run check each access for exclusivity; a
/// release would pay a tenth of its instructions for it.
let hotPath: [SwiftSetting] = [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

let package = Package(
  name: "gpc-replay",
  products: [.executable(name: "gpc-replay", targets: ["gpc-replay"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CLzma", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CWidth"),
    .target(name: "TextLayout", dependencies: ["CWidth"]),
    .target(name: "FileSystem"),
    .target(name: "KVMEvents", dependencies: ["TextLayout"]),
    .target(name: "Results", dependencies: ["KVMEvents", "TextLayout"]),
    .target(
      name: "TraceReaders", dependencies: ["FileSystem", "KVMEvents", "TextLayout", "CZstd", "CZlib", "CLzma"],
      resources: [
        .embedInCode("Catalogue/linux_6_12.probes"), .embedInCode("Catalogue/linux_6_1.probes"),
        .embedInCode("Catalogue/linux_5_17.probes"), .embedInCode("Catalogue/default_names.probes"),
        .embedInCode("Catalogue/bpftrace.probes"),
      ],
      swiftSettings: hotPath),
    .target(
      name: "Schema", path: "schema", exclude: ["report.schema.json", "batch.schema.json"],
      resources: [
        .embedInCode("schema.sql"), .embedInCode("views.sql"), .embedInCode("indices.sql"),
        .embedInCode("corpus.sql"), .embedInCode("questions.sql"), .embedInCode("fleet.sql"),
        .embedInCode("fleet_questions.sql"),
      ]),
    .target(
      name: "TraceStore", dependencies: ["FileSystem", "KVMEvents", "TextLayout", "Results", "CSQLite", "Schema"],
      swiftSettings: hotPath),
    .target(name: "GPCProtocol", dependencies: ["KVMEvents"]),
    .target(
      name: "Forms",
      dependencies: ["KVMEvents", "Results", "GPCProtocol", .product(name: "TOMLKit", package: "TOMLKit")],
      resources: [
        .embedInCode("Mainline.toml"), .embedInCode("Woodhouse.toml"), .embedInCode("Christopherson.toml"),
        .embedInCode("Seed.toml"), .embedInCode("Published.toml"),
      ]),
    .target(name: "Operations", dependencies: ["KVMEvents", "Results", "GPCProtocol"], swiftSettings: hotPath),
    .target(
      name: "Replay", dependencies: ["KVMEvents", "Results", "GPCProtocol", "Operations"], swiftSettings: hotPath),
    .target(name: "Report", dependencies: ["KVMEvents", "TextLayout", "Results", "Schema", "TraceStore"]),
    .target(
      name: "Perfetto", dependencies: ["KVMEvents", "TextLayout", "Results", "TraceStore"], swiftSettings: hotPath),
    .target(name: "LoopbackServer"),
    .target(
      name: "Page", dependencies: ["KVMEvents", "TextLayout", "Results", "TraceStore", "Report"],
      resources: [.embedInCode("page.css"), .embedInCode("page.js")]),
    .target(name: "Explore", dependencies: ["KVMEvents", "TextLayout", "Results", "GPCProtocol", "Forms"]),
    .target(name: "Compare", dependencies: ["KVMEvents", "Results", "GPCProtocol"]),
    .target(name: "BTF"),
    .target(name: "Probes", dependencies: ["BTF"]),
    .target(name: "Recorder", dependencies: ["FileSystem"]),
    // A kernel whose truth is known: runs of the engine, recorded.
    .target(name: "SimulatedKernel", dependencies: ["KVMEvents", "Results", "GPCProtocol", "Forms"]),
    .target(
      name: "Corpus",
      dependencies: [
        "FileSystem", "KVMEvents", "TextLayout", "Results", "TraceReaders", "GPCProtocol", "Operations", "Forms",
        "Report",
        .product(name: "TOMLKit", package: "TOMLKit"),
      ]),
    .target(
      name: "Pipeline",
      dependencies: [
        "FileSystem", "KVMEvents", "TextLayout", "Results", "TraceReaders", "TraceStore", "GPCProtocol", "Forms",
        "Replay", "Report",
        "Explore", "Compare",
        "Corpus", "CZstd",
      ]),
    .executableTarget(
      name: "gpc-replay",
      dependencies: [
        "FileSystem", "KVMEvents", "TextLayout", "Results", "TraceReaders", "Schema", "TraceStore", "GPCProtocol",
        "Forms", "Report",
        "Explore", "Corpus", "Page", "Pipeline", "Perfetto", "LoopbackServer",
        "BTF", "Probes", "Recorder",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [
        .embedInCode("Help/completion.bash"), .embedInCode("Help/completion.zsh"), .embedInCode("Help/completion.fish"),
      ]),
    .executableTarget(
      name: "replay-bench", dependencies: ["KVMEvents", "Results", "TraceStore", "GPCProtocol", "Forms", "Replay"],
      path: "tools/bench.d/replay-bench"),
    .executableTarget(
      name: "decode-bench", dependencies: ["KVMEvents", "TraceReaders"], path: "tools/bench.d/decode-bench"),
    .executableTarget(
      name: "explore-bench", dependencies: ["KVMEvents", "GPCProtocol", "Forms", "Explore"],
      path: "tools/bench.d/explore-bench",
      exclude: ["gpc.pml"]),
    .executableTarget(
      name: "evidence-parts",
      dependencies: [
        "EvidenceParts", "TraceReaders", "KVMEvents", "TextLayout",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "tools/evidence.d",
      exclude: ["function_level.py"]),
    .executableTarget(
      name: "gpc-simulate",
      dependencies: [
        "KVMEvents", "GPCProtocol", "Forms", "SimulatedKernel", "KnownTruth",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "tools/simulate.d"),
    .testTarget(name: "KVMEventsTests", dependencies: ["KVMEvents"]),
    .testTarget(
      name: "TraceReadersTests", dependencies: ["TraceReaders", "KVMEvents", "Renderings", "CZstd", "CZlib", "CLzma"],
      exclude: ["Fixtures"]),
    .testTarget(name: "FormsTests", dependencies: ["Results", "GPCProtocol", "Forms"]),
    .testTarget(name: "GPCProtocolTests", dependencies: ["KVMEvents", "GPCProtocol", "Forms"]),
    .testTarget(
      name: "RecorderTests", dependencies: ["Recorder", "Probes", "TraceReaders", "KVMEvents", "RealBinary"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "ReplayTests", dependencies: ["KVMEvents", "Results", "GPCProtocol", "Forms", "Operations", "Replay"]),
    .testTarget(name: "ExploreTests", dependencies: ["KVMEvents", "Results", "GPCProtocol", "Forms", "Explore"]),
    .testTarget(name: "BTFTests", dependencies: ["BTF", "RealBinary"]),
    .testTarget(name: "ProbesTests", dependencies: ["BTF", "Probes", "TraceReaders", "KVMEvents", "RealBinary"]),
    .testTarget(name: "CompareTests", dependencies: ["KVMEvents", "Results", "GPCProtocol", "Forms", "Compare"]),
    .testTarget(name: "TraceStoreTests", dependencies: ["KVMEvents", "Results", "Schema", "TraceStore"]),
    // One recording in other forms, made by rules; for the tests.
    .target(name: "Renderings", dependencies: ["CZstd"], path: "Tests/Renderings"),
    // The stages in one process, and damage to databases; for the tests and tools/fuzz.
    .target(
      name: "Stages",
      dependencies: [
        "KVMEvents", "TraceReaders", "TraceStore", "GPCProtocol", "Forms", "Replay", "Report", "Compare", "CSQLite",
      ],
      path: "Tests/Stages"),
    // The binary as the tests run it, and the folders of traces/.
    .target(name: "RealBinary", dependencies: ["CZstd", "Corpus"], path: "Tests/RealBinary"),
    // Parts of recordings, and what is said of them held against what is said of the whole; for the tests and
    // tools/evidence.
    .target(
      name: "EvidenceParts",
      dependencies: [
        "KVMEvents", "Results", "TraceReaders", "GPCProtocol", "Forms", "Replay", "TraceStore", "Report", "Corpus",
      ],
      path: "Tests/EvidenceParts"),
    // What the replay says, held against what a simulated kernel did; for tools/simulate and the tests.
    .target(
      name: "KnownTruth",
      dependencies: [
        "KVMEvents", "Results", "TraceReaders", "TraceStore", "GPCProtocol", "Forms", "Replay", "Report",
        "SimulatedKernel",
      ],
      path: "Tests/KnownTruth"),
    .testTarget(
      name: "KnownTruthTests", dependencies: ["KnownTruth", "SimulatedKernel", "GPCProtocol", "Forms", "KVMEvents"]),
    .testTarget(
      name: "CorpusTests",
      dependencies: [
        "RealBinary", "Renderings", "Corpus", "Report", "TraceReaders", "KVMEvents", "TextLayout", "GPCProtocol",
        "Forms",
        "TraceStore",
        "gpc-replay",
      ],
      exclude: ["Reports"]),
    .testTarget(
      name: "CommandTests", dependencies: ["RealBinary", "Renderings", "Stages", "gpc-replay"],
      exclude: ["Kernels"]),
    .testTarget(name: "StageTests", dependencies: ["Stages", "RealBinary", "TraceReaders", "KVMEvents", "TraceStore"]),
    .testTarget(
      name: "EvidenceTests",
      dependencies: ["EvidenceParts", "RealBinary", "TraceReaders", "KVMEvents", "Results", "gpc-replay"],
      exclude: ["Recordings", "FunctionLevel", "Breaches", "Gaps"]),
    .testTarget(
      name: "FleetTests",
      dependencies: [
        "KVMEvents", "Results", "TraceReaders", "Schema", "TraceStore", "Report", "Pipeline", "RealBinary",
      ]),
    .testTarget(name: "LoopbackServerTests", dependencies: ["LoopbackServer", "RealBinary"]),
    .testTarget(name: "PageTests", dependencies: ["Page", "RealBinary"]),
    .testTarget(name: "DocsTests", dependencies: ["RealBinary", "gpc-replay"]),
  ],
  swiftLanguageModes: [.v6]
)

// tools/fuzz builds with libFuzzer, whose runtime brings its own main.
if Context.environment["GPC_REPLAY_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "gpc-replay-fuzz",
      dependencies: [
        "KVMEvents", "Results", "TraceReaders", "TraceStore", "GPCProtocol", "Forms", "Replay", "Report", "Explore",
        "Corpus", "Pipeline", "BTF", "Probes", "Stages",
      ],
      path: "tools/fuzz.d",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}

// In these a file sees only what it imports itself: the Foundation that TOMLKit imports would replace the standard library's
// `contains`, and bring 50 MB of ICU into a static binary.
for target in package.targets where ["Forms", "Corpus", "Pipeline", "gpc-replay"].contains(target.name) {
  target.swiftSettings = (target.swiftSettings ?? []) + [.enableUpcomingFeature("MemberImportVisibility")]
}

// Of the compiler that the project is built with a warning is an error; a later one may warn of more.
#if compiler(<6.4)
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
#endif
