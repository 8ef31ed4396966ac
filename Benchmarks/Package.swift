// swift-tools-version: 6.2
import PackageDescription

/// Measurements of the public API, apart from the product so that it carries no dependency of theirs.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "Sluice", path: "..")],
  targets: [
    .executableTarget(
      name: "AllocationBenchmark",
      dependencies: [.product(name: "Sluice", package: "Sluice")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "TablesBenchmark",
      dependencies: [.product(name: "Sluice", package: "Sluice")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "RegressionBenchmark",
      dependencies: [.product(name: "Sluice", package: "Sluice")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "IntermittentBenchmark",
      dependencies: [.product(name: "Sluice", package: "Sluice")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
    .executableTarget(
      name: "HierarchyBenchmark",
      dependencies: [.product(name: "Sluice", package: "Sluice")],
      swiftSettings: [.swiftLanguageMode(.v6)]),
  ]
)
