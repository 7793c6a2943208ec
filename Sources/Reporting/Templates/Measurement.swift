import DICOM
import Diagnosis

/// TID 300 Measurement: a NUM with what qualifies it.
enum Measurement {
    /// Which part of the body a number is about, where it is not the group's finding site.
    enum Site {
        /// The group's own.
        case group
        case bothLungs
    }

    /// Nil for a value that is no number.
    static func item(
        _ name: CodedEntry, _ decimal: String?, unit: CodedEntry, site: Site = .group, qualifiers: [ContentItem] = []
    ) -> ContentItem? {
        guard let decimal else { return nil }
        let sites = site == .bothLungs ? [FindingSite.item(Codes.SCT.bilateral)] : []
        return ContentItem(.contains, name, .number(decimal, unit: unit), qualifiers + sites)
    }

    /// A share as percent.
    static func share(_ name: CodedEntry, _ share: Double?, site: Site = .bothLungs) -> ContentItem? {
        item(name, share.flatMap(DecimalText.percentage), unit: Codes.UCUM.percent, site: site)
    }

    /// The probability of one class, qualified by the class's code.
    static func probability(_ class: ClassProbability) -> ContentItem? {
        item(
            Codes.DCM.probability, DecimalText.percentage(`class`.probability), unit: Codes.UCUM.percent,
            site: .bothLungs,
            qualifiers: [ContentItem(.hasConceptModifier, Codes.DCM.finding, .code(`class`.name.ownCode))])
    }

    /// A texture feature's mean over the directions; nil for a range.
    static func meanTexture(_ feature: NamedValue) -> ContentItem? {
        let (code, isRange) = TextureCodes.feature(feature.name)
        guard !isRange else { return nil }
        return item(
            code, DecimalText.string(feature.value), unit: Codes.UCUM.noUnits, site: .bothLungs,
            qualifiers: [ContentItem(.hasConceptModifier, Codes.DCM.derivation, .code(Codes.SCT.mean))])
    }
}

/// Finding Site with its laterality, as TID 300 and TID 1410 have it.
enum FindingSite {
    static func item(_ laterality: CodedEntry) -> ContentItem {
        ContentItem(
            .hasConceptModifier, Codes.SCT.findingSite, .code(Codes.SCT.lung),
            [ContentItem(.hasConceptModifier, Codes.SCT.laterality, .code(laterality))])
    }
}
