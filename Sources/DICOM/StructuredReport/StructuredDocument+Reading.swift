import CDCMTK
import DICOMCore

extension StructuredDocument {
    /// Reads a Part 10 file, with DCMTK's checks of value types and relationships. Texts come out as UTF-8.
    ///
    /// - Parameter lenient: takes values that break their representation's rules, as UIDs of others may.
    /// - Throws: ``StructuredDocumentError`` for what is no valid document of the ``Class``es.
    public init(part10 bytes: [UInt8], lenient: Bool = false) throws {
        var number: Int32 = -1
        var error = cdcmtk_error()
        guard let reader = cdcmtk_sr_open(bytes, bytes.count, lenient, &number, &error) else {
            throw StructuredDocumentError(description: error.message)
        }
        defer { cdcmtk_sr_close(reader) }
        guard let documentClass = Class(number: number) else {
            throw StructuredDocumentError(description: "the document's class is unknown")
        }
        // Items come in pre-order: the open branch is kept on a stack, and an item is closed by the next that is
        // not below it.
        var branch: [ContentItem] = []
        var flat = cdcmtk_sr_item()
        while cdcmtk_sr_next(reader, &flat, &error) {
            Self.close(&branch, to: max(Int(flat.depth), branch.isEmpty ? 0 : 1))
            branch.append(ContentItem(flat))
        }
        // A tree that ends early would pass for a whole one.
        guard error.message.isEmpty else { throw StructuredDocumentError(description: error.message) }
        Self.close(&branch, to: 1)
        guard let root = branch.first else {
            throw StructuredDocumentError(description: "the document has no content tree")
        }
        self.init(documentClass, root: root)
    }

    private static func close(_ branch: inout [ContentItem], to depth: Int) {
        while branch.count > depth {
            let child = branch.removeLast()
            branch[branch.count - 1].children.append(child)
        }
    }
}

extension ContentItem {
    fileprivate init(_ flat: cdcmtk_sr_item) {
        self.init(
            Relationship(rawValue: Int(flat.relationship)) ?? .root, CodedEntry(flat.name), Value(flat))
    }
}

extension ContentItem.Value {
    fileprivate init(_ flat: cdcmtk_sr_item) {
        let text = flat.text.map { String(cString: $0) } ?? ""
        switch UInt32(clamping: flat.value_type) {
        case CDCMTK_SR_CONTAINER.rawValue: self = .container(template: flat.template_id.map { String(cString: $0) })
        case CDCMTK_SR_TEXT.rawValue: self = .text(text)
        case CDCMTK_SR_CODE.rawValue: self = CodedEntry(flat.code).map(Self.code) ?? .other
        case CDCMTK_SR_NUM.rawValue: self = CodedEntry(flat.code).map { .number(text, unit: $0) } ?? .other
        case CDCMTK_SR_DATETIME.rawValue: self = .dateTime(text)
        case CDCMTK_SR_UIDREF.rawValue: self = .uid(text)
        case CDCMTK_SR_PNAME.rawValue: self = .personName(text)
        case CDCMTK_SR_SCOORD.rawValue: self = .polyline(Self.positions(flat))
        case CDCMTK_SR_COMPOSITE.rawValue: self = Self.reference(flat).map(Self.composite) ?? .other
        case CDCMTK_SR_IMAGE.rawValue: self = Self.reference(flat).map(Self.image) ?? .other
        default: self = .other
        }
    }

    private static func positions(_ flat: cdcmtk_sr_item) -> [ContentItem.Position] {
        let numbers = UnsafeBufferPointer(start: flat.points, count: 2 * flat.point_count)
        return stride(from: 0, to: numbers.count, by: 2).map { .init(x: numbers[$0], y: numbers[$0 + 1]) }
    }

    private static func reference(_ flat: cdcmtk_sr_item) -> ContentItem.ImageReference? {
        guard let sopClass = flat.sop_class.flatMap({ UID(String(cString: $0)) }),
            let instance = flat.sop_instance.flatMap({ UID(String(cString: $0)) })
        else { return nil }
        return .init(sopClassUID: sopClass, sopInstanceUID: instance, frame: flat.frame > 0 ? Int(flat.frame) : nil)
    }
}

extension CodedEntry {
    fileprivate init?(_ code: cdcmtk_sr_code) {
        guard let value = code.value, let scheme = code.scheme, let meaning = code.meaning else { return nil }
        self.init(String(cString: value), String(cString: scheme), String(cString: meaning))
    }
}
