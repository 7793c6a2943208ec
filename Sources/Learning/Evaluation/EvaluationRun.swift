public import Diagnosis
import Imaging

/// Runs labelled images through the whole pipeline.
public struct EvaluationRun: Sendable {
    public let pipeline: Pipeline
    /// What the images are taken for: a radiograph, or one CT slice in its lung window.
    public var kind: ImageKind
    /// What the classifier is shown instead of the image; nil: the image.
    public var shortcut: ShortcutTest?
    /// Keeps the classifier's last maps, averaged.
    public var keepsFeatures: Bool

    public init(
        pipeline: Pipeline, kind: ImageKind = .radiograph, shortcut: ShortcutTest? = nil, keepsFeatures: Bool = false
    ) {
        self.pipeline = pipeline
        self.kind = kind
        self.shortcut = shortcut
        self.keepsFeatures = keepsFeatures
    }

    /// - Throws: `ImagingError` for a file that cannot be read.
    public func result(of row: LabelledManifest.Row) throws -> ImageResult {
        ImageResult(
            row: row, measured: try measurement(of: row), bundle: pipeline.bundle, keepsFeatures: keepsFeatures)
    }

    /// - Throws: `ImagingError` for a file that cannot be read.
    package func measurement(of row: LabelledManifest.Row) throws -> ImageMeasurement {
        var options = MeasurementOptions()
        if let shortcut { options.alteration = { shortcut.altered($0, labels: $1) } }
        let grey = try ImageFile.readGrey(row.path)
        return switch kind {
        case .radiograph: try pipeline.measure(RadiographInput(grey: grey), options: options)
        case .ct: try pipeline.measure(CTInput(slices: [CTSlice(hounsfield: nil, grey: grey)]))
        }
    }

    /// The pipeline's labels against the row's mask, on the analysis grid.
    /// - Throws: `ImagingError` for a file that cannot be read; ``LabelledManifest/Problem`` for a row without a mask,
    ///   of an unknown convention, or whose mask has another shape than its image.
    public func agreement(of row: LabelledManifest.Row) throws -> LungAgreement {
        guard let maskPath = row.maskPath else {
            throw LabelledManifest.Problem(description: "\(row.path): has no mask_path in the manifest")
        }
        guard let convention = row.convention.map(LungConvention.init) ?? .heartLeftOut else {
            throw LabelledManifest.Problem(
                description:
                    "\(row.path): convention \(row.convention ?? "") is neither heart left out nor heart included")
        }
        let grey = try ImageFile.readGrey(row.path)
        let mask = try ImageFile.readGrey(maskPath)
        guard mask.width == grey.width, mask.height == grey.height else {
            throw LabelledManifest.Problem(
                description: "\(maskPath): is \(mask.width) × \(mask.height) where its image is "
                    + "\(grey.width) × \(grey.height)")
        }
        if let odd = mask.pixels.first(where: { $0 > 2 }) {
            throw LabelledManifest.Problem(
                description: "\(maskPath): holds the label \(odd), needs 0 background, 1 right lung, 2 left lung")
        }
        let grid = AnalysisGrid(
            width: grey.width, height: grey.height,
            longSide: pipeline.bundle.configuration.analysis.longSide)
        let truth = grid.analysisLabels(of: mask)
        let measured = try pipeline.measure(
            RadiographInput(grey: grey), options: MeasurementOptions(lungsOnly: true))
        let labels = measured.labels ?? LabelPlane(width: truth.width, height: truth.height, repeating: 0)
        guard
            let agreement = LungAgreement(
                path: row.path, source: row.source, group: row.group, convention: convention, labels: labels,
                mask: truth)
        else {
            throw LabelledManifest.Problem(description: "\(maskPath): does not fit its image")
        }
        return agreement
    }
}
