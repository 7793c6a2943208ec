public import ArgumentParser
import Diagnosis
import Foundation
public import Studies

struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Makes pictures of DICOM objects, and DICOM objects of pictures.",
        discussion: """
            To png or jpeg: every frame of every DICOM object below the paths becomes a window-levelled picture, with \
            a row in manifest.csv. Patients, studies and the sources' paths appear as keyed hashes only; their key \
            lies in the output folder and should not leave with the pictures. To dx, cr or sc: every JPEG and PNG \
            file becomes an object, the same one on every run. A second run goes on where the first ended.
            """)

    enum Target: String, CaseIterable, ExpressibleByArgument {
        case png, jpeg, dx, cr, sc
    }

    @Argument(help: "Files, and folders of them.", completion: .file())
    var paths: [String]

    @Option(help: "What to make: png or jpeg of DICOM; dx, cr or sc of pictures.")
    var to: Target

    @Option(name: .shortAndLong, help: "Folder for what is made.", completion: .directory)
    var output: String

    @Option(help: "Files at work at once.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @OptionGroup(title: "Pictures")
    var pictures: PictureOptions

    @OptionGroup(title: "Objects")
    var objects: ObjectOptions

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("Name at least one file or folder.") }
        guard (1...1024).contains(threads) else { throw ValidationError("--threads is a number from 1 to 1024.") }
        _ = try pictures.window()
        _ = try objects.pixelSpacing()
    }

    func run() async throws {
        let roots = paths.map { URL(filePath: $0) }
        let folder = URL(filePath: output)
        try folder.makeOutputFolder()
        let work = try conversion(to: folder)
        let count = Conversion.count(work.source, in: roots, leavingOut: folder)
        let bar = ProgressBar("convert", total: count)
        var tally = Tally()
        try await work.run(roots, threads: threads) { outcome in
            switch outcome {
            case .made: tally.done += 1
            case .broken(let sentence):
                tally.broken += 1
                Exit.complain(sentence)
            case .passedOver(let remark):
                tally.passedOver += 1
                if let remark, tally.remarks.count < Tally.mostRemarks { tally.remarks.append(remark) }
                return
            }
            bar.advance()
        }
        bar.finish()
        if tally.done + tally.broken + tally.remarks.count > 0 { print(tally.text(folder)) }
        guard tally.done + tally.broken > 0 else {
            let kinds = work.source == .dicom ? "DICOM" : "JPEG or PNG"
            Exit.complain("no \(kinds) files in \(paths.joined(separator: ", ")), name others")
            throw Exit.failed
        }
        if tally.broken > 0 { throw Exit.partlyDone }
    }

    private struct Tally {
        static let mostRemarks = 50
        var done = 0
        var broken = 0
        var passedOver = 0
        var remarks: [String] = []

        /// The numbers, then a line for each remark.
        func text(_ folder: URL) -> String {
            let others = passedOver > 0 ? ", \(passedOver) other\(passedOver == 1 ? "" : "s") passed over" : ""
            let numbers = "\(done) files converted, \(broken) broken\(others): \(folder.path)"
            return ([numbers] + remarks.map { "  passed over: \($0)" }).joined(separator: "\n")
        }
    }

    private func conversion(to folder: URL) throws -> Conversion {
        let kind: ImportOptions.Kind
        switch to {
        case .png, .jpeg:
            let options = ExportOptions(
                format: to == .png ? .png : .jpeg, quality: pictures.quality, window: try pictures.window(),
                longSide: pictures.size, names: pictures.names)
            let key = pictures.pseudonymKey.map { URL(filePath: $0) } ?? folder.appending(path: "pseudonym.key")
            return try Conversion(
                exporting: ArchiveExport(options, output: folder, pseudonym: try Pseudonym(keyFile: key)),
                originals: pictures.originals.map { URL(filePath: $0) })
        case .dx: kind = .dx
        case .cr: kind = .cr
        case .sc: kind = .sc
        }
        return try Conversion(
            importing: PictureImport(try objects.importOptions(kind), softwareVersion: hilumVersion), output: folder)
    }
}

