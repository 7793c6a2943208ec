import DICOM
import DICOMCore
public import Foundation

/// A conversion of many files, in either direction: what `hilum convert` does.
public struct Conversion: Sendable {
    /// What files are taken; others in a folder are passed over.
    public enum Source: Sendable {
        case dicom, pictures

        func takes(_ kind: FileKind?) -> Bool {
            switch self {
            case .dicom: kind == .dicom
            case .pictures: kind == .jpeg || kind == .png
            }
        }

        var endings: Set<String> {
            switch self {
            case .dicom: OutputNames.dicomEndings
            case .pictures: OutputNames.pictureEndings
            }
        }

        /// What can't be read is taken too, to be complained of.
        func takes(_ entry: ArchiveWalk.Entry) -> Bool {
            entry.isNamed || takes(FileKind(of: entry.file)) || !entry.isReadable
        }
    }

    /// What came of one file.
    public enum Outcome: Sendable {
        /// Files made, below the output folder. A former run may have made them.
        case made([String])
        case broken(String)
        /// No file to convert; with a sentence where it might have been taken for one.
        case passedOver(String?)
    }

    /// What the state file notes of a file.
    private struct Done: Codable, Sendable {
        var files: [String]
        /// SHA-256 of each: what another run wrote over is not done.
        var digests: [String]
        var rows: [ExportRow]
        /// What a codec's invariant says that the file's bytes broke: another run would lose a thread and memory to it again.
        var broken: String?
    }

    /// What one file adds to what the run writes and says.
    private struct Report: Sendable {
        var outcome: Outcome
        var rows: [ExportRow] = []
        var identity: InstanceIdentity?
    }

    private enum Work: Sendable {
        case export(ArchiveExport)
        case `import`(PictureImport)
    }

    public let source: Source
    private let work: Work
    private let output: URL
    /// What besides the file decides about the outcome.
    private let settings: String
    private let originals: URL?
    var codecLimit = CodecLimit()

    /// - Parameter originals: a file for the source path and the UIDs of each picture, which the manifest has as keyed
    ///   hashes only; it can be read by its owner only.
    public init(exporting export: ArchiveExport, originals: URL? = nil) throws {
        self.originals = originals
        source = .dicom
        work = .export(export)
        output = export.output
        settings = try Self.digest(export.options)
    }

    public init(importing pictures: PictureImport, output: URL) throws {
        originals = nil
        source = .pictures
        work = .import(pictures)
        self.output = output
        settings = try Self.digest(pictures.options)
    }

    private static func digest(_ options: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Digest.sha256(try encoder.encode(options))
    }

    public static let stateName = "hilum-convert.state"
    public static let manifestName = "manifest.csv"

    /// How many files there are to take; a walk that reads first bytes only.
    /// - Parameter output: left out where it lies below a root: what a run made is no source of the next.
    public static func count(_ source: Source, in roots: [URL], leavingOut output: URL? = nil) -> Int {
        ArchiveWalk(roots, leavingOut: output).lazy.filter(source.takes).count
    }

    /// - Parameter report: called once per file, in the walk's order.
    /// - Throws: `StudiesError.fileNotWritten` when the manifest or the state can't be written, `StudiesError.codecsSpent` and
    ///   `DICOMError.noThread` when the process can't go on; a file that can't be converted is an outcome.
    public func run(_ roots: [URL], threads: Int, report: (Outcome) throws -> Void) async throws {
        let names = OutputNames(roots)
        let state = try StateFile<Done>(at: output.appending(path: Self.stateName))
        let manifest =
            try source == .dicom
            ? TableFile(at: output.appending(path: Self.manifestName), header: ExportRow.header) : nil
        let secrets = try originals.map { try TableFile(at: $0, header: OriginalRow.header, isPrivate: true) }
        let entries = Numbered(walk: ArchiveWalk(roots, leavingOut: output), source: source)
        try await OrderedWork.forEach(entries, width: threads) { entry, number in
            (entry, Result { try number.map { try convert(entry, $0, names, state) } ?? pass(over: entry) })
        } deliver: { entry, result in
            let result = try result.get()
            try manifest?.append(result.rows.map(\.line))
            if let identity = result.identity {
                try secrets?.append(
                    result.rows.map {
                        OriginalRow(path: $0.path, sourceFile: names.full(entry), identity: identity).line
                    })
            }
            try report(result.outcome)
        }
        try manifest?.close()
        try secrets?.close()
    }

    /// A walk's files; those that are taken are numbered from 1.
    private struct Numbered: Sequence, IteratorProtocol {
        var walk: ArchiveWalk
        let source: Source
        private var number = 0

        init(walk: ArchiveWalk, source: Source) { (self.walk, self.source) = (walk, source) }

        mutating func next() -> (ArchiveWalk.Entry, number: Int?)? {
            guard let entry = walk.next() else { return nil }
            guard source.takes(entry) else { return (entry, nil) }
            number += 1
            return (entry, number)
        }
    }

