import Diagnosis
import Imaging

/// One frame of the picture: one image of one finding.
struct PicturePage {
    let request: ReportRequest
    let phrases: Phrases
    /// Position among the request's findings, the most urgent first.
    let index: Int
    let films: FilmOrder
    /// Position among the finding's sources; nil when there is nothing to show.
    let image: Int?

    var reported: ReportedFinding { request.findings[index] }
    var finding: Finding { reported.finding }
    var display: GreyPlane? { image.flatMap { reported.displays[$0] } }
    var source: SourceImage? { image.flatMap { reported.sources.indices.contains($0) ? reported.sources[$0] : nil } }
    var lungs: [LungRegion] { finding.lungs.filter { $0.image == image } }

    /// Within the lungs only: it says nothing of what lies beside them, which the network hardly saw.
    var activation: Plane<Float>? {
        guard let analysed = reported.analysis?.images.first(where: { $0.index == image }),
            var activation = analysed.activation
        else { return nil }
        guard let labels = analysed.labels, (labels.width, labels.height) == (activation.width, activation.height)
        else {
            return activation
        }
        for index in activation.pixels.indices where labels.pixels[index] == 0 { activation.pixels[index] = 0 }
        return activation
    }

    /// Which image of how many, its view, number and time; nil when nothing of it is known.
    var caption: String? {
        var parts: [String] = []
        if request.findings.count > 1 {
            parts.append(phrases.picture.image(films.number(of: index), request.findings.count))
        }
        if let image, reported.sources.count > 1 {
            parts.append(phrases.picture.slice(image + 1, reported.sources.count))
        }
        parts += source.map { $0.label.parts } ?? []
        return parts.isEmpty ? nil : parts.joined(separator: " \u{B7} ")
    }

    /// Of several images the most urgent one's, on the page of each.
    var verdict: String? {
        guard let first = request.findings.first, request.findings.count > 1 else { return nil }
        return phrases.picture.mostUrgent(films.number(of: 0), phrases.name(of: first.finding.outcome))
    }

    /// That the picture takes another one's place, which may lie beside it.
    var revision: String? {
        let number = request.identity.revision
        return number > 1 ? phrases.sentences.revision(number) : nil
    }

    /// The images of the study that nobody should take for read: what they are, and why they were left out.
    var notAnalysed: [String] {
        request.notChosen.map { left in
            let name = left.image.label.parts.joined(separator: " \u{B7} ")
            return name.isEmpty ? left.reason : "\(name): \(left.reason)"
        }
    }

    /// What the answer leaves open.
    var cautions: [String] {
        let sentences = phrases.sentences
        var said = [Conclusion(request: request, phrases: phrases).record(finding)].compactMap(\.self)
        if finding.outcome == .classified(.normal) { said.append(sentences.normalMeans) }
        if finding.triage == nil { said.append(sentences.notTriaged) }
        // On a projection a network draws the lungs; on slices a threshold does, which needs no caution.
        if finding.kind == .radiograph, !lungs.isEmpty { said.append(sentences.lungFields) }
        if activation != nil, let share = finding.activationShare {
            said.append(sentences.activation(DecimalText.words(percentage: share)))
        }
        return said
    }

    /// The pages of a request: one per radiograph, in the order in which they were taken; of a CT series the slice with the
    /// largest lungs and others evenly spread, in the order of the series.
    /// - Parameter limit: of pages per finding.
    static func pages(of request: ReportRequest, phrases: Phrases, limit: Int) -> [PicturePage] {
        let films = FilmOrder(request.findings)
        return films.order.flatMap { index in
            images(of: request.findings[index], limit: limit).map {
                PicturePage(request: request, phrases: phrases, index: index, films: films, image: $0)
            }
        }
    }

    private static func images(of reported: ReportedFinding, limit: Int) -> [Int?] {
        let shown = reported.displays.keys.filter { reported.sources.indices.contains($0) }.sorted()
        guard !shown.isEmpty else { return [nil] }
        let areas = Dictionary(grouping: reported.finding.lungs, by: \.image)
            .mapValues { $0.reduce(0) { $0 + $1.pixelArea } }
        let largest = shown.max { (areas[$0] ?? 0, -$0) < (areas[$1] ?? 0, -$1) } ?? shown[0]
        let others = shown.filter { $0 != largest }
        let count = min(max(limit - 1, 0), others.count)
        return ([largest] + (0..<count).map { others[(2 * $0 + 1) * others.count / (2 * count)] }).sorted()
    }
}
