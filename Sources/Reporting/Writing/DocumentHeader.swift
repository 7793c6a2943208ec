import DICOM
import DICOMCore

/// What reports and key object documents have in common (PS3.3 C.17.2, C.17.6.2).
extension DataSetBuilder {
    /// Type 1C: the requests that the source's series answers.
    func addRequests(of header: StudyHeader) throws {
        let source = header.source
        for asked in source.sequence(.requestAttributesSequence) {
            let item = try appendItem(to: .referencedRequestSequence)
            try item.set(.studyInstanceUID, .uid(header.studyInstanceUID))
            try item.setEmptySequence(.referencedStudySequence)
            let accession = asked.says(.accessionNumber) ? asked : source
            try item.copy([.accessionNumber], from: accession)
            let copied: [Tag] = [
                .requestedProcedureID, .requestedProcedureDescription, .placerOrderNumber, .fillerOrderNumber,
                .requestedProcedureCodeSequence,
            ]
            try item.copy(copied, from: asked)
            for tag in [Tag.accessionNumber] + copied.dropLast()
            where !(tag == .accessionNumber ? accession : asked).contains(tag) {
                try item.set(tag, .empty)
            }
            if !asked.contains(.requestedProcedureCodeSequence) {
                try item.setEmptySequence(.requestedProcedureCodeSequence)
            }
        }
    }

    /// The Hierarchical SOP Instance Reference Macro (PS3.3 C.17.2.1).
    func add(_ references: [InstanceReference], of study: UID, to sequence: Tag) throws {
        let item = try appendItem(to: sequence)
        try item.set(.studyInstanceUID, .uid(study))
        var bySeries: [(UID, [InstanceReference])] = []
        for reference in references {
            if let index = bySeries.firstIndex(where: { $0.0 == reference.seriesInstanceUID }) {
                bySeries[index].1.append(reference)
            } else {
                bySeries.append((reference.seriesInstanceUID, [reference]))
            }
        }
        for (uid, references) in bySeries {
            let series = try item.appendItem(to: .referencedSeriesSequence)
            try series.set(.seriesInstanceUID, .uid(uid))
            for reference in references {
                let instance = try series.appendItem(to: .referencedSOPSequence)
                try instance.set(.referencedSOPClassUID, .uid(reference.sopClassUID))
                try instance.set(.referencedSOPInstanceUID, .uid(reference.sopInstanceUID))
            }
        }
    }

    func addCodingSchemes(of root: ContentItem) throws {
        for scheme in CodingScheme.identifications(of: root.codingSchemes) {
            let item = try appendItem(to: .codingSchemeIdentificationSequence)
            try item.set(.codingSchemeDesignator, .text(scheme.designator))
            if let uid = scheme.uid {
                try item.set(.codingSchemeRegistry, .text("HL7"))
                try item.set(.codingSchemeUID, .text(uid))
            }
            try item.set(.codingSchemeName, .text(scheme.name))
            try item.set(.codingSchemeResponsibleOrganization, .text(scheme.organization))
        }
    }
}