    private func pass(over entry: ArchiveWalk.Entry) -> Report {
        let remark = Bystander.remark(entry.file, endings: source.endings)
        return Report(outcome: .passedOver(remark.map { "\(entry.shown) \($0)" }))
    }

    private func convert(
        _ entry: ArchiveWalk.Entry, _ number: Int, _ names: OutputNames, _ state: StateFile<Done>
    ) throws -> Report {
        try codecLimit.check(keepsFinished: true)
        do {
            guard source.takes(FileKind(of: entry.file)) else { return Report(outcome: .broken(complaint(entry))) }
            // One study's pictures are numbered, so the place in the walk belongs to the key.
            let content = try Digest.sha256(of: entry.file)
            let unit = "\(settings) \(content) \(number) \(stateName(names.full(entry)))"
            if let done = state.entry(for: unit), output.holds(done.files, done.digests) {
                return try report(done, of: entry)
            }
            let done = try outcome { try make(entry, number, names) }
            try state.note(done, for: unit)
            return try report(done, of: entry)
        } catch StudiesError.fileSetDirectory where !entry.isNamed {
            return Report(outcome: .passedOver("\(entry.shown) \(StudiesError.fileSetDirectory)"))
        } catch let error as DICOMError where error.endsWork {
            throw error
        } catch {
            return broken(entry, "\(error)")
        }
    }

    private func broken(_ entry: ArchiveWalk.Entry, _ reason: String) -> Report {
        Report(outcome: .broken("\(entry.shown): \(reason), passed over"))
    }

    private func report(_ done: Done, of entry: ArchiveWalk.Entry) throws -> Report {
        if let reason = done.broken { return broken(entry, reason) }
        return Report(
            outcome: .made(done.files), rows: done.rows,
            identity: originals == nil ? nil : try QuickIdentity.read(entry.file))
    }

    /// The state lies beside the pictures, and says of their sources no more than the manifest.
    private func stateName(_ path: String) -> String {
        if case .export(let export) = work { export.pseudonym.of(path: path) } else { path }
    }

    private func outcome(_ make: () throws -> Done) throws -> Done {
        do {
            return try make()
        } catch let error as DICOMError {
            guard case .codecFailed = error else { throw error }
            return Done(files: [], digests: [], rows: [], broken: "\(error)")
        }
    }

    private func make(_ entry: ArchiveWalk.Entry, _ number: Int, _ names: OutputNames) throws -> Done {
        switch work {
        case .export(let export):
            let rows = try export.export(entry.file, sourceName: names.full(entry), name: names.stem(entry))
            return Done(files: rows.map(\.path), digests: rows.map(\.sha256), rows: rows)
        case .import(let pictures):
            let path = "\(names.stem(entry)).dcm"
            let number = pictures.options.studyName == nil ? 1 : number
            let object = Data(try pictures.object(of: entry.file, number: number))
            try output.write(object, below: path)
            return Done(files: [path], digests: [Digest.sha256(object)], rows: [])
        }
    }

    private func complaint(_ entry: ArchiveWalk.Entry) -> String {
        let wanted = source == .dicom ? "no DICOM file" : "neither JPEG nor PNG"
        return
            "\(entry.shown): \(entry.isReadable ? "is \(wanted)" : "doesn't exist or may not be read"), passed over"
    }
}

/// A table that every run writes anew from the rows of all files, so that its order is the walk's.
private final class TableFile {
    private let handle: FileHandle
    private let temporary: URL
    private let path: URL

    /// - Parameter isPrivate: only its owner may read it.
    init(at path: URL, header: String, isPrivate: Bool = false) throws {
        self.path = path
        temporary = path.appendingPathExtension("part")
        let made = FileManager.default.createFile(
            atPath: temporary.path, contents: Data(header.utf8),
            attributes: isPrivate ? [.posixPermissions: 0o600] : nil)
        guard made else { throw StudiesError.fileNotWritten(temporary.path) }
        handle = try FileHandle(forWritingTo: temporary)
        try handle.seekToEnd()
    }

    func append(_ lines: [String]) throws {
        try handle.write(contentsOf: Data(lines.joined().utf8))
    }

    func close() throws {
        try handle.close()
        if FileManager.default.fileExists(atPath: path.path) { try FileManager.default.removeItem(at: path) }
        try FileManager.default.moveItem(at: temporary, to: path)
    }
}

extension URL {
    /// Makes this folder where it is missing.
    public func makeOutputFolder() throws {
        do {
            try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
        } catch {
            throw StudiesError.fileNotWritten(path)
        }
    }

    /// Whether these files lie below this folder, with these SHA-256 digests.
    func holds(_ files: [String], _ digests: [String]) -> Bool {
        files.count == digests.count
            && zip(files, digests).allSatisfy { (try? Digest.sha256(of: appending(path: $0))) == $1 }
    }

    /// Writes a file below this folder, with the folders that it needs.
    func write(_ data: Data, below path: String) throws {
        let file = appending(path: path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file, options: .atomic)
        } catch {
            throw StudiesError.fileNotWritten(file.path)
        }
    }
}
