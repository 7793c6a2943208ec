public import Foundation
public import Logging
public import ServiceLifecycle
public import Workflow

/// Says when the model bundle on the disk is no longer the one that the node started with, and when it is so again. Workers
/// that start meanwhile have another recipe than the node's jobs and do none of them, which would only show as studies that
/// wait. It asks when two looks in a row show the same change, since half a copy says nothing of the whole, and speaks when
/// the answer is another than the last.
public struct BundleWatch: Service, CustomStringConvertible {
    private let folder: URL
    private let former: FolderState
    private let recipe: Recipe
    private let clock: any GatewayClock
    private let lookEvery: Duration
    private let status: NodeStatus
    private let logger: Logger
    private let describe: @Sendable () async throws -> Recipe

    /// - Parameters:
    ///   - former: as the folder was before `recipe` was asked for.
    ///   - recipe: of the node's workers.
    ///   - describe: what a worker would say now. Asked when the files look different, which they may without being so.
    public init(
        folder: URL, former: FolderState, recipe: Recipe, clock: any GatewayClock = SystemClock(),
        lookEvery: Duration = .seconds(30), status: NodeStatus = NodeStatus(), logger: Logger,
        describe: @escaping @Sendable () async throws -> Recipe
    ) {
        self.folder = folder
        self.former = former
        self.recipe = recipe
        self.clock = clock
        self.lookEvery = lookEvery
        self.status = status
        self.logger = logger
        self.describe = describe
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown { await watch() }
        // A service that ends would end the node.
        try? await gracefulShutdown()
    }

    public var description: String { "watch over \(folder.path)" }

    private func watch() async {
        var (seen, judged) = (former, former)
        var told: String?
        while !Task.isCancelled {
            try? await clock.sleep(until: clock.now + lookEvery)
            let state = FolderState(of: folder)
            defer { seen = state }
            guard state == seen, state != judged else { continue }
            judged = state
            let problem = await problem()
            guard problem != told, !Task.isCancelled else { continue }
            told = problem
            status.change { $0.bundleProblem = problem }
            tell(problem)
        }
    }

    private func tell(_ problem: String?) {
        let bundle: Logger.Metadata = ["bundle": "\(folder.path)"]
        guard let problem else {
            return logger.notice("the model bundle is again the one that this node started with", metadata: bundle)
        }
        logger.warning(
            "the model bundle changed under this node: \(problem); restart the node, or put the former files back",
            metadata: bundle)
    }

    private func problem() async -> String? {
        do {
            let now = try await describe()
            return now.bundle == recipe.bundle
                ? nil : "workers that start from now on have another and do none of its jobs"
        } catch {
            return "workers that start from now on can't load it (\(error))"
        }
    }
}

/// What a look at a folder's files tells without reading them.
public struct FolderState: Hashable, Sendable {
    private struct File: Hashable, Sendable {
        var path: String
        var bytes: Int?
        var changedAt: Date?
        var number: UInt64?
    }
    private let files: Set<File>

    /// Of a folder that is not there: no files.
    public init(of folder: URL) {
        let root = folder.resolvingSymlinksInPath().path
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        files = Set(
            names.map { name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
                return File(
                    path: name, bytes: attributes?[.size] as? Int, changedAt: attributes?[.modificationDate] as? Date,
                    number: (attributes?[.systemFileNumber] as? NSNumber)?.uint64Value)
            })
    }
}
