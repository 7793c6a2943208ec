import CDCMTK
import DICOMCore

extension StructuredDocument.Class {
    /// As CDCMTK counts them.
    private var coded: UInt32 {
        switch self {
        case .report(.basicText): CDCMTK_SR_BASIC_TEXT.rawValue
        case .report(.enhanced): CDCMTK_SR_ENHANCED.rawValue
        case .report(.comprehensive): CDCMTK_SR_COMPREHENSIVE.rawValue
        case .report(.comprehensive3D): CDCMTK_SR_COMPREHENSIVE_3D.rawValue
        case .keyObjects: CDCMTK_SR_KEY_OBJECTS.rawValue
        }
    }

    var number: Int32 { Int32(coded) }

    init?(number: Int32) {
        let all = ReportClass.allCases.map(Self.report) + [.keyObjects]
        guard let found = all.first(where: { $0.number == number }) else { return nil }
        self = found
    }
}

extension StructuredDocument {
    /// Adds the content tree to the data set of a Part 10 file that holds everything else.
    ///
    /// - Returns: the whole file, Explicit VR Little Endian; its meta information is kept.
    /// - Throws: ``StructuredDocumentError`` when the class does not allow a value type or relationship of the tree.
    public func part10(header: [UInt8], encoding: TextEncoding = .utf8) throws -> [UInt8] {
        let tree = FlatTree(root, encoding)
        var bytes: UnsafeMutablePointer<UInt8>?
        var length = 0
        var error = cdcmtk_error()
        let isDone = withExtendedLifetime(tree) {
            cdcmtk_sr_write(
                header, header.count, documentClass.number, tree.items, tree.items.count, &bytes, &length,
                &error)
        }
        guard isDone, let bytes else { throw StructuredDocumentError(description: error.message) }
        defer { cdcmtk_sr_free(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: length))
    }
}

/// A content tree in the bridge's form; owns the memory that its items point to.
private final class FlatTree {
    private(set) var items: [cdcmtk_sr_item] = []
    private let encoding: StructuredDocument.TextEncoding
    private var texts: [UnsafeMutablePointer<CChar>] = []
    private var points: [UnsafeMutablePointer<Float>] = []

    init(_ root: ContentItem, _ encoding: StructuredDocument.TextEncoding) {
        self.encoding = encoding
        add(root, depth: 0)
    }

    deinit {
        for text in texts { text.deallocate() }
        for list in points { list.deallocate() }
    }

    private func add(_ item: ContentItem, depth: Int) {
        var flat = cdcmtk_sr_item()
        flat.depth = Int32(depth)
        flat.relationship = Int32(item.relationship.rawValue)
        if let name = item.name { flat.name = keep(name) }
        set(item.value, in: &flat)
        items.append(flat)
        for child in item.children { add(child, depth: depth + 1) }
    }

    private func set(_ value: ContentItem.Value, in flat: inout cdcmtk_sr_item) {
        flat.value_type = value.bridged
        switch value {
        case .container(let template):
            flat.template_id = template.map(keep).map { UnsafePointer($0) }
        case .text(let text), .dateTime(let text), .uid(let text), .personName(let text):
            flat.text = UnsafePointer(keep(text))
        case .code(let code):
            flat.code = keep(code)
        case .number(let decimal, let unit):
            flat.text = UnsafePointer(keep(decimal))
            flat.code = keep(unit)
        case .polyline(let positions):
            flat.points = UnsafePointer(keep(positions))
            flat.point_count = positions.count
        case .composite(let reference), .image(let reference):
            flat.sop_class = UnsafePointer(keep(reference.sopClassUID.string))
            flat.sop_instance = UnsafePointer(keep(reference.sopInstanceUID.string))
            flat.frame = Int32(clamping: reference.frame ?? 0)
        case .other:
            break
        }
    }

    private func keep(_ text: String) -> UnsafeMutablePointer<CChar> {
        let bytes = encoding.bytes(text).filter { $0 != 0 }
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { copy[index] = CChar(bitPattern: byte) }
        copy[bytes.count] = 0
        texts.append(copy)
        return copy
    }

    private func keep(_ code: CodedEntry) -> cdcmtk_sr_code {
        cdcmtk_sr_code(
            value: keep(code.value), scheme: keep(code.scheme), version: nil, meaning: keep(code.meaning))
    }

    private func keep(_ positions: [ContentItem.Position]) -> UnsafeMutablePointer<Float> {
        let copy = UnsafeMutablePointer<Float>.allocate(capacity: 2 * positions.count)
        for (index, position) in positions.enumerated() {
            copy[2 * index] = position.x
            copy[2 * index + 1] = position.y
        }
        points.append(copy)
        return copy
    }
}

extension ContentItem.Value {
    /// The bridge's number of the value type.
    fileprivate var bridged: Int32 {
        let type =
            switch self {
            case .container: CDCMTK_SR_CONTAINER
            case .text: CDCMTK_SR_TEXT
            case .code: CDCMTK_SR_CODE
            case .number: CDCMTK_SR_NUM
            case .dateTime: CDCMTK_SR_DATETIME
            case .uid: CDCMTK_SR_UIDREF
            case .personName: CDCMTK_SR_PNAME
            case .polyline: CDCMTK_SR_SCOORD
            case .composite: CDCMTK_SR_COMPOSITE
            case .image: CDCMTK_SR_IMAGE
            case .other: CDCMTK_SR_OTHER
            }
        return Int32(type.rawValue)
    }
}
