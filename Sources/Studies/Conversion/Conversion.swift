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
    }

    /// What the state file notes of a file.
    private struct Done: Codable, Sendable {
        var files: [String]
        /// SHA-256 of each: what another run wrote over is not done.
        var digests: [String]
        var rows: [ExportRow]
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

    public init(exporting export: ArchiveExport) throws {
        source = .dicom
        work = .export(export)
        output = export.output
        settings = try Self.digest(export.options)
    }

    public init(importing pictures: PictureImport, output: URL) throws {
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
    /// - Throws: `StudiesError.fileNotWritten` only; a file that can't be converted is an outcome.
    public func run(_ roots: [URL], threads: Int, report: (Outcome) throws -> Void) async throws {
        let names = OutputNames(roots)
        let state = try StateFile<Done>(at: output.appending(path: Self.stateName))
        let manifest = try source == .dicom ? ManifestFile(at: output.appending(path: Self.manifestName)) : nil
        let entries = ArchiveWalk(roots, leavingOut: output).lazy.filter(source.takes)
        try await OrderedWork.forEach(entries.enumerated(), width: threads) { number, entry in
            Result { try convert(entry, number + 1, names, state) }
        } deliver: { result in
            let (outcome, rows) = try result.get()
            try manifest?.append(rows)
            try report(outcome)
        }
        try manifest?.close()
    }

    private func convert(
        _ entry: ArchiveWalk.Entry, _ number: Int, _ names: OutputNames, _ state: StateFile<Done>
    ) throws -> (Outcome, [ExportRow]) {
        do {
            guard source.takes(FileKind(of: entry.file)) else { return (.broken(complaint(entry)), []) }
            // One study's pictures are numbered, so the place in the walk belongs to the key.
            let content = try Digest.sha256(of: entry.file)
            let unit = "\(settings) \(content) \(number) \(names.full(entry))"
            if let done = state.entry(for: unit), output.holds(done.files, done.digests) {
                return (.made(done.files), done.rows)
            }
            let done = try make(entry, number, names)
            try state.note(done, for: unit)
            return (.made(done.files), done.rows)
        } catch StudiesError.fileNotWritten(let path) {
            throw StudiesError.fileNotWritten(path)
        } catch {
            return (.broken("\(entry.file.relativePath): \(error), passed over"), [])
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
            "\(entry.file.relativePath): \(entry.isReadable ? "is \(wanted)" : "doesn't exist or may not be read"), passed over"
    }
}

/// The manifest, written anew by every run from the rows of all files, so that its order is the walk's.
private final class ManifestFile {
    private let handle: FileHandle
    private let temporary: URL
    private let path: URL

    init(at path: URL) throws {
        self.path = path
        temporary = path.appendingPathExtension("part")
        guard FileManager.default.createFile(atPath: temporary.path, contents: Data(ExportRow.header.utf8)) else {
            throw StudiesError.fileNotWritten(temporary.path)
        }
        handle = try FileHandle(forWritingTo: temporary)
        try handle.seekToEnd()
    }

    func append(_ rows: [ExportRow]) throws {
        try handle.write(contentsOf: Data(rows.map(\.line).joined().utf8))
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
