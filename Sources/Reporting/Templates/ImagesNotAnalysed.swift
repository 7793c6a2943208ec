import DICOM

/// The images of the study that were not looked at, each with its reason.
enum ImagesNotAnalysed {
    static func items(_ request: ReportRequest, _ phrases: Phrases) -> [ContentItem] {
        // Reasons hold decoders' messages and codes of the source: they stay English, and say so in other reports.
        let language = phrases.language == Phrases.english.language ? [] : LanguageTemplate.items(.english)
        return request.notChosen.map { left in
            ContentItem(
                .contains, Codes.Hilum.imageNotAnalysed, .text(left.reason),
                language + [ContentItem(.inferredFrom, nil, .image(left.image.reference))])
        }
    }
}
