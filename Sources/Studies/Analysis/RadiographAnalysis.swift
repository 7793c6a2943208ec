import DICOM
import Diagnosis
import Imaging
import Reporting

extension StudyAnalyzer {
    /// - Throws: `DICOMError` and `StudiesError` when the image can't be decoded.
    func analyse(radiograph header: ImageHeader, _ stages: inout Stages) throws -> ReportedFinding {
        try limits.check(header)
        let frame = try stages.measure(.decode) { try displayed(try DataSet(contentsOf: header.file)) }
        let grey = GreyPlane(width: frame.width, height: frame.height, pixels: frame.grey)
        let valid = frame.valid.map { Mask(width: frame.width, height: frame.height, pixels: $0) }
        let input = RadiographInput(grey: grey, valid: valid, spacing: header.spacing, stated: header.stated)
        let analysis = try pipeline.analyse(input, patches: settings.patches)
        return ReportedFinding(
            finding: analysis.finding, sources: [SourceImage(header)], analysis: analysis, displays: [0: grey])
    }

    /// The first VOI LUT or window as the object states it, else the bundle's percentiles (method §1).
    private func displayed(_ dataSet: DataSet) throws -> DisplayFrame {
        let isStated = !dataSet.windows().isEmpty || !dataSet.voiLookupTables().isEmpty
        let settings = pipeline.bundle.configuration.analysis
        let window = isStated ? WindowChoice.automatic : .percentiles(settings.lowPercentile, settings.highPercentile)
        return try dataSet.displayFrame(0, window: window)
    }
}

extension StudyLimits {
    /// - Throws: `StudiesError.tooLarge` before anything is decoded.
    func check(_ header: ImageHeader) throws {
        // At most 65535 * 65535, far below Int's end.
        let pixels = header.rows * header.columns
        guard pixels <= pixelsPerFrame else {
            throw StudiesError.tooLarge(what: "pixels in a frame", asked: pixels, allowed: pixelsPerFrame)
        }
    }
}
