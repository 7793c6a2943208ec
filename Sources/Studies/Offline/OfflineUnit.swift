import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Imaging
import Reporting

/// One study or picture on its way from files to record.
struct OfflineUnit {
    private let options: OfflineAnalysis.Options
    private let names: OutputNames
    private let state: StateFile<OfflineAnalysis.Record>?
    private let analyzer: StudyAnalyzer

    init(
        _ options: OfflineAnalysis.Options, _ names: OutputNames, _ state: StateFile<OfflineAnalysis.Record>?,
        _ analyzer: StudyAnalyzer
    ) {
        self.options = options
        self.names = names
        self.state = state
        self.analyzer = analyzer
    }

    /// - Throws: `StudiesError.fileNotWritten` and `DICOMError.noThread` only: what is wrong with one study or picture stops no
    ///   other.
    func record(of unit: OfflineIndex.Unit) throws -> OfflineAnalysis.Record {
        do {
            switch unit {
            case .study(let uid, let files): return try record(study: uid, files)
            case .picture(let entry): return try record(picture: entry)
            }
        } catch StudiesError.fileNotWritten(let path) {
            throw StudiesError.fileNotWritten(path)
        } catch let error as DICOMError where error.endsWork {
            throw error
        } catch {
            return OfflineAnalysis.Record(complaints: ["\(unit.place): \(error), passed over"])
        }
    }

    private func record(study: UID, _ files: [URL]) throws -> OfflineAnalysis.Record {
        let digests = files.compactMap { file in
            try? Digest.sha256(of: file, from: (try? QuickIdentity.dataSetOffset(file)) ?? 0)
        }
        let key = analyzer.jobKey(study: study, objectDigests: digests)
        if let done = done(key) { return done }
        let identity = identity(key)
        let result = try analyzer.analyse(files: files, identity: identity)
        var record = OfflineAnalysis.Record()
        record.lines = result.findings.map {
            AnalysisLine(
                path: path(of: $0, result.files), study: study.string,
                series: $0.sources.first?.seriesInstanceUID.string, finding: $0.finding,
                revision: identity.revision)
        }
        record.complaints = result.unreadable.map { "\($0.file.relativePath): \($0.reason), passed over" }
        for listed in result.notChosen {
            let sentence = "\(listed.header.file.relativePath): not analysed, \(listed.reason)"
            if case .undecodable = listed.reason {
                record.complaints.append(sentence)
            } else {
                record.notes.append(sentence)
                record.reasons.append("\(listed.reason)")
            }
        }
        for object in result.objects {
            try write(object.part10, to: "\(study.string)/\(object.kind.fileName).dcm", &record)
        }
        try note(record, key)
        return record
    }

    private func record(picture entry: ArchiveWalk.Entry) throws -> OfflineAnalysis.Record {
        let kind = options.pictureKind
        let key = JobKey(
            study: DerivedUID.make(from: "picture \(entry.file.path)"),
            objectDigests: [try Digest.sha256(of: entry.file)], bundleDigest: analyzer.bundle.digest,
            settingsDigest: "\(kind.rawValue) \(analyzer.settings.digest)")
        if let done = done(key) { return done }
        let result = try analyzer.analyse(picture: entry.file, as: kind)
        var record = OfflineAnalysis.Record()
        let identity = identity(key)
        record.lines = [
            AnalysisLine(
                path: entry.file.relativePath, finding: result.finding.finding, revision: identity.revision)
        ]
        if options.output != nil, options.settings.picture {
            let picture = try analyzer.summaryPicture(of: result, identity: identity)
            try write(try ImageFile.encodePNG(picture), to: "\(names.stem(entry)).png", &record)
        }
        try note(record, key)
        return record
    }

    private func identity(_ key: JobKey) -> JobIdentity {
        JobIdentity(
            key: key, date: options.date, deviceUID: options.deviceUID, softwareVersion: options.softwareVersion)
    }

    /// The image's file; for a series in several files the folder of the first.
    private func path(of finding: ReportedFinding, _ files: [UID: URL]) -> String {
        let found = Set(finding.sources.compactMap { files[$0.sopInstanceUID] })
        guard let first = finding.sources.first.flatMap({ files[$0.sopInstanceUID] }) else { return "" }
        return found.count == 1 ? first.relativePath : first.deletingLastPathComponent().relativePath
    }

    // MARK: Output and state

    private func done(_ key: JobKey) -> OfflineAnalysis.Record? {
        guard let output = options.output, var record = state?.entry(for: key.string) else { return nil }
        guard output.holds(record.files, record.digests),
            record.lines.allSatisfy({ FileManager.default.fileExists(atPath: $0.path) })
        else { return nil }
        record.wasDone = true
        return record
    }

    private func note(_ record: OfflineAnalysis.Record, _ key: JobKey) throws {
        try state?.note(record, for: key.string)
    }

    private func write(_ bytes: [UInt8], to path: String, _ record: inout OfflineAnalysis.Record) throws {
        guard let output = options.output else { return }
        let data = Data(bytes)
        try output.write(data, below: path)
        record.files.append(path)
        record.digests.append(Digest.sha256(data))
    }
}

extension ResultObject.Kind {
    /// `report-comprehensive_3d` and so on, without ending: each object of a study has its own.
    var fileName: String {
        switch self {
        case .structuredReport(let kind): "report-\(kind.rawValue)"
        case .picture: "picture"
        case .supersededNote(let former): "superseded-\(former)"
        }
    }
}

extension OfflineIndex.Unit {
    /// What sentences call it.
    fileprivate var place: String {
        switch self {
        case .study(let uid, _): "study \(uid)"
        case .picture(let entry): entry.file.relativePath
        }
    }
}
