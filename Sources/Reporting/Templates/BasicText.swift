import DICOM

/// TID 2000 Basic Diagnostic Imaging Report: the same sentences for readers that take text only, the conclusion first.
struct BasicText {
    let request: ReportRequest
    let phrases: Phrases

    var root: ContentItem {
        let children =
            LanguageTemplate.items(phrases) + DeviceObserverTemplate.items(request.identity)
            + ProcedureReported.items(request) + [conclusions, findings]
        return ContentItem(
            .root, Codes.LN.diagnosticImagingReport, .container(template: "2000"), children)
    }

    private var findings: ContentItem {
        let conclusion = Conclusion(request: request, phrases: phrases)
        let items = request.findings.enumerated().flatMap { index, reported -> [ContentItem] in
            let images = OutlinedLung.largest(of: reported).prefix(1).map(\.source)
            let source = images.first ?? reported.representative
            let evidence = source.map { [ContentItem(.inferredFrom, nil, .image($0.reference))] } ?? []
            return [ContentItem(.contains, Codes.DCM.finding, .text(conclusion.paragraph(index)), evidence)]
                + ImageEvaluations.findings(reported.finding) + ImageEvaluations.codes(reported.finding)
        }
        return ContentItem(
            .contains, Codes.DCM.findings, .container(template: nil), items + ImagesNotAnalysed.items(request, phrases))
    }

    private var conclusions: ContentItem {
        ContentItem(
            .contains, Codes.DCM.conclusions, .container(template: nil),
            [
                ContentItem(
                    .contains, Codes.DCM.conclusion, .text(Conclusion(request: request, phrases: phrases).text))
            ])
    }
}
