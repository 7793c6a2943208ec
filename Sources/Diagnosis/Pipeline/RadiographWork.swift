import Imaging
import NeuralNetworks
import Texture

/// One radiograph on its way through the stages (method §1-5, 7).
struct RadiographWork {
    let pipeline: Pipeline
    let input: RadiographInput
    let patches: Pipeline.Patches
    let options: MeasurementOptions
    private let grid: AnalysisGrid
    private var timer = StageTimer()
    private var evidence = Judgement.Evidence()
    private var regions: [LungRegion] = []
    private var texture: RadiographTexture?
    private var labels: LabelPlane?
    private var enhanced: GreyPlane?
    private var quality: ImageQuality.Measures?
    private var activation: Plane<Float>?
    /// Of the lungs' pixels in the box.
    private var lungActivation: [Float] = []
    private var features: [Float]?

    private var configuration: BundleConfiguration { pipeline.bundle.configuration }

    init(
        pipeline: Pipeline, input: RadiographInput, patches: Pipeline.Patches,
        options: MeasurementOptions = MeasurementOptions()
    ) {
        self.pipeline = pipeline
        self.options = options
        self.input = input
        self.patches = patches
        grid = AnalysisGrid(
            width: input.grey.width, height: input.grey.height, spacing: input.spacing?.pair,
            longSide: pipeline.bundle.configuration.analysis.longSide)
    }

    mutating func run() throws -> Analysis {
        evidence.stated = configuration.claims.contradictions(input.stated, kind: .radiograph)
        if grid.width == 0 || grid.height == 0 { evidence.stated.append(.undecodable) }
        // A body part or a view that the bundle says nothing about is not looked at.
        if !evidence.stated.contains(where: { [.bodyPart, .view, .undecodable].contains($0) }) { try look() }
        return analysis()
    }

    private mutating func look() throws {
        guard input.grey.isLargeEnough else {
            evidence.lungs = .lungsNotFound
            return
        }
        let grid = grid
        let input = input
        let border = configuration.analysis.wienerBorder
        let image = timer.measure("resample") { grid.analysisImage(of: input.grey) }
        let work = self
        evidence.input = try timer.measure("check") { try work.problem(of: image) }
        guard evidence.input == nil else { return }
        let valid = timer.measure("resample") { input.valid(on: grid) }
        let enhanced = timer.measure("enhance") { image.enhanced(mask: valid, border: border) }
        let segmentation = LungSegmentation(
            settings: configuration.segmentation, executor: pipeline.segmentation)
        let found = try timer.measure("segment") { try segmentation.labels(of: enhanced) }
        evidence.lungs = LungCheck(found, settings: configuration.segmentation).problem
        if !options.lungsOnly {
            evidence.sides = StatedSides.problem(
                of: found, input.stated, share: configuration.segmentation.share.lowerBound)
        }
        regions = timer.measure("outline") {
            LungRegion.regions(of: found, image: 0, grid: grid, spacing: input.spacing)
        }
        guard !regions.isEmpty else { return }
        labels = found
        self.enhanced = enhanced
        quality = timer.measure("check") { ImageQuality.Measures(image, lungs: found) }
        if options.lungsOnly { return }
        texture = timer.measure("texture") { [configuration, pipeline] in
            RadiographTexture(enhanced, labels: found, rule: configuration.texture, profile: pipeline.bundle.profile)
        }
        evidence.candidates = configuration.radiograph.flatMap { texture?.candidates(among: $0.classes) }
        if evidence.lungs != .lungsNotFound {
            try classify(options.alteration?(image, found) ?? image, labels: found)
        }
    }

    /// Why the image isn't looked at further: its polarity, its orientation, what it shows. Who asks for lungs alone
    /// gets them of any image.
    private func problem(of image: GreyPlane) throws -> ReviewReason? {
        guard !options.lungsOnly else { return nil }
        let seen = try configuration.inputCheck.flatMap { try pipeline.inputCheck?.problem(of: image, rule: $0.rule) }
        // Noise in a part of the image may look like anything to the network, as turned or inverted.
        if seen != .notAChestRadiograph, TornImage.holds(input.grey) { return .torn }
        return StatedSides.reason(of: seen, input.stated)
    }

