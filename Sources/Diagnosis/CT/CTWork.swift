import Imaging
import Texture

/// One CT series on its way through the stages (method §8).
struct CTWork {
    let pipeline: Pipeline
    let input: CTInput
    private var timer = StageTimer()
    private var evidence = Judgement.Evidence()
    /// Of each slice.
    private var lungs: [SliceLungs] = []
    /// The slices that are looked at.
    private var chosen: [Int] = []
    private var regions: [LungRegion] = []
    private var features: [NamedValue] = []
    private var result: SliceClassifier.Result?

    private var configuration: BundleConfiguration { pipeline.bundle.configuration }

    init(pipeline: Pipeline, input: CTInput) {
        self.pipeline = pipeline
        self.input = input
    }

    mutating func run() throws -> Analysis {
        evidence.stated = configuration.claims.contradictions(input.stated, kind: .ct)
        if input.slices.allSatisfy({ $0.grey.pixels.isEmpty }) {
            evidence.stated.append(.undecodable)
        } else {
            try look()
        }
        return analysis()
    }

    private mutating func look() throws {
        let work = self
        let lungs = timer.measure("segment") { work.lungsOfSlices() }
        let chosen = SliceChoice(
            areas: lungs.indices.map { work.input.slices[$0].grey.isLargeEnough ? lungs[$0].pixels : 0 },
            minimumOfLargest: configuration.ct.minimumAreaOfLargest,
            most: configuration.ct.maximumSlices
        ).indices
        if chosen.isEmpty { evidence.lungs = .lungsNotFound }
        regions = timer.measure("outline") {
            chosen.flatMap {
                LungRegion.regions(of: lungs[$0].labels, image: $0, grid: work.grid($0), spacing: work.input.spacing)
            }
        }
        let images = timer.measure("resample") { chosen.map(work.analysisImage) }
        features = timer.measure("texture") { work.texture(zip(chosen, images).map { ($1, lungs[$0]) }) }
        (self.lungs, self.chosen) = (lungs, chosen)
        try classify(images)
    }

    private func grid(_ index: Int) -> AnalysisGrid {
        let slice = input.slices[index].grey
        return AnalysisGrid(
            width: slice.width, height: slice.height, spacing: input.spacing?.pair,
            longSide: configuration.analysis.longSide)
    }

    private func analysisImage(_ index: Int) -> GreyPlane { grid(index).analysisImage(of: input.slices[index].grey) }

    /// Of each slice; parts that no way through neighbouring slices joins to the slice with most lung are left out.
    private func lungsOfSlices() -> [SliceLungs] {
        var lungs = input.slices.indices.map { sliceLungs($0) }
        let areas = lungs.map(\.pixels)
        guard let start = areas.indices.max(by: { areas[$0] < areas[$1] }), areas[start] > 0 else { return lungs }
        for index in (start + 1)..<max(start + 1, lungs.count) {
            lungs[index] = lungs[index].connected(to: lungs[index - 1])
        }
        for index in (0..<start).reversed() { lungs[index] = lungs[index].connected(to: lungs[index + 1]) }
        return lungs
    }

    private func sliceLungs(_ index: Int) -> SliceLungs {
        let dark =
            if let hounsfield = hounsfield(index) {
                DarkPixels.mask(hounsfield, below: configuration.ct.lungThreshold)
            } else {
                DarkPixels.mask(analysisImage(index))
            }
        let lungs = SliceLungs(dark: dark, minimumShare: configuration.ct.minimumShare)
        return input.stated.isMirrored ? lungs.withSidesExchanged : lungs
    }

    /// On the analysis grid; nil for a picture.
    private func hounsfield(_ index: Int) -> Plane<Int16>? {
        let slice = input.slices[index]
        guard let hounsfield = slice.hounsfield, hounsfield.width == slice.grey.width,
            hounsfield.height == slice.grey.height
        else { return nil }
        let grid = grid(index)
        return hounsfield.resizedNearest(width: grid.width, height: grid.height)
    }

    /// Features of the lung window, the mean over the chosen slices.
    private func texture(_ slices: [(image: GreyPlane, lungs: SliceLungs)]) -> [NamedValue] {
        let rule = configuration.texture
        let measured = slices.compactMap { slice in
            TextureMeasurement(
                slice.image, mask: slice.lungs.labels.map { $0 > 0 ? 1 : 0 }, settings: rule.settings
            )?.namedValues(withRanges: rule.reportsRanges)
        }
        guard let first = measured.first else { return [] }
        return first.indices.map { feature in
            NamedValue(
                name: first[feature].name,
                value: measured.reduce(0) { $0 + $1[feature].value } / Double(measured.count))
        }
    }

