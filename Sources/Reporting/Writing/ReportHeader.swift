import DICOM
import DICOMCore

/// The SR Document Series and SR Document General modules (PS3.3 C.17.1, C.17.2).
struct ReportHeader {
    let request: ReportRequest
    let root: ContentItem

    private var study: UID { request.header.studyInstanceUID }

    func add(to builder: DataSetBuilder) throws {
        try builder.setEmptySequence(.referencedPerformedProcedureStepSequence)
        try builder.set(.completionFlag, .text("COMPLETE"))
        try builder.set(.verificationFlag, .text("UNVERIFIED"))
        try builder.set(.preliminaryFlag, .text("PRELIMINARY"))
        try addPerformedProcedure(to: builder)
        try addRequests(to: builder)
        try addEvidence(to: builder)
        try addPredecessors(to: builder)
        try addCodingSchemes(to: builder)
    }

    /// Type 2: the code of the study's procedure where the source has one.
    private func addPerformedProcedure(to builder: DataSetBuilder) throws {
        guard let procedure = request.header.procedure else {
            return try builder.setEmptySequence(.performedProcedureCodeSequence)
        }
        try builder.appendItem(to: .performedProcedureCodeSequence).set(procedure)
    }

    /// Type 1C: the requests that the source's series answers.
    private func addRequests(to builder: DataSetBuilder) throws {
        let source = request.header.source
        for asked in source.sequence(.requestAttributesSequence) {
            let item = try builder.appendItem(to: .referencedRequestSequence)
            try item.set(.studyInstanceUID, .uid(study))
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

    /// Every image that was read or is named, by series.
    private func addEvidence(to builder: DataSetBuilder) throws {
        var seen: Set<UID> = []
        let references = request.allEvidence.filter { seen.insert($0.sopInstanceUID).inserted }
            .map { Reference(series: $0.seriesInstanceUID, sopClass: $0.sopClassUID, instance: $0.sopInstanceUID) }
        try add(references, to: builder, .currentRequestedProcedureEvidenceSequence)
    }

    private func addPredecessors(to builder: DataSetBuilder) throws {
        let references = request.identity.predecessors.map {
            Reference(series: $0.seriesInstanceUID, sopClass: $0.sopClassUID, instance: $0.sopInstanceUID)
        }
        guard !references.isEmpty else { return }
        try add(references, to: builder, .predecessorDocumentsSequence)
    }

    private struct Reference {
        let series: UID
        let sopClass: UID
        let instance: UID
    }

    /// The Hierarchical SOP Instance Reference Macro (PS3.3 C.17.2.1).
    private func add(_ references: [Reference], to builder: DataSetBuilder, _ sequence: Tag) throws {
        let item = try builder.appendItem(to: sequence)
        try item.set(.studyInstanceUID, .uid(study))
        var bySeries: [(UID, [Reference])] = []
        for reference in references {
            if let index = bySeries.firstIndex(where: { $0.0 == reference.series }) {
                bySeries[index].1.append(reference)
            } else {
                bySeries.append((reference.series, [reference]))
            }
        }
        for (uid, references) in bySeries {
            let series = try item.appendItem(to: .referencedSeriesSequence)
            try series.set(.seriesInstanceUID, .uid(uid))
            for reference in references {
                let instance = try series.appendItem(to: .referencedSOPSequence)
                try instance.set(.referencedSOPClassUID, .uid(reference.sopClass))
                try instance.set(.referencedSOPInstanceUID, .uid(reference.instance))
            }
        }
    }

    private func addCodingSchemes(to builder: DataSetBuilder) throws {
        for scheme in CodingScheme.identifications(of: root.codingSchemes) {
            let item = try builder.appendItem(to: .codingSchemeIdentificationSequence)
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

extension ContentItem {
    /// The designators of all codes in the tree, units included.
    var codingSchemes: Set<String> {
        Set(
            all.flatMap { item -> [String] in
                var codes = [item.name]
                switch item.value {
                case .code(let code): codes.append(code)
                case .number(_, let unit): codes.append(unit)
                default: break
                }
                return codes.compactMap { $0?.scheme }
            })
    }

    /// Every text that is put into the document's character set.
    var texts: [String] {
        all.flatMap { item -> [String] in
            var texts = [item.name?.meaning ?? ""]
            switch item.value {
            case .code(let code): texts.append(code.meaning)
            case .text(let text), .personName(let text): texts.append(text)
            default: break
            }
            return texts
        }
    }
}
