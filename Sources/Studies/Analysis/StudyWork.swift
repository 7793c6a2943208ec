import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Reporting

/// What has been found in a study so far.
struct StudyWork {
    private let study: UID?
    private let headers: [ImageHeader]
    private var findings: [ReportedFinding] = []
    private var notChosen: [ImageSelection.NotChosen]
    private let unreadable: [UnreadableFile]
    /// Images whose files are gone.
    private let missing: [SourceImage]
    /// An object whose patient and study attributes the results take over.
    private var source: ImageHeader?
    private var stages: Stages
    /// Writes a note on an earlier result and reads it back.
    var writeNote: (ReportRequest, InstanceReference, [UID]) throws -> ResultObject = {
        try SupersededNote.object($0, of: $1, replacedIn: $2)
    }

    init(
        headers: [ImageHeader], selection: ImageSelection, unreadable: [UnreadableFile], missing: [SourceImage],
        stages: Stages
    ) {
        study = headers.first?.studyInstanceUID
        self.headers = headers
        self.unreadable = unreadable
        self.missing = missing
        self.stages = stages
        notChosen = selection.notChosen
    }

    /// Adds the finding that `analyse` makes of `images`. What can't be decoded is listed and stops nothing.
    mutating func add(
        _ images: [ImageHeader], _ analyse: (inout Stages) throws -> StudyAnalyzer.SeriesFinding
    ) throws {
        do {
            let (finding, leftOut) = try analyse(&stages)
            stages.add(finding.analysis?.stages ?? [])
            findings.append(finding)
            notChosen += leftOut
            if source == nil { source = images.first }
        } catch let error as DICOMError where !error.endsWork {
            list(images, .undecodable("\(error)"))
        } catch let error as StudiesError {
            list(images, .undecodable("\(error)"))
        }
    }

    private mutating func list(_ images: [ImageHeader], _ reason: NotChosenReason) {
        notChosen += images.map { ImageSelection.NotChosen(header: $0, reason: reason) }
    }

    /// - Parameter bundle: whose classes the study was to get.
    func result(
        settings: AnalysisSettings, identity: JobIdentity, bundle: BundleIdentity
    ) throws -> StudyResult {
        let findings = findings.sortedByUrgency()
        guard let source else {
            let (answers, remarks) = answersWithoutFinding(settings, identity, bundle)
            return result(.notAnalysable(why: why), findings: [], objects: answers, remarks, stages)
        }
        let request = try request(findings, source, settings, identity)
        var stages = stages
        var objects = try stages.measure(.report) {
            try settings.reports.map { try ReportWriter.structuredReport(request, kind: $0) }
        }
        if settings.picture { objects.append(try stages.measure(.picture) { try SummaryPicture.object(request) }) }
        let (notes, remarks) = notes(on: request, replacedBy: objects)
        return result(.reported, findings: findings, objects: objects + notes, remarks, stages)
    }

    private func request(
        _ findings: [ReportedFinding], _ source: ImageHeader, _ settings: AnalysisSettings, _ identity: JobIdentity
    ) throws -> ReportRequest {
        ReportRequest(
            findings: findings,
            // Our own earlier results are not the study's images, and no reader misses them.
            notChosen: notChosen.filter { $0.header.hasPixels && $0.reason != .madeByHilum }.map {
                ImageNotChosen(image: SourceImage($0.header), reason: $0.reason.description)
            } + missing.map { ImageNotChosen(image: $0, reason: "its file is gone") },
            evidence: evidence, identity: identity.resultIdentity(settings),
            header: try StudyHeader(try DataSet(contentsOf: source.file)))
    }

    /// Reports that say that no image could be analysed, and why none: without them nobody could tell the study from one that
    /// never came. None where no image of the study can be referred to: then the study's state is all that there is to see.
    /// Where its attributes are beyond a report, a remark says that too.
    private func answersWithoutFinding(
        _ settings: AnalysisSettings, _ identity: JobIdentity, _ bundle: BundleIdentity
    ) -> Answers {
        let images = evidence
        guard let first = headers.first(where: { $0.sopInstanceUID == images.first?.sopInstanceUID }) else {
            return ([], [])
        }
        let finding = Finding(
            kind: images.contains { $0.modality == "CT" } ? .ct : .radiograph, outcome: .review, triage: nil,
            reasons: [.notAnalysable], bundle: bundle)
        do {
            let request = try request([ReportedFinding(finding: finding, sources: images)], first, settings, identity)
            let reports = try settings.reports.map { try ReportWriter.structuredReport(request, kind: $0) }
            let (notes, remarks) = notes(on: request, replacedBy: reports)
            return (reports + notes, remarks)
        } catch {
            return ([], ["left out the report that says so, which can't be written: \(error)"])
        }
    }

