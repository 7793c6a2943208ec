/// The coding schemes that a reader may not know, for the Coding Scheme Identification Sequence (PS3.3 C.12.1.1.4).
struct CodingScheme: Sendable {
    let designator: String
    /// HL7-registered or our own object identifier; nil when the scheme has none.
    let uid: String?
    let name: String
    let organization: String

    /// Those of `designators` that are listed, in a fixed order.
    static func identifications(of designators: Set<String>) -> [CodingScheme] {
        known.filter { designators.contains($0.designator) }
    }

    private static let known = [
        CodingScheme(
            designator: "99HILUM", uid: nil, name: "Hilum's own codes", organization: "Hilum"),
        CodingScheme(
            designator: "DCM", uid: "1.2.840.10008.2.16.4", name: "DICOM Controlled Terminology",
            organization: "DICOM Standards Committee"),
        CodingScheme(
            designator: "IBSI", uid: "1.2.840.10008.2.16.13", name: "Image Biomarker Standardisation Initiative",
            organization: "Image Biomarker Standardisation Initiative"),
        CodingScheme(
            designator: "LN", uid: "2.16.840.1.113883.6.1", name: "LOINC", organization: "Regenstrief Institute"),
        CodingScheme(
            designator: "RFC5646", uid: "2.16.840.1.113883.6.121", name: "Language tags", organization: "IETF"),
        CodingScheme(
            designator: "SCT", uid: "2.16.840.1.113883.6.96", name: "SNOMED Clinical Terms",
            organization: "SNOMED International"),
        CodingScheme(
            designator: "UCUM", uid: "2.16.840.1.113883.6.8", name: "Unified Code for Units of Measure",
            organization: "Regenstrief Institute"),
        CodingScheme(
            designator: "UMLS", uid: "2.16.840.1.113883.6.86", name: "Unified Medical Language System",
            organization: "National Library of Medicine"),
    ]
}