    /// A single slice is looked at whether its lungs were found or not: pictures are often cut at them.
    /// - Parameter images: of the chosen slices.
    private mutating func classify(_ images: [GreyPlane]) throws {
        guard let settings = configuration.ct.classification, let slices = configuration.sliceInput,
            let network = pipeline.sliceClassification, !evidence.stated.contains(.bodyPart)
        else { return }
        let isAlone = chosen.isEmpty && input.slices.count == 1 && input.slices[0].grey.isLargeEnough
        let images = isAlone ? [analysisImage(0)] : images
        guard !images.isEmpty else { return }
        let classifier = SliceClassifier(settings: settings, network: network, input: slices)
        let result = try timer.measure("classify") { try classifier.classify(images) }
        evidence.logits = result.logits
        evidence.probabilities = result.probabilities
        evidence.agreement = result.agreement
        evidence.isUnlike = settings.texture.contains { name, domain in
            features.first { $0.name == name }.map { !domain.contains($0.value) } ?? false
        }
        if result.top != settings.normal, !chosen.isEmpty {
            evidence.activationShare = lungActivation(result).share(above: settings.activationThreshold)
        }
        self.result = result
    }

    /// Of the lungs' pixels in the chosen slices.
    private func lungActivation(_ result: SliceClassifier.Result) -> [Float] {
        zip(chosen, result.activation).flatMap { index, plane in
            zip(lungs[index].labels.pixels, plane.pixels).filter { $0.0 != 0 }.map(\.1)
        }
    }

    /// Nil unless every slice's place is known.
    private var intervals: SliceIntervals? {
        input.positions.flatMap {
            $0.count == input.slices.count ? SliceIntervals($0, thickness: input.thickness) : nil
        }
    }

    /// mL, of all slices, over their real positions; nil without geometry and where slices of the lungs are missing.
    private var volume: Double? {
        guard let spacing = input.spacing, spacing.isUsable, let intervals, !lacksSlices else { return nil }
        let cubes = lungs.indices.reduce(0) {
            $0 + Double(lungs[$1].pixels) * grid($1).originalPixelsPerPixel * intervals.widths[$1]
        }
        return cubes * spacing.row * spacing.column / 1000
    }

    /// Slices are missing between two of which one shows lung.
    private var lacksSlices: Bool {
        intervals?.gaps.contains { lungs[$0].pixels > 0 || lungs[$0 + 1].pixels > 0 } ?? false
    }

    /// The share of the lung in all slices whose Hounsfield units lie in the bundle's range; nil for pictures.
    private var involvement: Double? {
        guard let range = configuration.ct.involvement else { return nil }
        let widths = intervals?.widths
        var (dense, all) = (0.0, 0.0)
        for index in lungs.indices where lungs[index].pixels > 0 {
            guard let hounsfield = hounsfield(index) else { return nil }
            let size = grid(index).originalPixelsPerPixel * (widths?[index] ?? 1)
            let involved = zip(lungs[index].labels.pixels, hounsfield.pixels).count { label, value in
                label != 0 && range.contains(Int(value))
            }
            dense += Double(involved) * size
            all += Double(lungs[index].pixels) * size
        }
        return all > 0 ? dense / all : nil
    }

    /// What thresholds are fitted to.
    func measurement(of analysis: Analysis) -> ImageMeasurement {
        ImageMeasurement(
            lungs: evidence.lungs, logits: evidence.logits, agreement: evidence.agreement,
            lungActivation: result.map(lungActivation) ?? [], texture: features, finding: analysis.finding,
            enhanced: nil, labels: nil, features: nil)
    }

    private func analysis() -> Analysis {
        let judgement = Judgement(
            evidence, limits: configuration.ct.classification?.limits,
            conflictMeansReview: configuration.texture.conflictMeansReview, rules: configuration.triage)
        let texture = TextureFinding(features: features, profile: nil, candidates: nil, conflict: false)
        let finding = Finding(
            kind: .ct, outcome: judgement.outcome, probabilities: judgement.probabilities,
            abnormalProbability: judgement.abnormalProbability, triage: judgement.triage,
            reasons: judgement.reasons, lungs: regions, activationShare: evidence.activationShare,
            agreement: evidence.agreement, texture: features.isEmpty ? nil : texture,
            lungVolume: chosen.isEmpty ? nil : volume,
            lungVolumeIsComplete: chosen.isEmpty || intervals == nil ? nil : !lacksSlices,
            involvement: chosen.isEmpty ? nil : involvement,
            bundle: pipeline.bundle.identity,
            record: configuration.ct.classification.flatMap {
                $0.tested?.said(of: judgement.outcome, among: $0.classes)
            },
            parameters: judgement.probabilities.isEmpty ? [] : ["classified in f32"])
        return Analysis(
            finding: finding,
            images: chosen.enumerated().map { place, index in
                AnalysedImage(index: index, labels: lungs[index].labels, activation: activation(place))
            },
            stages: timer.stages)
    }

    /// Of a chosen slice, as pictures show it.
    private func activation(_ place: Int) -> Plane<Float>? {
        guard let settings = configuration.ct.classification, let result, result.top != settings.normal else {
            return nil
        }
        return result.activation[place].activation(ofScale: settings.activationScale)
    }
}
