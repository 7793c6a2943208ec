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
        subcommands: [List.self, Show.self, Retry.self, Drop.self, Accept.self, ForceStudy.self],
        defaultSubcommand: List.self)

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

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Studies with their state, undelivered results, objects set aside.")

        @OptionGroup var source: ConfigurationSource
        @Option(help: "Only studies in this state: receiving, waiting, analysed, reported, 'not analysable', failed.")
        var state: String?
        @Option(help: "How many studies at most, the newest first.")
        var limit = 1000
        @Flag(help: "For machines: one object a line, its kind under \"row\".")
        var json = false

        func run() throws {
            var states: Set<StudyState>?
            if let state {
                guard let wanted = StudyState(rawValue: state) else {
                    throw ValidationError(
                        "--state '\(state)' is none of \(StudyState.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                states = [wanted]
            }
            let store = try QueueCommand.look(source)
            let studies = try store.studies(in: states, limit: limit).map(StudyRow.init)
            let outbox = try store.deliveries(in: [.waiting, .sending, .dead], limit: limit).map(DeliveryRow.init)
            let aside = try store.asideObjects().map(AsideRow.init)
            try QueueOutput.print(studies, json: json)
            try QueueOutput.print(outbox, json: json)
            try QueueOutput.print(aside, json: json)
            if !json, studies.isEmpty, outbox.isEmpty, aside.isEmpty { print("nothing") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Everything about one study: jobs, results, deliveries, events.")

        @OptionGroup var source: ConfigurationSource
        @Argument(help: "Study Instance UID.")
        var study: String
        @Flag(help: "For machines: one object a line, its kind under \"row\".")
        var json = false

        func run() throws {
            let store = try QueueCommand.look(source)
            let uid = try QueueCommand.study(study)
            guard let record = try store.study(uid) else { throw StoreError.unknown(kind: "study", name: study) }
            try QueueOutput.print([StudyRow(record)], json: json)
            try QueueOutput.print(try store.jobs(of: uid).map(JobRow.init), json: json)
            try QueueOutput.print(
                try store.results(of: uid).map { ResultRow($0.reference, $0.object, $0.revision) }, json: json)
            try QueueOutput.print(try store.deliveries(of: uid).map(DeliveryRow.init), json: json)
            try QueueOutput.print(try store.events(of: uid).reversed().map(EventRow.init), json: json)
        }
    }

    /// What `retry` and `drop` are about.
    struct Target: ParsableArguments {
        @Option(help: "Study Instance UID: its job and all its deliveries.")
        var study: String?
        @Option(help: "One delivery, by its number in `queue list`.")
        var delivery: Int64?
        @Option(help: "An object that was set aside, by its number in `queue list`.")
        var aside: Int64?

        func decide(_ decision: OperatorDecision, in store: Store) throws -> Int {
            switch (study, delivery, aside) {
            case (let study?, nil, nil): return try store.decide(decision, study: QueueCommand.study(study))
            case (nil, let delivery?, nil):
                try store.decide(decision, delivery: delivery)
                return 1
            case (nil, nil, let aside?):
                try store.decide(decision, aside: aside)
                return 1
            default: throw ValidationError("name one of --study, --delivery and --aside")
            }
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
