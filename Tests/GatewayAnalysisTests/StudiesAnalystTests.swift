import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Gateway
import GatewayStore
import HilumTesting
import NeuralNetworks
import Studies
import Testing
import Workflow

@testable import GatewayAnalysis

/// What a worker's analyst makes of a store's jobs. It runs the networks, so there are few.
@Suite("From a claimed job to what the store keeps", .serialized)
struct StudiesAnalystTests {
    static let samples = Workplace.root.appending(path: "SampleStudies")
    static let viral = samples.appending(path: "cxr-viral-pneumonia/image.dcm")
    static let analyst = Result {
        let settings = StudiesAnalyst.settings(language: "de", precision: .f32, timeZone: .gmt)
        return StudiesAnalyst(
            analyzer: try StudyAnalyzer(
                bundle: ModelBundle.load(from: Workplace.root.appending(path: "Models/default")), settings: settings,
                threads: 2),
            softwareVersion: "test")
    }

    /// A job that the store made of these files, and the store.
    private func withJob<Outcome>(
        of files: [[UInt8]], _ body: (ClaimedJob, Store) throws -> Outcome
    ) async throws -> Outcome {
        let recipe = try Self.analyst.get().recipe
        return try await Workplace.inTemporaryFolder { folder in
            let store = try Store(folder: folder.appending(path: "data"), role: .gateway)
            for file in files { try await receive(file, store) }
            let study = try #require(try store.openStudies().first?.uid)
            _ = try store.closeStudy(study, recipe: recipe)
            let owner = Owner(node: store.node, worker: "w")
            return try body(try #require(try store.claimJob(by: owner, recipe: recipe, lease: 600)), store)
        }
    }

    private func receive(_ part10: [UInt8], _ store: Store) async throws {
        let (meta, offset) = try #require(try FileMetaInformation.parse(part10))
        let title = AETitle(known: "CR1")
        let writer = try Reception(store: store, settings: Reception.Settings()).begin(
            Reception.Request(
                sopClass: meta.sopClassUID ?? UID(known: "1.2"), sopInstance: try #require(meta.sopInstanceUID),
                transferSyntax: TransferSyntax(uid: try #require(meta.transferSyntaxUID)), callingAE: title,
                calledAE: AETitle(known: "HILUM"), association: "1"))
        part10[offset...].withUnsafeBytes { writer.write($0) }
        _ = try await writer.finish().get()
    }

    private func bytes(_ file: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }

    /// Of the sample's study, with a header that promises more pixels than there are.
    private func imageWithoutPixels() throws -> [UInt8] {
        let sample = try DataSet(bytes: bytes(Self.viral))
        let (sopClass, instance) = (SOPClass.computedRadiographyImageStorage.uid, UID(known: "2.25.4711"))
        var encoder = DataSetEncoder(.explicitLittleEndian)
        encoder.append(.sopClassUID, sopClass)
        encoder.append(.sopInstanceUID, instance)
        encoder.append(.modality, .cs, "CR")
        encoder.append(.studyInstanceUID, try #require(sample.uid(.studyInstanceUID)))
        encoder.append(.seriesInstanceUID, UID(known: "2.25.4712"))
        encoder.append(Tag(0x0028, 0x0002), .us, bytes: [1, 0])
        encoder.append(Tag(0x0028, 0x0004), .cs, "MONOCHROME2")
        encoder.append(Tag(0x0028, 0x0010), .us, bytes: [0, 4])
        encoder.append(Tag(0x0028, 0x0011), .us, bytes: [0, 4])
        encoder.append(Tag(0x0028, 0x0100), .us, bytes: [16, 0])
        encoder.append(Tag(0x0028, 0x0101), .us, bytes: [12, 0])
        encoder.append(Tag(0x0028, 0x0102), .us, bytes: [11, 0])
        encoder.append(Tag(0x0028, 0x0103), .us, bytes: [0, 0])
        encoder.append(Tag(0x7FE0, 0x0010), .ow, bytes: [1, 2])
        let meta = FileMetaInformation(
            sopClassUID: sopClass, sopInstanceUID: instance,
            transferSyntaxUID: TransferSyntax.explicitVRLittleEndian.uid)
        return meta.encode() + encoder.bytes
    }

    @Test func everyClassOfReportAndThePictureAreMadeAndTheStoreTakesThem() async throws {
        let analyst = try Self.analyst.get()
        try await withJob(of: [bytes(Self.viral)]) { job, store in
            let completion = try analyst.analyse(job, deviceUID: store.deviceUID)
            #expect(completion.verdict == .analysed && completion.unread.isEmpty && completion.findings.count == 1)
            #expect(completion.recipe == job.recipe)
            let reports = completion.results.filter { $0.document == Document(.report) }
            #expect(reports.map(\.sopClass) == ReportClass.allCases.map(\.sopClassUID))
            #expect(completion.results.filter { $0.document == Document(.picture) }.count == 1)
            #expect(completion.results.allSatisfy { $0.language == LanguageTag("de") })
            for result in completion.results {
                let written = try DataSet(bytes: result.part10)
                #expect(written.uid(.sopInstanceUID) == result.sopInstance)
                #expect(written.uid(.studyInstanceUID) == job.study)
            }
            let again = try analyst.analyse(job, deviceUID: store.deviceUID)
            #expect(again.results.map(\.part10) == completion.results.map(\.part10), "the same job, other bytes")
            #expect(try store.complete(job: job, with: completion) == .done)
        }
    }

    @Test("What a database that is made anew has to know is read from the results' files")
    func resultsSayWhatTheirJobWas() async throws {
        let analyst = try Self.analyst.get()
        try await withJob(of: [bytes(Self.viral)]) { job, store in
            let completion = try analyst.analyse(job, deviceUID: store.deviceUID)
            for result in completion.results {
                let file = URL(filePath: store.layout.strays).appending(path: "\(result.sopInstance).dcm")
                try Data(result.part10).write(to: file)
                let kept = try KeptResultReader.read(file)
                #expect(kept.document == result.document && kept.revision == 1 && kept.deviceUID == store.deviceUID)
                #expect(abs(kept.madeAt.timeIntervalSince(job.createdAt)) <= 1 && kept.madeAt <= job.createdAt)
                #expect(kept.images == Set(job.images.map(\.object.sopInstance)))
                #expect(kept.recipe.software == "test")
                guard result.document.kind == .report else { continue }
                #expect(kept.language == result.language)
                guard result.sopClass != ReportClass.basicText.sopClassUID else { continue }
                #expect(kept.recipe.bundle == job.recipe.bundle && kept.verdict == .analysed)
                let (said, made) = (kept.findings, completion.findings)
                #expect(said.map(\.outcome) == made.map(\.outcome) && said.map(\.triage) == made.map(\.triage))
                for (one, other) in zip(said, made) {
                    #expect(abs((one.confidence ?? 0) - (other.confidence ?? 0)) < 0.01)
                }
            }
            #expect(throws: KeptResultReader.NoResult.self) { try KeptResultReader.read(Self.viral) }
        }
    }

    @Test func anImageThatCannotBeDecodedIsUnreadByItsContentAndTheOthersAreAnalysed() async throws {
        try await withJob(of: [bytes(Self.viral), imageWithoutPixels()]) { job, store in
            let completion = try Self.analyst.get().analyse(job, deviceUID: store.deviceUID)
            #expect(completion.verdict == .analysed)
            #expect(completion.unread.map(\.sopInstance) == [UID(known: "2.25.4711")])
        }
    }

    @Test func aStudyOfWhichNothingCanBeAnalysedIsAVerdictWithAReport() async throws {
        try await withJob(of: [imageWithoutPixels()]) { job, store in
            let completion = try Self.analyst.get().analyse(job, deviceUID: store.deviceUID)
            guard case .notAnalysable(let reason) = completion.verdict else {
                Issue.record("\(completion.verdict)")
                return
            }
            #expect(!reason.isEmpty && completion.findings.isEmpty)
            let report = try #require(completion.results.first { $0.document == Document(.report) })
            try Workplace.withTemporaryFolder { folder in
                let file = folder.appending(path: "report.dcm")
                try Data(report.part10).write(to: file)
                guard case .notAnalysable? = try KeptResultReader.read(file).verdict else {
                    Issue.record("a database that is made anew would take it for analysed")
                    return
                }
            }
        }
    }
}
