import Imaging
import Texture

/// One CT series on its way through the stages (method §8).
struct CTWork {
    let pipeline: Pipeline
    let input: CTInput
    private var timer = StageTimer()

    private var configuration: BundleConfiguration { pipeline.bundle.configuration }

    init(pipeline: Pipeline, input: CTInput) {
        self.pipeline = pipeline
        self.input = input
    }

    mutating func run() throws -> Analysis {
        var evidence = Judgement.Evidence()
        evidence.stated = configuration.claims.contradictions(input.stated, kind: .ct)
        let work = self
        let lungs = timer.measure("segment") { work.lungs() }
        let chosen = SliceChoice(
            areas: lungs.map(\.pixels), minimumOfLargest: configuration.ct.minimumAreaOfLargest,
            most: configuration.ct.maximumSlices
        ).indices
        if input.slices.isEmpty || input.slices.allSatisfy({ $0.grey.pixels.isEmpty }) {
            evidence.stated.append(.undecodable)
        } else if chosen.isEmpty {
            evidence.lungs = .lungsNotFound
        }
        let regions = timer.measure("outline") {
            chosen.flatMap {
                LungRegion.regions(of: lungs[$0].labels, image: $0, grid: work.grid($0), spacing: work.input.spacing)
            }
        }
        let features = timer.measure("texture") { work.texture(lungs, chosen) }
        return analysis(evidence, lungs, chosen, regions, features)
    }

    private func grid(_ index: Int) -> AnalysisGrid {
        let slice = input.slices[index].grey
        return AnalysisGrid(
            width: slice.width, height: slice.height, spacing: input.spacing?.pair,
            longSide: configuration.analysis.longSide)
    }

    /// Of each slice; parts that no way through neighbouring slices joins to the slice with most lung are left out.
    private func lungs() -> [SliceLungs] {
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
        let slice = input.slices[index]
        let grid = grid(index)
        let dark: Mask
        if let hounsfield = slice.hounsfield, hounsfield.width == slice.grey.width,
            hounsfield.height == slice.grey.height
        {
            dark = DarkPixels.mask(
                hounsfield.resizedNearest(width: grid.width, height: grid.height),
                below: configuration.ct.lungThreshold)
        } else {
            dark = DarkPixels.mask(grid.analysisImage(of: slice.grey))
        }
        let lungs = SliceLungs(dark: dark, minimumShare: configuration.ct.minimumShare)
        return input.stated.isMirrored ? lungs.withSidesExchanged : lungs
    }

    /// Features of the lung window, the mean over the chosen slices.
    private func texture(_ lungs: [SliceLungs], _ chosen: [Int]) -> [NamedValue] {
        let rule = configuration.texture
        let measured = chosen.compactMap { index in
            TextureMeasurement(
                grid(index).analysisImage(of: input.slices[index].grey),
                mask: lungs[index].labels.map { $0 > 0 ? 1 : 0 }, settings: rule.settings
            )?.namedValues(withRanges: rule.reportsRanges)
        }
        guard let first = measured.first else { return [] }
        return first.indices.map { feature in
            NamedValue(
                name: first[feature].name,
                value: measured.reduce(0) { $0 + $1[feature].value } / Double(measured.count))
        }
    }

    /// mL, of all slices; nil without geometry.
    private func volume(_ lungs: [SliceLungs]) -> Double? {
        guard let spacing = input.spacing, spacing.isUsable, let distance = input.sliceDistance, distance > 0,
            distance <= 1000
        else { return nil }
        let pixels = lungs.indices.reduce(0) { $0 + Double(lungs[$1].pixels) * grid($1).originalPixelsPerPixel }
        return pixels * spacing.row * spacing.column * distance / 1000
    }

    private func analysis(
        _ evidence: Judgement.Evidence, _ lungs: [SliceLungs], _ chosen: [Int], _ regions: [LungRegion],
        _ features: [NamedValue]
    ) -> Analysis {
        let judgement = Judgement(
            evidence, settings: nil, conflictMeansReview: configuration.texture.conflictMeansReview,
            rules: configuration.triage)
        let texture = TextureFinding(features: features, profile: nil, candidates: nil, conflict: false)
        let finding = Finding(
            kind: .ct, outcome: judgement.outcome, triage: judgement.triage, reasons: judgement.reasons, lungs: regions,
            texture: features.isEmpty ? nil : texture, lungVolume: chosen.isEmpty ? nil : volume(lungs),
            bundle: pipeline.bundle.identity)
        return Analysis(
            finding: finding,
            images: chosen.map { AnalysedImage(index: $0, labels: lungs[$0].labels, activation: nil) },
            stages: timer.stages)
    }
}