extension ConvertCommand {
    /// For `--to png` and `--to jpeg`.
    struct PictureOptions: ParsableArguments {
        @Option(name: .customLong("window"), help: "auto, lung, or CENTRE,WIDTH.")
        var windowText = "auto"

        @Option(help: "Pixels of the longer side at most.")
        var size: Int?

        @Option(help: "JPEG quality, 1 to 100.")
        var quality = 95

        @Option(help: "File with the key of the patients' hashes; made where it is missing.", completion: .file())
        var pseudonymKey: String?

        @Option(help: "What pictures are called: keyed hashes, or as their sources where those name nobody.")
        var names = ExportOptions.Names.keyed

        @Option(
            help: "File for what the manifest keeps to itself: each picture's source and its UIDs.",
            completion: .file())
        var originals: String?

        func window() throws -> ExportOptions.Window {
            switch windowText {
            case "auto": return .automatic
            case "lung": return .lung
            default:
                let numbers = windowText.split(separator: ",").compactMap { Double($0) }
                guard numbers.count == 2, numbers.allSatisfy(\.isFinite), numbers[1] >= 1 else {
                    throw ValidationError("--window is auto, lung or CENTRE,WIDTH, not '\(windowText)'.")
                }
                return .stated(center: numbers[0], width: numbers[1])
            }
        }
    }

    /// For `--to dx`, `--to cr` and `--to sc`.
    struct ObjectOptions: ParsableArguments {
        @Option(help: "Family^Given, other scripts after '='.")
        var patientName = ""
        @Option(help: "Patient ID.")
        var patientId = ""
        @Option(help: "YYYYMMDD.")
        var birthDate = ""
        @Option(help: "F, M or O.")
        var sex = ""
        @Option(help: "Age at the study, as 045Y.")
        var age = ""
        @Option(help: "View position: PA, AP, LL, …")
        var view = ""
        @Option(help: "Body part examined.")
        var bodyPart = "CHEST"
        @Option(help: "Modality of Secondary Captures.")
        var modality: String?
        @Option(help: "Date of the study, YYYYMMDD.")
        var date = ""
        @Option(help: "Time of the study, HHMMSS.")
        var time = ""
        @Option(help: "Pixel spacing in mm: one number, or ROW,COLUMN. DX needs it.")
        var spacing: String?
        @Option(help: "Study description.")
        var description = ""
        @Option(help: "Accession number.")
        var accession = ""
        @Option(help: "All pictures go into one study, known by this name; else each has a study of its own.")
        var study: String?
        @Option(help: "Goes into the UIDs: another seed, other UIDs.")
        var seed = ""
        @Option(help: "explicit, jpeg-lossless, jpeg-ls or rle.", transform: syntax)
        var transferSyntax = ImportOptions.Syntax.explicitLittleEndian

        @Sendable private static func syntax(_ name: String) throws -> ImportOptions.Syntax {
            guard let syntax = ImportOptions.Syntax(rawValue: name) else {
                let names = ImportOptions.Syntax.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--transfer-syntax is one of \(names), not '\(name)'.")
            }
            return syntax
        }

        func pixelSpacing() throws -> PixelSpacing? {
            guard let spacing else { return nil }
            let numbers = spacing.split(separator: ",").compactMap { Double($0) }
            guard let row = numbers.first, let column = numbers.last, numbers.count <= 2, row > 0, column > 0 else {
                throw ValidationError("--spacing is a number of mm, or ROW,COLUMN, not '\(spacing)'.")
            }
            return PixelSpacing(row: row, column: column)
        }

        func importOptions(_ kind: ImportOptions.Kind) throws -> ImportOptions {
            var options = ImportOptions(kind: kind, syntax: transferSyntax)
            options.patientName = patientName
            options.patientID = patientId
            options.birthDate = birthDate
            options.sex = sex
            options.age = age
            options.view = view
            options.bodyPart = bodyPart
            options.modality = modality
            options.date = date
            options.time = time
            options.spacing = try pixelSpacing()
            options.studyDescription = description
            options.accessionNumber = accession
            options.studyName = study
            options.seed = seed
            return options
        }
    }
}

extension ExportOptions.Names: ExpressibleByArgument {}
