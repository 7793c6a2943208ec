import DICOM

extension StructuredDocument {
    /// The whole file. The tree's texts go into the header's character set; where they don't fit, the whole document
    /// changes to UTF-8.
    /// - Parameter addModules: the document's own, to those that all result objects share.
    /// - Throws: ``ReportingError/document(_:)``.
    func part10(_ header: ResultHeader, _ addModules: (DataSetBuilder) throws -> Void) throws -> [UInt8] {
        do {
            let builder = try header.builder()
            try addModules(builder)
            let texts = root.texts
            var encoding = TextEncoding.utf8
            if !texts.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } }) {
                let isLatin1 = texts.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value <= 0xFF } }
                if builder.characterSet == "ISO_IR 100", isLatin1 {
                    encoding = .latin1
                } else {
                    try builder.useUnicode()
                }
            }
            return try part10(header: builder.part10(), encoding: encoding)
        } catch let error as StructuredDocumentError {
            throw ReportingError.document(error.description)
        } catch let error as DICOMError {
            throw ReportingError.document(error.description)
        }
    }
}
