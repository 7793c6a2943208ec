import DICOM
import DICOMCore
public import Diagnosis
public import Foundation
public import Imaging
public import Reporting

/// What came of a JPEG or PNG file.
public struct PictureResult: Sendable {
    public var file: URL
    public var finding: ReportedFinding
}

extension StudyAnalyzer {
    /// Analyses a picture of a chest radiograph or of one CT slice. Nothing is stated about it, so nothing but its
    /// content is judged.
    ///
    /// - Throws: `ImagingError` when the file can't be read.
    public func analyse(picture file: URL, as kind: ImageKind) throws -> PictureResult {
        let grey = try ImageFile.readGrey(file.path)
        let analysis: Analysis =
            switch kind {
            case .radiograph: try pipeline.analyse(RadiographInput(grey: grey), patches: settings.patches)
            case .ct: try pipeline.analyse(CTInput(slices: [CTSlice(hounsfield: nil, grey: grey)]))
            }
        let digest = try Digest.sha256(of: file)
        let source = SourceImage(
            sopClassUID: SOPClass.secondaryCaptureImageStorage.uid,
            sopInstanceUID: DerivedUID.make(from: "picture \(digest)"),
            seriesInstanceUID: DerivedUID.make(from: "picture series \(digest)"),
            modality: kind == .ct ? "CT" : "", rows: grey.height, columns: grey.width)
        return PictureResult(
            file: file,
            finding: ReportedFinding(
                finding: analysis.finding, sources: [source], analysis: analysis, displays: [0: grey]))
    }

    /// The summary picture of an analysed JPEG or PNG file.
    public func summaryPicture(of result: PictureResult, identity: JobIdentity) throws -> RGBPlane {
        let request = ReportRequest(
            findings: [result.finding], evidence: result.finding.sources,
            identity: identity.resultIdentity(settings),
            header: try StudyHeader(try Self.header(of: result)))
        guard let picture = try SummaryPicture.render(request).first else { throw StudiesError.noFiles }
        return picture
    }

    /// A data set that says no more than the file's name.
    private static func header(of result: PictureResult) throws -> DataSet {
        let source = result.finding.sources[0]
        let builder = try DataSetBuilder()
        try builder.set(.sopClassUID, .uid(source.sopClassUID))
        try builder.set(.sopInstanceUID, .uid(source.sopInstanceUID))
        try builder.set(.studyInstanceUID, .uid(source.sopInstanceUID))
        try builder.set(.studyDescription, .text(String(result.file.lastPathComponent.prefix(64))))
        return try DataSet(bytes: try builder.part10())
    }
}
