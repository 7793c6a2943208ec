import DICOMCore
import Foundation
import HilumTesting
import Testing
import Workflow

@testable import Gateway
@testable import GatewayStore
@testable import Operations

let recipe = Recipe(bundle: "b", settings: "s", precision: "f32", software: "1")

extension NodeFacts {
    static var sample: NodeFacts {
        NodeFacts(version: "1.2", recipe: OperationsTests.recipe, configuration: GatewayConfiguration())
    }
}

/// The exposition as Prometheus's own tool judges it: names, types, labels and order.
enum Promtool {
    static let tool = Tool("promtool")

    /// - Returns: what it complains of; empty where it has nothing to say.
    static func complaints(about text: String) throws -> String {
        let promtool = try #require(tool)
        return try Workplace.withTemporaryFolder { folder in
            let page = folder.appending(path: "metrics")
            try Data(text.utf8).write(to: page)
            let shell = Tool(at: "/bin/sh")
            let output = try shell.run(["-c", "exec '\(promtool.path)' check metrics < '\(page.path)'"])
            return output.status == 0 && output.all.isEmpty ? "" : "status \(output.status): \(output.all)"
        }
    }
}

/// A store in a temporary folder with a node's instruments on it.
struct Workbench {
    let store: Store
    let status = NodeStatus()
    let registry = MetricsRegistry()
    let metrics: NodeMetrics
    let pages: NodePages

    init(_ folder: URL) throws {
        store = try Store(folder: folder.appending(path: "data"), role: .gateway)
        metrics = NodeMetrics(factory: registry)
        pages = NodePages(
            store: store, status: status, registry: registry,
            follower: try ProgressFollower(store: store, metrics: metrics), facts: .sample)
        status.change { $0.isListening = true }
    }

    /// One object from a modality.
    func receive(_ sopInstance: UID, study: UID = UID(known: "1.2.3"), from title: AETitle) async throws {
        var encoder = DataSetEncoder(.explicitLittleEndian)
        let sopClass = SOPClass.digitalXRayImageStorageForPresentation.uid
        encoder.append(.sopClassUID, sopClass)
        encoder.append(.sopInstanceUID, sopInstance)
        encoder.append(.modality, .cs, "DX")
        encoder.append(Tag(0x0010, 0x0010), .pn, "Secret^Name")
        encoder.append(.studyInstanceUID, study)
        encoder.append(.seriesInstanceUID, UID(known: "1.2.3.0"))
        encoder.append(Tag(0x7FE0, 0x0010), .ow, bytes: [1, 2])
        let bytes = encoder.bytes
        var settings = Reception.Settings()
        settings.lowWatermark = 0
        let writer = try Reception(store: store, settings: settings).begin(
            Reception.Request(
                sopClass: sopClass, sopInstance: sopInstance, transferSyntax: .explicitVRLittleEndian,
                callingAE: title, calledAE: AETitle(known: "HILUM"), association: "1"))
        bytes.withUnsafeBytes { writer.write($0) }
        _ = try await writer.finish().get()
    }

    /// A worker's whole work on what waits.
    func analyse(_ findings: [Completion.Finding]) throws {
        _ = try store.closeStudy(UID(known: "1.2.3"), recipe: recipe)
        let job = try #require(
            try store.claimJob(by: Owner(node: store.node, worker: "w"), recipe: recipe, lease: 60))
        try store.complete(
            job: job,
            with: Completion(recipe: recipe, verdict: .analysed, findings: findings, summary: "done"))
    }
}

func withWorkbench<Result>(_ body: (Workbench) async throws -> Result) async throws -> Result {
    try await Workplace.inTemporaryFolder { folder in
        let bench = try Workbench(folder)
        let result = try await body(bench)
        try bench.store.close()
        return result
    }
}
