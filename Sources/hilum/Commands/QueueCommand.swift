import ArgumentParser
import DICOMCore
import Foundation
import Gateway
import GatewayStore
import Workflow

struct QueueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "See where every study stands, and decide about what got stuck.",
        subcommands: [QueueListCommand.self, Show.self, Retry.self, Drop.self, Accept.self, ForceStudy.self],
        defaultSubcommand: QueueListCommand.self)

    /// The store of the configuration named, to change something; the gateway may run beside.
    static func open(_ source: ConfigurationSource) throws -> Store {
        try Store(folder: URL(filePath: try source.load().storage.folder), role: .guest)
    }

    /// Likewise to look only.
    static func look(_ source: ConfigurationSource) throws -> Store {
        try Store(folder: URL(filePath: try source.load().storage.folder), role: .reader)
    }

    static func study(_ text: String) throws -> UID {
        guard let uid = UID(text) else { throw ValidationError("'\(text)' is no Study Instance UID") }
        return uid
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Everything about one study: jobs, results, deliveries, events.")

        @OptionGroup var source: ConfigurationSource
        @Argument(help: "Study Instance UID.")
        var study: String
        @OptionGroup var identifying: Identifying
        @Flag(help: "For machines: one object a line, its kind under \"row\".")
        var json = false

        func run() throws {
            let store = try QueueCommand.look(source)
            let uid = try QueueCommand.study(study)
            guard let record = try store.study(uid) else { throw StoreError.unknown(kind: "study", name: study) }
            try QueueOutput.print(try identifying.rows([record], of: store, source), json: json)
            try QueueOutput.print(try store.jobs(of: uid).map(JobRow.init), json: json)
            try QueueOutput.print(
                try store.results(of: uid).map { ResultRow($0.reference, $0.object, $0.revision) }, json: json)
            try QueueOutput.print(try store.deliveries(of: uid).map(DeliveryRow.init), json: json)
            try QueueOutput.print(try store.notices(of: uid).map(NoticeRow.init), json: json)
            try QueueOutput.print(try store.events(of: uid).reversed().map(EventRow.init), json: json)
        }
    }

    /// What `retry` and `drop` are about.
    struct Target: ParsableArguments {
        @Option(help: "Study Instance UID: its job and all its deliveries.")
        var study: String?
        @Option(help: "All deliveries to the destination of this name; with --study, of that study only.")
        var destination: String?
        @Option(help: "One delivery, by its number in `queue list`.")
        var delivery: Int64?
        @Option(help: "One notice, by its number in `queue list`.")
        var notice: Int64?
        @Option(help: "An object that was set aside, by its number in `queue list`.")
        var aside: Int64?

        func decide(_ decision: OperatorDecision, in store: Store) throws -> Int {
            let study = try study.map(QueueCommand.study)
            let isOfMany = study != nil || destination != nil
            guard [delivery, notice, aside].count(where: { $0 != nil }) == (isOfMany ? 0 : 1) else {
                throw ValidationError("name one of --study, --destination, --delivery, --notice and --aside")
            }
            if let delivery { try store.decide(decision, delivery: delivery) }
            if let notice { try store.decide(decision, notice: notice) }
            if let aside { try store.decide(decision, aside: aside) }
            guard let destination else { return try study.map { try store.decide(decision, study: $0) } ?? 1 }
            let count = try store.decide(decision, destination: destination, study: study)
            guard count > 0 else {
                Exit.complain("nothing that goes to \(destination) is stuck; `hilum queue list` shows what waits")
                throw Exit.failed
            }
            return count
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try a parked job or a dead delivery again, or compare a set-aside object again.")

        @OptionGroup var source: ConfigurationSource
        @OptionGroup var target: Target

        func run() throws {
            let count = try target.decide(.retry, in: QueueCommand.open(source))
            print("\(count) tried again")
        }
    }

    struct Drop: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Give up a job, a delivery, or an object that was set aside, whose file goes. Objects that were kept stay."
        )

        @OptionGroup var source: ConfigurationSource
        @OptionGroup var target: Target

        func run() throws { print("\(try target.decide(.drop, in: QueueCommand.open(source))) dropped") }
    }

    struct Accept: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put an object that was set aside in the place of the kept one; its study is analysed again.",
            discussion: "Where the kept object's file is there, it is set aside instead: nothing vanishes.")

        @OptionGroup var source: ConfigurationSource
        @Argument(help: "The object's number in `queue list`.")
        var aside: Int64

        func run() throws {
            try QueueCommand.open(source).accept(aside: aside)
            print("accepted \(aside)")
        }
    }

    struct ForceStudy: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "force", abstract: "Close a study now instead of after its quiet time.")

        @OptionGroup var source: ConfigurationSource
        @Argument(help: "Study Instance UID.")
        var study: String

        func run() throws {
            try QueueCommand.open(source).forceStudy(QueueCommand.study(study))
            print("closing \(study)")
        }
    }
}