    private mutating func classify(_ image: GreyPlane, labels: LabelPlane) throws {
        guard let settings = configuration.radiograph, let network = pipeline.classification else { return }
        let side = max(image.width, image.height)
        let frame = PixelRect.fitting(
            width: image.width, height: image.height, into: side)
        let cut = timer.measure("box") {
            LungBox(analysisImage: image, labels: labels, settings: settings.box)
        }
        guard let box = cut else {
            evidence.lungs = .lungsNotFound
            return
        }
        let rects = rects(in: box.mask, settings)
        guard !rects.isEmpty else {
            evidence.lungs = .lungsNotFound
            return
        }
        let classifier = PatchClassifier(settings: settings, network: network)
        let result = try timer.measure("classify") { try classifier.classify(box, patches: rects) }
        evidence.logits = result.logits
        evidence.agreement = result.agreement
        features = result.features
        let map = result.activation
        lungActivation = zip(box.mask.pixels, map.pixels).filter { $0.0 != 0 }.map(\.1)
        guard result.top != settings.normal else { return }
        evidence.activationShare = lungActivation.share(above: settings.activationThreshold)
        activation = timer.measure("activation") {
            box.analysisPlane(of: map, width: side, height: side).cropped(to: frame)
                .activation(ofScale: settings.activationScale)
        }
    }

    private func rects(in mask: Mask, _ settings: ClassificationSettings) -> [PixelRect] {
        let sequence = PatchSequence(side: settings.patchSide)
        return switch patches {
        case .fixed: sequence.fixed(in: mask, count: settings.patchCount)
        case .random(let count, let seed): sequence.random(in: mask, count: Self.allowed(count), seed: seed)
        }
    }

    private static func allowed(_ count: Int) -> Int { min(max(1, count), 1000) }

    /// What thresholds are fitted to.
    func measurement(of analysis: Analysis) -> ImageMeasurement {
        ImageMeasurement(
            lungs: evidence.lungs, logits: evidence.logits, agreement: evidence.agreement,
            lungActivation: lungActivation, texture: texture?.features ?? [],
            finding: analysis.finding, enhanced: enhanced, labels: labels, features: features)
    }

    private var parameters: [String] {
        let precision = "classified in \(pipeline.precision.rawValue)"
        return switch patches {
        case .fixed: [precision]
        case .random(let count, let seed): [precision, "\(Self.allowed(count)) random patches, seed \(seed)"]
        }
    }

    private func analysis() -> Analysis {
        let judgement = Judgement(
            evidence, limits: configuration.radiograph?.limits,
            conflictMeansReview: configuration.texture.conflictMeansReview, rules: configuration.triage)
        let finding = Finding(
            kind: .radiograph, outcome: judgement.outcome, probabilities: judgement.probabilities,
            abnormalProbability: judgement.abnormalProbability, triage: judgement.triage, reasons: judgement.reasons,
            lungs: regions,
            activationShare: evidence.activationShare, agreement: evidence.agreement,
            texture: texture.map {
                TextureFinding(
                    features: $0.features, profile: pipeline.bundle.profile?.name, candidates: evidence.candidates,
                    conflict: judgement.textureConflict)
            },
            quality: ImageQuality(quality, reasons: judgement.reasons, limits: configuration.analysis.quality),
            bundle: pipeline.bundle.identity,
            record: configuration.radiograph.flatMap { $0.tested?.said(of: judgement.outcome, among: $0.classes) },
            parameters: judgement.probabilities.isEmpty ? [] : parameters)
        return Analysis(
            finding: finding, images: [AnalysedImage(index: 0, labels: labels, activation: activation)],
            stages: timer.stages)
    }
}

extension RadiographInput {
    /// The pixels that are image; nil when all are.
    fileprivate func valid(on grid: AnalysisGrid) -> Mask? {
        guard let valid, valid.width == grey.width, valid.height == grey.height, valid.pixels.contains(0) else {
            return nil
        }
        return grid.analysisLabels(of: valid)
    }
}
