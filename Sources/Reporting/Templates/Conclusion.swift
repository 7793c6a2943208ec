import Diagnosis

/// The conclusion for people, in the request's language.
struct Conclusion {
    let request: ReportRequest
    let phrases: Phrases

    /// All of it: findings most urgent first, what was left out, who made it and what it is not.
    var text: String {
        let findings = request.findings.indices.map(paragraph)
        var closing: [String] = []
        if !request.notChosen.isEmpty { closing.append(phrases.sentences.notChosen(request.notChosen.count)) }
        if request.findings.contains(where: { $0.finding.kind == .radiograph && !$0.finding.lungs.isEmpty }) {
            closing.append(phrases.sentences.lungFields)
        }
        closing.append(algorithm)
        closing.append(phrases.sentences.researchUse)
        return (findings + [closing.joined(separator: " ")]).joined(separator: "\r\n")
    }

    /// One finding's sentences.
    func paragraph(_ index: Int) -> String {
        let reported = request.findings[index]
        let finding = reported.finding
        let sentences = phrases.sentences
        let count = request.findings.count
        var parts = [outcome(finding), sentences.triage(finding.triage.rawValue, phrases.name(of: finding.triage))]
        if let share = finding.activationShare {
            parts.append(sentences.activation(DecimalText.words(percentage: share)))
        }
        if let volume = finding.lungVolume { parts.append(sentences.lungVolume(DecimalText.words(whole: volume))) }
        if finding.lungVolumeIsComplete == false { parts.append(sentences.slicesMissing) }
        if let share = finding.involvement { parts.append(sentences.involvement(DecimalText.words(percentage: share))) }
        if OutlinedLung.largest(of: reported).isEmpty { parts.append(sentences.noContour) }
        return (count > 1 ? sentences.subject(index + 1, count, finding.kind == .ct) : "")
            + parts.joined(separator: " ")
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
