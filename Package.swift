// swift-tools-version: 6.1
// Targets and their imports; ARCHITECTURE.md says what each is for. An arrow that is missing here is a wall.

import PackageDescription

let package = Package(
  name: "gpc-replay",
  products: [.executable(name: "gpc-replay", targets: ["gpc-replay"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "KVMEvents"),
    .target(name: "FtraceImport", dependencies: ["KVMEvents", "CZstd"]),
    .target(
      name: "Schema", path: "schema",
      resources: [.embedInCode("schema.sql"), .embedInCode("views.sql"), .embedInCode("indices.sql")]),
    .target(name: "TraceStore", dependencies: ["KVMEvents", "CSQLite", "Schema"]),
    .target(name: "GPCProtocol", dependencies: ["KVMEvents"]),
    .target(name: "Replay", dependencies: ["KVMEvents", "GPCProtocol"]),
    .executableTarget(
      name: "gpc-replay",
      dependencies: [
        "KVMEvents", "FtraceImport", "TraceStore", "GPCProtocol", "Replay",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "KVMEventsTests", dependencies: ["KVMEvents"]),
    .testTarget(name: "TraceStoreTests", dependencies: ["KVMEvents", "Schema", "TraceStore"]),
  ],
  swiftLanguageModes: [.v6]
)
