import ArgumentParser
import DICOMCore
import DIMSE
import Foundation
import GatewayAnalysis

/// `hilum send`: files and folders to a peer by C-STORE.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send DICOM files to a node (C-STORE).",
        discussion: """
            Files are sent as they are. A peer that does not take one so gets it uncompressed, in Explicit or Implicit \
            VR Little Endian. In folders, what is no DICOM object is passed over. Exit code 0: everything was accepted; \
            3: a part; 1: nothing.
            """)

    @OptionGroup var peer: PeerOptions

    @Argument(help: "Files and folders.", completion: .file())
    var paths: [String]

    @Option(help: "Associations side by side.")
    var associations = 1

    @Flag(help: "Send nothing that would have to be transcoded.")
    var asIs = false

    @Flag(help: "Print one JSON object for each file.")
    var json = false

    func validate() throws {
        guard (1...64).contains(associations) else { throw ValidationError("--associations takes 1 to 64") }
    }

    func run() async throws {
        let files = SendableFiles(paths)
        for problem in files.problems { try report(Line(path: problem.path, outcome: "unreadable", problem.why)) }
        guard !files.objects.isEmpty else {
            if files.problems.isEmpty { throw NothingToSend(paths: paths) }
            throw Exit.failed
        }
        var batch = StoreBatch(to: try peer.configuration())
        batch.associations = associations
        if !asIs { batch.transcoder = Uncompressing.transcode }
        let bar = ProgressBar("sending", total: files.objects.count)
        let outcomes = await batch.send(files.objects.map(\.object)) { _ in bar.advance() }
        bar.finish()
        for outcome in outcomes { try report(Line(files.objects[outcome.index].path, outcome)) }
        let stored = outcomes.count(where: \.isStored)
        if !json {
            print("\(stored) of \(outcomes.count + files.problems.count) accepted by \(peer.called)")
        }
        if stored == 0 { throw Exit.failed }
        if stored < outcomes.count || !files.problems.isEmpty { throw Exit.partlyDone }
    }

    private func report(_ line: Line) throws {
        if json {
            try JSONLine.print(line)
        } else if line.outcome != "stored" {
            Exit.complain("\(line.path): \(line.message ?? line.outcome)")
        }
    }

    private struct NothingToSend: Error, CustomStringConvertible {
        let paths: [String]
        var description: String {
            "no DICOM object in \(paths.joined(separator: ", ")); name files or folders that hold some"
        }
    }

    private struct Line: Encodable {
        var path: String
        /// `stored`, `warning`, `refused`, `notSendable`, `failed` or `unreadable`.
        var outcome: String
        var status: Int?
        var message: String?
        var sopInstanceUID: String?
        var transferSyntax: String?
        /// Transfer syntax, when another than the file's went out.
        var sentAs: String?

        init(path: String, outcome: String, _ message: String) {
            self.path = path
            self.outcome = outcome
            self.message = message
        }

        init(_ path: String, _ outcome: StoreBatch.Outcome) {
            self.path = path
            sopInstanceUID = outcome.object.sopInstanceUID.string
            transferSyntax = outcome.object.transferSyntax.uid.string
            if outcome.sentAs != outcome.object.transferSyntax { sentAs = outcome.sentAs?.uid.string }
            switch outcome.result {
            case .answered(let status):
                self.outcome = status.isSuccess ? "stored" : status.isWarning ? "warning" : "refused"
                self.status = Int(status.code)
                message = status.isSuccess ? nil : "\(status)"
            case .notSendable(let why):
                self.outcome = "notSendable"
                message = why
            case .failed(let error):
                self.outcome = "failed"
                message = "\(error)"
            }
        }
    }
}

/// The objects among files and folders of a command line.
private struct SendableFiles {
    private(set) var objects: [(path: String, object: StorableObject)] = []
    private(set) var problems: [(path: String, why: String)] = []

    init(_ paths: [String]) {
        for path in paths {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            if exists, isFolder.boolValue {
                for file in Self.files(in: path) { add(file, isNamed: false) }
            } else {
                add(path, isNamed: true)
            }
        }
    }

    private static func files(in folder: String) -> [String] {
        (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? [])
            .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }
            .sorted().map { folder + "/" + $0 }
            .filter { path in
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            }
    }

    private mutating func add(_ path: String, isNamed: Bool) {
        do {
            let object = try StorableObject(file: path)
            // A DICOMDIR describes media; nobody stores it.
            guard object.sopClassUID != UID(known: "1.2.840.10008.1.3.10") else { return }
            objects.append((path, object))
        } catch {
            if case .notDICOM = error, !isNamed { return }
            let why = if case .file(_, let why) = error { why } else { "\(error)" }
            problems.append((path, why))
        }
    }
}