    /// Result objects, and what is to be said of those that are not among them.
    private typealias Answers = (objects: [ResultObject], remarks: [String])

    /// One for each earlier result, since no two destinations need have received the same ones. One that can't be written
    /// is left out and costs neither the others nor the report.
    private func notes(on request: ReportRequest, replacedBy objects: [ResultObject]) -> Answers {
        var series: [UID] = []
        for object in objects where !series.contains(object.seriesInstanceUID) {
            series.append(object.seriesInstanceUID)
        }
        var answers: Answers = ([], [])
        for former in request.identity.superseded {
            do {
                answers.objects.append(try writeNote(request, former, series))
            } catch {
                answers.remarks.append(
                    "left out the note that \(former.sopInstanceUID) is superseded, which can't be written: \(error)")
            }
        }
        return answers
    }

    /// Every image of the study that was looked at or should have been, each once.
    private var evidence: [SourceImage] {
        var seen: Set<UID> = []
        let ours = Set(notChosen.filter { $0.reason == .madeByHilum }.map(\.header.sopInstanceUID))
        return headers.sorted(by: ImageSelection.inSeriesOrder)
            .filter { $0.hasPixels && !ours.contains($0.sopInstanceUID) && seen.insert($0.sopInstanceUID).inserted }
            .map { SourceImage($0) } + missing
    }

    /// Why there is no finding, in one sentence.
    private var why: String {
        if headers.isEmpty { return unreadable.first.map { "no object can be read: \($0.reason)" } ?? "no objects" }
        var counts: [(reason: String, count: Int)] = []
        for listed in notChosen {
            let reason = listed.reason.description
            if let index = counts.firstIndex(where: { $0.reason == reason }) {
                counts[index].count += 1
            } else {
                counts.append((reason, 1))
            }
        }
        let most = counts.sorted { $0.count > $1.count }.prefix(4)
        return "no image to analyse: " + most.map { "\($0.reason) (\($0.count))" }.joined(separator: "; ")
    }

    private func result(
        _ state: StudyResult.State, findings: [ReportedFinding], objects: [ResultObject], _ remarks: [String],
        _ stages: Stages
    ) -> StudyResult {
        StudyResult(
            state: state, studyInstanceUID: study, findings: findings,
            files: Dictionary(headers.map { ($0.sopInstanceUID, $0.file) }) { first, _ in first },
            notChosen: notChosen, unreadable: unreadable, objects: objects, remarks: remarks,
            summary: StudySummary(
                study: study, state: state, findings: findings, notChosen: notChosen, unreadable: unreadable,
                stages: stages.seconds))
    }
}

extension [ReportedFinding] {
    /// Most urgent first, those that are not triaged beside *routine*; at the same level a class before *review*, then the
    /// larger probability of being abnormal, then the order in which they came.
    func sortedByUrgency() -> [ReportedFinding] {
        let key = { (finding: Finding) in
            (
                (finding.triage ?? .routine).rawValue, finding.outcome == .review ? 1 : 0,
                -(finding.abnormalProbability ?? 0)
            )
        }
        return enumerated().sorted { left, right in
            let (a, b) = (key(left.element.finding), key(right.element.finding))
            return a == b ? left.offset < right.offset : a < b
        }.map(\.element)
    }
}

extension SourceImage {
    /// - Parameter height: of a slice, in mm towards the head; nil: as the header states it.
    init(_ header: ImageHeader, frame: Int? = nil, height: Double? = nil) {
        self.init(
            sopClassUID: header.sopClassUID, sopInstanceUID: header.sopInstanceUID,
            seriesInstanceUID: header.seriesInstanceUID, frame: frame, modality: header.modality, rows: header.rows,
            columns: header.columns, spacing: header.spacing, rowDirection: header.rowDirection,
            label: Label(
                view: header.stated.view, number: header.instanceNumber, time: Self.time(header.acquisition.moment),
                height: height ?? header.slice?.plane?.position.z))
    }

    /// `14:05` of a joined date and time (VR DA and TM).
    private static func time(_ moment: String) -> String? {
        let digits = moment.dropFirst(8).prefix(4)
        guard digits.count == 4, digits.allSatisfy(\.isNumber) else { return nil }
        return "\(digits.prefix(2)):\(digits.suffix(2))"
    }
}
