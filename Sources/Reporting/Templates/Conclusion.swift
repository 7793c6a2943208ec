import Diagnosis

/// The conclusion for people, in the request's language.
struct Conclusion {
    let request: ReportRequest
    let phrases: Phrases

    /// All of it: the study's answer, then each image's in the order in which they were taken; how far they can be trusted;
    /// what was measured, what was left out, and who made it.
    var text: String {
        let indices = films.order
        let measured = indices.filter { !details($0).isEmpty }.map { subject($0) + details($0) }
        var closing: [String] = []
        if !request.notChosen.isEmpty { closing.append(phrases.sentences.notChosen(request.notChosen.count)) }
        if request.findings.contains(where: { $0.finding.kind == .radiograph && !$0.finding.lungs.isEmpty }) {
            closing.append(phrases.sentences.lungFields)
        }
        if request.findings.contains(where: { $0.presumesSides }) { closing.append(phrases.sentences.sidesPresumed) }
        closing.append(algorithm)
        let lines =
            study + indices.map { subject($0) + answer($0) } + [limits] + measured + [closing.joined(separator: " ")]
        return lines.joined(separator: "\r\n")
    }

    /// One finding's sentences.
    func paragraph(_ index: Int) -> String {
        subject(index) + [answer(index), details(index)].filter { !$0.isEmpty }.joined(separator: " ")
    }

    private var films: FilmOrder { FilmOrder(request.findings) }

    /// Of several images, which one is most urgent, and what it says.
    private var study: [String] {
        guard request.findings.count > 1, let finding = request.findings.first?.finding else { return [] }
        let verdict = phrases.picture.mostUrgent(films.number(of: 0), phrases.name(of: finding.outcome))
        return ["\(verdict). \(triage(finding))"]
    }

    /// Which of several images it is about.
    private func subject(_ index: Int) -> String {
        let count = request.findings.count
        guard count > 1 else { return "" }
        let reported = request.findings[index]
        // A series has as many labels as slices.
        let parts = reported.finding.kind == .ct ? [] : reported.sources.first?.label.parts ?? []
        return phrases.sentences.subject(
            films.number(of: index), count, reported.finding.kind == .ct,
            parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }

    private func answer(_ index: Int) -> String {
        let finding = request.findings[index].finding
        return [outcome(finding), triage(finding)].joined(separator: " ")
    }

    private func triage(_ finding: Finding) -> String {
        let sentences = phrases.sentences
        return finding.triage.map { sentences.triage($0.rawValue, phrases.name(of: $0)) } ?? sentences.notTriaged
    }

    /// Whether it replaces another report, how often the model was right where it said what it says of the study, what
    /// else it could have said, and what it is not.
    private var limits: String {
        guard let finding = request.findings.first?.finding else { return phrases.sentences.researchUse }
        let number = request.identity.revision
        let revision = number > 1 ? [phrases.sentences.revision(number)] : []
        return (revision + [record(finding)].compactMap(\.self) + classes(finding) + [phrases.sentences.researchUse])
            .joined(separator: " ")
    }

    private func classes(_ finding: Finding) -> [String] {
        guard !finding.probabilities.isEmpty else { return [] }
        let names = finding.probabilities.map { phrases.name(of: $0.name) }.joined(separator: ", ")
        let hasNormal = finding.probabilities.contains { $0.name == .normal }
        return [phrases.sentences.knows(names)] + (hasNormal ? [phrases.sentences.normalMeans] : [])
    }

    /// Nil where nothing is known of it.
    func record(_ finding: Finding) -> String? {
        guard let record = finding.record, case .classified(let name) = finding.outcome else { return nil }
        let (low, high) = (record.interval.lowerBound, record.interval.upperBound)
        return phrases.sentences.record(
            record.images, DecimalText.words(percentage: record.accuracy), DecimalText.words(percentage: low),
            DecimalText.words(percentage: high), phrases.name(of: name),
            DecimalText.words(percentage: record.precision))
    }

    private func details(_ index: Int) -> String {
        let reported = request.findings[index]
        let finding = reported.finding
        let sentences = phrases.sentences
        var parts: [String] = []
        if let share = finding.activationShare {
            parts.append(sentences.activation(DecimalText.words(percentage: share)))
        }
        if let volume = finding.lungVolume { parts.append(sentences.lungVolume(DecimalText.words(whole: volume))) }
        if finding.lungVolumeIsComplete == false { parts.append(sentences.slicesMissing) }
        if let share = finding.involvement { parts.append(sentences.involvement(DecimalText.words(percentage: share))) }
        if let quality = finding.quality, let grade = quality.grade, !quality.defects.isEmpty {
            parts.append(
                sentences.quality(
                    phrases.qualityGrades[grade] ?? grade.rawValue,
                    quality.defects.compactMap { phrases.defects[$0] }.joined(separator: ", ")))
        }
        if OutlinedLung.largest(of: reported).isEmpty { parts.append(sentences.noContour) }
        return parts.joined(separator: " ")
    }

    private func outcome(_ finding: Finding) -> String {
        switch finding.outcome {
        case .classified(let name):
            return phrases.sentences.classified(
                phrases.name(of: name), finding.confidence.map(DecimalText.words(percentage:)) ?? "?")
        case .review:
            let reasons = finding.reasons.map { phrases.text(of: $0, for: finding.kind) }
            return phrases.sentences.reviewNeeded(reasons.joined(separator: "; "))
        }
    }

    private var algorithm: String {
        guard let bundle = request.findings.first?.finding.bundle else { return "" }
        return phrases.sentences.algorithm(bundle.name, bundle.version)
    }
}

extension ReportedFinding {
    /// Lungs are named right and left on an image that does not say which side is which.
    fileprivate var presumesSides: Bool {
        finding.lungs.contains { sources.indices.contains($0.image) && sources[$0.image].rightIsAtTheLeft == nil }
    }
}
