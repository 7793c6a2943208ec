import DICOM
import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Synchronization
import Testing

@testable import Studies

/// What codecs that stand still, and threads that can't be started, do to work on many files.
struct CodecLimitTests {
    /// Two radiographs in a folder, and another for pictures.
    private func withArchive(_ body: (_ archive: URL, _ output: URL) async throws -> Void) async throws {
        try await Workplace.inTemporaryFolder { folder in
            let (archive, output) = (folder.appending(path: "archive"), folder.appending(path: "out"))
            try archive.makeOutputFolder()
            try output.makeOutputFolder()
            for (name, sample) in [("a.dcm", "normal"), ("b.dcm", "covid19")] {
                try FileManager.default.copyItem(at: Sample.radiograph(sample), to: archive.appending(path: name))
            }
            try await body(archive, output)
        }
    }

    private func export(to output: URL, failing error: DICOMError? = nil) throws -> ArchiveExport {
        var export = try ArchiveExport(
            ExportOptions(names: .source), output: output,
            pseudonym: Pseudonym(keyFile: output.appending(path: "key")))
        if let error {
            export.read = { file in
                guard file.lastPathComponent == "a.dcm" else { return try DataSet(contentsOf: file) }
                throw error
            }
        }
        return export
    }

    private func outcomes(_ conversion: Conversion, _ archive: URL) async throws -> [String] {
        var outcomes: [String] = []
        try await conversion.run([archive], threads: 1) { outcome in
            switch outcome {
            case .made(let files): outcomes += files
            case .broken(let sentence): outcomes.append(sentence)
            case .passedOver: break
            }
        }
        return outcomes
    }

    @Test("A conversion begins no file after 16 failed invariants, says so, and the next one goes on")
    func conversionsEnd() async throws {
        try await withArchive { archive, output in
            let asked = Mutex(0)
            var conversion = try Conversion(exporting: export(to: output))
            conversion.codecLimit.failures = {
                asked.withLock {
                    $0 += 1
                    return 14 + $0
                }
            }
            let spent = StudiesError.codecsSpent(failures: 16, keepsFinished: true)
            await #expect(throws: spent) { try await outcomes(conversion, archive) }
            #expect("\(spent)".contains("run the command again: what is finished is kept and skipped"))
            let first = output.appending(path: "a.png")
            let past = Date(timeIntervalSince1970: 1_000_000_000)
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: first.path)

            conversion.codecLimit.failures = { 15 }
            #expect(try await outcomes(conversion, archive) == ["a.png", "b.png"])
            let touched = try FileManager.default.attributesOfItem(atPath: first.path)[.modificationDate] as? Date
            #expect(touched == past)
        }
    }

    @Test("A file that broke a codec is finished: the next run says the same of it, and gives it to no codec")
    func brokenFilesAreNoted() async throws {
        try await withArchive { archive, output in
            let error = DICOMError.codecFailed(frame: 0, why: "the data made a decoder stumble (x > 0)")
            let broken = try await outcomes(Conversion(exporting: export(to: output, failing: error)), archive)
            #expect(broken.first?.contains("frame 1 can't be decoded: the data made a decoder stumble (x > 0)") == true)
            let again = try await outcomes(Conversion(exporting: export(to: output)), archive)
            #expect(again == broken)
        }
    }

    @Test("That no thread can be started ends a conversion and is no outcome of a file")
    func noThreadEndsAConversion() async throws {
        try await withArchive { archive, output in
            let error = DICOMError.noThread(why: "full")
            let conversion = try Conversion(exporting: export(to: output, failing: error))
            await #expect(throws: error) { try await outcomes(conversion, archive) }
            #expect(try await outcomes(Conversion(exporting: export(to: output)), archive) == ["a.png", "b.png"])
        }
    }

    @Test("That no thread can be started is said of no image of a study")
    func noThreadIsNotUndecodable() throws {
        let read = StudyReader.headers(of: [Sample.radiograph("normal")])
        var work = StudyWork(
            headers: read.headers, selection: ImageSelection(of: read.headers, ownDeviceUID: nil), unreadable: [],
            missing: [], stages: Stages())
        let error = DICOMError.noThread(why: "full")
        #expect(throws: error) { try work.add(read.headers) { _ in throw error } }
        #expect(throws: Never.self) {
            try work.add(read.headers) { _ in throw DICOMError.codecFailed(frame: 0, why: "x > 0") }
        }
    }

    @Test("An analysis begins no study after 16 failed invariants, and advises an output folder where there is none")
    func analysesEnd() async throws {
        let bundle = try ModelBundle.load(from: Sample.bundle)
        var analysis = OfflineAnalysis(
            bundle: bundle,
            options: OfflineAnalysis.Options(
                date: Date(timeIntervalSince1970: 0), deviceUID: Sample.device, softwareVersion: "test"))
        analysis.codecLimit.failures = { 16 }
        let roots = [Sample.radiograph("normal")]
        let spent = StudiesError.codecsSpent(failures: 16, keepsFinished: false)
        await #expect(throws: spent) {
            try await analysis.run(OfflineIndex(roots), names: OutputNames(roots)) { _ in Issue.record("it went on") }
        }
        #expect("\(spent)".contains("run the command again with an output folder"))
    }
}
