// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same language rules.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// Tests call the optimised library of a release build; they themselves are not worth optimising.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude,
    swiftSettings: settings + [.unsafeFlags(["-Onone"], .when(configuration: .release))])
}

let package = Package(
  name: "Sluice",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Sluice", targets: ["Sluice"]),
    .executable(name: "sluice", targets: ["SluiceCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
  ],
  targets: [
    // Layer 0: C libraries.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(name: "CHiGHS", pkgConfig: "highs", providers: [.apt(["libhighs-dev"]), .brew(["highs"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),
    .systemLibrary(
      name: "CXLSXWriter", pkgConfig: "xlsxwriter",
      providers: [.apt(["libxlsxwriter-dev"]), .brew(["libxlsxwriter"])]),

    // Layer 1: vocabulary, tables, chance, linear algebra.
    module("ChannelTypes", []),
    module("Tables", ["ChannelTypes", "CZlib", "CZip", "CExpat"]),
    module("Probability", []),
    module("LinearAlgebra", ["COpenBLAS"]),

    // Layer 2: models and solvers that know no business word.
    module("Regression", ["LinearAlgebra", "Probability"]),
    module("TimeSeries", ["LinearAlgebra", "Probability"]),
    module("Optimization", ["LinearAlgebra", "CHiGHS"]),

    // Layer 3: the business of a dealer network.
    module("Demand", ["ChannelTypes", "LinearAlgebra", "Probability", "Regression", "TimeSeries", "Tables"]),
    module("Churn", ["ChannelTypes", "LinearAlgebra", "Probability", "Regression", "Tables"]),
    module("Allocation", ["ChannelTypes", "Optimization", "Probability", "Tables"]),
    module(
      "Partners",
      ["ChannelTypes", "LinearAlgebra", "Optimization", "Probability", "Regression", "TimeSeries", "Tables"]),
    module("SampleNetwork", ["ChannelTypes", "Probability", "Tables"]),

    // Layer 4: specifications; the one importer of YAML.
    module(
      "Specifications",
      [
        "Allocation", "ChannelTypes", "Demand", "Optimization", "Probability", "Regression", "Tables",
        .product(name: "Yams", package: "Yams"),
      ]),

    // Layer 5: runs and reports.
    module(
      "Planning",
      [
        "ChannelTypes", "Tables", "Probability", "LinearAlgebra", "Regression", "TimeSeries", "Optimization", "Demand",
        "Churn", "Allocation", "Partners", "Specifications",
      ]),
    module("Benchmarking", ["ChannelTypes", "Tables", "Probability", "TimeSeries", "Specifications"]),
    module(
      "ModelTasks",
      [
        "Allocation", "ChannelTypes", "Demand", "LinearAlgebra", "Probability", "Regression", "Specifications",
        "Tables",
        "TimeSeries",
      ]),
    module(
      "Reports",
      [
        "Allocation", "ChannelTypes", "CXLSXWriter", "Tables", "Regression", "Specifications", "ModelTasks",
        "Benchmarking", "Planning",
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Templates")]),

    // Layers 6 and 7: the library and the command.
    module(
      "Sluice",
      [
        "ChannelTypes", "Tables", "Probability", "LinearAlgebra", "Regression", "TimeSeries", "Optimization", "Demand",
        "Churn", "Allocation", "Partners", "SampleNetwork", "Specifications", "ModelTasks", "Benchmarking", "Planning",
        "Reports",
      ]),
    .executableTarget(
      name: "SluiceCLI",
      dependencies: ["Sluice", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: settings),

    // Tests: a target per module, and those that look at the whole.
    tests("ChannelTypesTests", ["ChannelTypes"]),
    tests("TablesTests", ["Tables", "ChannelTypes"]),
    tests("ProbabilityTests", ["Probability"]),
    tests("LinearAlgebraTests", ["LinearAlgebra", "Probability"]),
    tests("RegressionTests", ["Regression", "LinearAlgebra", "Probability"]),
    tests("TimeSeriesTests", ["TimeSeries", "LinearAlgebra", "Probability"], exclude: ["References"]),
    tests("OptimizationTests", ["Optimization", "Probability"]),
    tests(
      "DemandTests",
      ["Demand", "ChannelTypes", "LinearAlgebra", "Tables", "Probability", "TimeSeries", "SampleNetwork"]),
    tests("ChurnTests", ["Churn", "ChannelTypes", "Tables", "Probability", "Regression"]),
    tests("AllocationTests", ["Allocation", "ChannelTypes", "Optimization", "Probability", "Tables"]),
    tests(
      "PartnersTests", ["Partners", "ChannelTypes", "Probability", "SampleNetwork", "Tables"]),
    tests("SampleNetworkTests", ["SampleNetwork", "ChannelTypes", "Tables"]),
    tests("SpecificationsTests", ["Specifications", "Allocation", "Regression", "Tables"]),
    tests(
      "PlanningTests",
      [
        "Planning", "SampleNetwork", "Allocation", "Demand", "Partners", "ChannelTypes", "Probability", "Tables",
        "Specifications",
      ]),
    tests("ModelTasksTests", ["ModelTasks", "Allocation", "Regression", "Specifications", "Tables", "TimeSeries"]),
    tests("BenchmarkingTests", ["Benchmarking", "ChannelTypes", "Specifications", "Tables", "TimeSeries"]),
    tests("ReportsTests", ["Reports", "Planning", "ChannelTypes", "Tables", "Benchmarking"]),
    tests("ArchitectureTests", []),
    tests("DocumentationTests", ["Sluice"]),
    tests("CommandLineTests", ["SluiceCLI", "Planning", "Reports", "Tables"], exclude: ["Snapshots"]),
    tests(
      "ModelFileTests",
      ["ModelTasks", "Allocation", "Planning", "ChannelTypes", "Demand", "Regression", "Specifications", "Tables"]),
  ]
)
