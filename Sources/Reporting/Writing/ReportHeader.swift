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
        try builder.addRequests(of: request.header)
        try addEvidence(to: builder)
        try addPredecessors(to: builder)
        try builder.addCodingSchemes(of: root)
    }

    /// Type 2: the code of the study's procedure where the source has one.
    private func addPerformedProcedure(to builder: DataSetBuilder) throws {
        guard let procedure = request.header.procedure else {
            return try builder.setEmptySequence(.performedProcedureCodeSequence)
        }
        try builder.appendItem(to: .performedProcedureCodeSequence).set(procedure)
    }

    /// Every image that was read or is named, by series.
    private func addEvidence(to builder: DataSetBuilder) throws {
        var seen: Set<UID> = []
        let references = request.allEvidence.filter { seen.insert($0.sopInstanceUID).inserted }
            .map {
                InstanceReference(
                    sopClassUID: $0.sopClassUID, sopInstanceUID: $0.sopInstanceUID,
                    seriesInstanceUID: $0.seriesInstanceUID)
            }
        try builder.add(references, of: study, to: .currentRequestedProcedureEvidenceSequence)
    }

    private func addPredecessors(to builder: DataSetBuilder) throws {
        let references = request.identity.predecessors
        guard !references.isEmpty else { return }
        try builder.add(references, of: study, to: .predecessorDocumentsSequence)
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
