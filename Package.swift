// swift-tools-version: 6.2
import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// External products. Tests/TidyTests holds the table of who may use which.
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioConcurrency: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// - Parameter files: folders beside the sources that tests find by path.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], files: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.target(name: name), "HilumTesting"] + dependencies, exclude: files,
        swiftSettings: swiftSettings)
}

let dcmtkLibraries = [
    "dcmsr", "cmr", "dcmjpls", "dcmtkcharls", "dcmjpeg", "ijg8", "ijg12", "ijg16",
    "dcmimage", "dcmimgle", "dcmdata", "oflog", "ofstd", "openjp2", "z",
]

let package = Package(
    name: "hilum",
    products: [
        .executable(name: "hilum", targets: ["hilum"]),
        .library(name: "DIMSE", targets: ["DIMSE", "DICOMCore"]),
        .library(name: "Texture", targets: ["Texture", "Imaging"]),
        .library(name: "NeuralNetworks", targets: ["NeuralNetworks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // Without its readers of configuration, which ours replace.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .executableTarget(
            name: "hilum",
            dependencies: [
                "Operations", "GatewayAnalysis", "Gateway", "GatewayStore", "Studies", "Workflow", "Reporting",
                "Learning", "Diagnosis",
                "NeuralNetworks", "Texture", "Imaging", "DICOM", "DIMSE", "DICOMCore", argumentParser, lifecycle,
                logging, crypto,
            ],
            swiftSettings: swiftSettings),
        target(
            "Operations",
            [
                "Gateway", "GatewayStore", "Workflow", "DICOMCore", hummingbird, hummingbirdCore, coreMetrics, nioCore,
                lifecycle, logging,
            ]),
        target(
            "GatewayAnalysis",
            [
                "Gateway", "GatewayStore", "Studies", "Workflow", "Reporting", "Diagnosis", "NeuralNetworks", "DICOM",
                "DIMSE", "DICOMCore",
            ]),
        target(
            "Gateway",
            [
                "GatewayStore", "Workflow", "DIMSE", "DICOMCore", nioCore, lifecycle, signals, logging, coreMetrics,
                yams, crypto,
            ]),
        target("GatewayStore", ["Workflow", "DICOMCore", grdb, crypto]),
        target("Studies", ["Workflow", "Reporting", "Diagnosis", "DICOM", "Imaging", "DICOMCore", crypto]),
        target("Workflow", ["DICOMCore"]),
        target("Reporting", ["Diagnosis", "DICOM", "Imaging", "DICOMCore"]),
        target("Learning", ["Diagnosis", "NeuralNetworks", "Texture", "Imaging"]),
        target("Diagnosis", ["NeuralNetworks", "Texture", "Imaging", yams, crypto]),
        target("NeuralNetworks", ["CKernels", "COpenBLAS"]),
        target("Texture", ["Imaging", "CKernels"]),
        target("Imaging", ["CKernels", "CTurboJPEG", "CPNG", "CFreeType"]),
        target("DICOM", ["DICOMCore", "CDCMTK"]),
        target("DIMSE", ["DICOMCore", nioCore, nioPosix, nioConcurrency, nioSSL, logging]),
        target("DICOMCore", ["CZlib"]),
        .target(
            name: "CDCMTK",
            // A system-library target behind a C++ target does not pass its libraries on, so they are named here.
            linkerSettings: dcmtkLibraries.map { .linkedLibrary($0) }),
        .target(name: "CKernels"),
        .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CFreeType", pkgConfig: "harfbuzz", providers: [.apt(["libfreetype-dev", "libharfbuzz-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        target("HilumTesting", ["DICOMCore"]),
        tests("DICOMCore", files: ["Fixtures"]),
        tests("DIMSE", [nioCore, nioPosix, nioEmbedded, "DICOMCore"], files: ["Fixtures"]),
        tests("DICOM", ["DICOMCore"]),
        tests("Imaging", files: ["Fixtures"]),
        tests("Texture", ["Imaging"], files: ["Fixtures"]),
        tests("NeuralNetworks", ["CKernels"], files: ["Fixtures"]),
        tests("Diagnosis", ["Imaging", "NeuralNetworks", "Texture"]),
        tests("Learning", ["Diagnosis", "NeuralNetworks", "Texture", "Imaging"], files: ["Fixtures"]),
        tests("Reporting", ["DICOM", "Diagnosis", "Imaging", "DICOMCore"]),
        tests("Studies", ["Workflow", "Reporting", "Diagnosis", "DICOM", "Imaging", "DICOMCore"]),
        tests("Workflow", ["DICOMCore"]),
        tests("GatewayStore", ["Workflow", "DICOMCore", grdb]),
        tests(
            "GatewayAnalysis",
            [
                "Gateway", "GatewayStore", "Studies", "Workflow", "Reporting", "Diagnosis", "NeuralNetworks", "DICOM",
                "DIMSE", "DICOMCore",
            ]),
        tests("Gateway", ["GatewayStore", "Workflow", "DIMSE", "DICOMCore", grdb, lifecycle, logging, coreMetrics]),
        tests(
            "Operations",
            ["Gateway", "GatewayStore", "Workflow", "DIMSE", "DICOMCore", coreMetrics, lifecycle, logging]),
        .testTarget(name: "TidyTests", swiftSettings: swiftSettings),
        .testTarget(
            name: "EndToEndTests", dependencies: ["HilumTesting"], exclude: ["Peers"], swiftSettings: swiftSettings),
    ],
    cxxLanguageStandard: .cxx17
)
