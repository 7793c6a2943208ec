import DICOM
import DICOMCore
import Diagnosis
import Foundation

/// The modules that every result object of a job shares: patient, study, series, equipment, SOP common.
struct ResultHeader {
    let request: ReportRequest
    let modality: String
    let sopClassUID: UID
    let sopInstanceUID: UID
    let seriesInstanceUID: UID
    let seriesNumber: Int
    /// Without the revision and what it is not.
    let seriesDescription: String
    let instanceNumber: Int

    private var identity: ResultIdentity { request.identity }

    private var revision: String { identity.revision > 1 ? ", revision \(identity.revision)" : "" }

    private var date: DICOMDate { request.moment }

    func builder() throws -> DataSetBuilder {
        let builder = try DataSetBuilder()
        try copyStudy(to: builder)
        if request.characterSet == .unicode { try builder.useUnicode() }
        try addInstance(to: builder)
        try addEquipment(to: builder)
        return builder
    }

    /// Patient, General Study and Patient Study modules; what is of type 2 is there even when it says nothing.
    private func copyStudy(to builder: DataSetBuilder) throws {
        let source = request.header.source
        let always: [Tag] = [
            .patientName, .patientID, .patientBirthDate, .patientSex, .studyDate, .studyTime,
            .referringPhysicianName, .studyID, .accessionNumber,
        ]
        let whenThere: [Tag] = [
            .issuerOfPatientID, .issuerOfPatientIDQualifiersSequence, .patientBirthTime, .otherPatientIDsSequence,
            .patientAge, .patientSize, .patientWeight, .issuerOfAccessionNumberSequence, .studyDescription,
            .procedureCodeSequence,
        ]
        try builder.copy(always + whenThere.filter { source.says($0) } + [.studyInstanceUID], from: source)
        for tag in always where !source.contains(tag) { try builder.set(tag, .empty) }
        // It is about every time in the object; the study's own were told where this node stands, if nothing else is said.
        if let offset = date.statedOffset { try builder.set(.timezoneOffsetFromUTC, .text(offset)) }
    }

    private func addInstance(to builder: DataSetBuilder) throws {
        try builder.set(.sopClassUID, .uid(sopClassUID))
        try builder.set(.sopInstanceUID, .uid(sopInstanceUID))
        try builder.set(.seriesInstanceUID, .uid(seriesInstanceUID))
        try builder.set(.modality, .text(modality))
        try builder.set(.seriesNumber, .integer(seriesNumber))
        try builder.set(.seriesDescription, .text(seriesDescription + revision + ", research use"))
        try builder.set(.instanceNumber, .integer(instanceNumber))
        for tag in [Tag.instanceCreationDate, .seriesDate, .contentDate] { try builder.set(tag, .text(date.date)) }
        for tag in [Tag.instanceCreationTime, .seriesTime, .contentTime] { try builder.set(tag, .text(date.time)) }
    }

    private func addEquipment(to builder: DataSetBuilder) throws {
        try setEquipment(in: builder)
        try builder.set(.deviceSerialNumber, .text(String(identity.deviceUID.string.suffix(64))))
        let contributor = try builder.appendItem(to: .contributingEquipmentSequence)
        try contributor.appendItem(to: .purposeOfReferenceCodeSequence).set(Codes.DCM.processingEquipment)
        try setEquipment(in: contributor)
        try contributor.set(.contributionDateTime, .text(date.dateTime))
        let assumption =
            builder.hasUnexplainedText
            ? "; text of which the source does not state the character set was read as UTF-8 or ISO_IR 100" : ""
        try contributor.set(.contributionDescription, .text("Chest image analysis, research use" + assumption))
    }

    private func setEquipment(in item: DataSetBuilder) throws {
        try item.set(.manufacturer, .text(Product.name))
        try item.set(.manufacturerModelName, .text(Product.name))
        try item.set(.deviceUID, .uid(identity.deviceUID))
        try item.set(.softwareVersions, .texts(softwareVersions))
    }

    /// Hilum's version, then each bundle's name, version and the start of its digest.
    private var softwareVersions: [String] {
        var seen: Set<String> = []
        let bundles = request.findings.map(\.finding.bundle).map {
            "\($0.name) \($0.version) \($0.digest.prefix(12))"
        }
        return ([identity.softwareVersion] + bundles).map { String($0.asLongString.prefix(64)) }
            .filter { seen.insert($0).inserted }
    }
}

extension DataSetBuilder {
    /// The Code Sequence Macro (PS3.3 §8.8), in a sequence's item.
    func set(_ code: CodedEntry) throws(DICOMError) {
        try set(.codeValue, .text(code.value))
        try set(.codingSchemeDesignator, .text(code.scheme))
        try set(.codeMeaning, .text(code.meaning))
    }

    /// A sequence without items, as type 2 allows.
    func setEmptySequence(_ tag: Tag) throws(DICOMError) { try set(tag, .empty, vr: "SQ") }
}

extension DataSet {
    /// The attribute is there and not empty.
    func says(_ tag: Tag) -> Bool {
        valueRepresentation(tag) == "SQ" ? !sequence(tag).isEmpty : text(tag) != nil
    }
}

extension String {
    /// Without what a Long String (VR LO) can't hold: the separator of values, and controls.
    fileprivate var asLongString: String {
        String(map { $0 == "\\" || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
    }
}
