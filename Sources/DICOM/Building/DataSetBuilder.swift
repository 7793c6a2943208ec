internal import CDCMTK
public import DICOMCore

/// A data set being written, or an item of one of its sequences.
///
/// Text is put into the data set's Specific Character Set. What is copied from a source keeps its bytes as long as all
/// text fits into one character set; the first text that does not converts the whole data set to ISO_IR 192.
public final class DataSetBuilder {
    let storage: DataSetStorage
    let item: ItemReference
    let root: Root

    /// What the items of one data set share.
    final class Root {
        var characterSet = ""
        /// Some text in the data set means something in `characterSet` only.
        var isBound = false
        var isEncapsulated = false
        var hasUnexplainedText = false
    }

    public init() throws(DICOMError) {
        guard let handle = cdcmtk_create() else { throw .unwritable(why: "there is not enough memory") }
        storage = DataSetStorage(owning: handle)
        item = storage.root
        root = Root()
    }

    private init(_ storage: DataSetStorage, _ item: ItemReference, _ root: Root) {
        self.storage = storage
        self.item = item
        self.root = root
    }

    /// Specific Character Set (0008,0005) of the whole data set.
    public var characterSet: String { root.characterSet }

    /// Text was copied of which its source does not say the character set, or says a wrong one. It was taken for UTF-8, or
    /// else for ISO_IR 100, and the data set is in ISO_IR 192.
    public var hasUnexplainedText: Bool { root.hasUnexplainedText }

    /// Replaces the attribute.
    /// - Parameter vr: two letters; by default PS3.6's. Private attributes have none there and need it.
    /// - Throws: `DICOMError.unwritable` when the value is none for that VR.
    public func set(_ tag: Tag, _ value: DataValue, vr: String? = nil) throws(DICOMError) {
        if tag == .specificCharacterSet { return try adopt(value) }
        let vr = if let vr { vr } else { try Self.dictionaryVR(tag, value) }
        switch try value.encoded(tag, vr: vr) {
        case .bytes(let bytes): try put(tag, vr, bytes)
        case .text(let text): try put(tag, vr, try encode(text, vr: vr))
        }
    }

    public func remove(_ tag: Tag) {
        storage.locked { _ in cdcmtk_remove(item.pointer, tag.group, tag.element) }
    }

    /// A new last item of a sequence, which is made where it is absent.
    public func appendItem(to sequence: Tag) throws(DICOMError) -> DataSetBuilder {
        var made: OpaquePointer?
        try storage.locked(DICOMError.unwritable(why:), about: "\(sequence)") { _, error in
            made = cdcmtk_append_item(item.pointer, sequence.group, sequence.element, error)
            return made != nil
        }
        guard let made else { throw .unwritable(why: "\(sequence) takes no item") }
        return DataSetBuilder(storage, ItemReference(pointer: made), root)
    }

    /// Converts the data set to ISO_IR 192, for peers that stumble over anything else.
    public func useUnicode() throws(DICOMError) {
        guard root.characterSet != Self.unicode else { return }
        if root.isBound { try convertToUnicode() }
        try adopt(Self.unicode)
        root.isBound = true
    }

    private func convertToUnicode() throws(DICOMError) {
        try storage.locked(DICOMError.unwritable(why:)) { _, error in
            cdcmtk_convert_to_utf8(storage.root.pointer, root.characterSet, error)
        }
    }

    /// Whoever reads the data set could make nothing of bytes that its character set does not have.
    func explainText() throws(DICOMError) {
        let stands = storage.locked { _ in cdcmtk_texts_stand(storage.root.pointer, root.characterSet) }
        guard !stands else { return }
        root.hasUnexplainedText = true
        try convertToUnicode()
        try adopt(Self.unicode)
        root.isBound = true
    }

    static let unicode = "ISO_IR 192"

    // MARK: Character set

    private func adopt(_ value: DataValue) throws(DICOMError) {
        switch value {
        case .text(Self.unicode): try useUnicode()
        case .text(let term) where !root.isBound: try adopt(term)
        case .texts(let terms) where !root.isBound: try adopt(terms.joined(separator: "\\"))
        default: throw .unwritable(why: "the character set can't change once text stands in it")
        }
    }

    func adopt(_ term: String) throws(DICOMError) {
        root.characterSet = term
        let target = DataSetBuilder(storage, storage.root, root)
        if term.isEmpty {
            target.remove(.specificCharacterSet)
        } else {
            try target.put(.specificCharacterSet, "CS", Array(term.utf8))
        }
    }

    private func encode(_ text: String, vr: String) throws(DICOMError) -> [UInt8] {
        let utf8 = Array(text.utf8)
        guard TextKind(vr: vr)?.usesCharacterSet == true, !utf8.allSatisfy({ $0 < 0x80 }) else { return utf8 }
        if let bytes = Self.encode(utf8, in: root.characterSet) {
            root.isBound = true
            return bytes
        }
        try useUnicode()
        return utf8
    }

    private static func encode(_ utf8: [UInt8], in characterSet: String) -> [UInt8]? {
        let text = utf8.map(CChar.init(bitPattern:))
        var isComplete = false
        let count = cdcmtk_encode_text(text, text.count, characterSet, nil, 0, &isComplete)
        guard isComplete else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        _ = cdcmtk_encode_text(text, text.count, characterSet, &bytes, count, &isComplete)
        return bytes
    }

    // MARK: Elements

    private func put(_ tag: Tag, _ vr: String, _ bytes: [UInt8]) throws(DICOMError) {
        guard let count = UInt32(exactly: bytes.count) else {
            throw .unwritable(why: "\(tag) would have \(bytes.count) bytes")
        }
        try storage.locked(DICOMError.unwritable(why:), about: "\(tag)") { _, error in
            cdcmtk_put(item.pointer, tag.group, tag.element, vr, bytes, count, error)
        }
    }

    private static func dictionaryVR(_ tag: Tag, _ value: DataValue) throws(DICOMError) -> String {
        var letters = [CChar](repeating: 0, count: 3)
        cdcmtk_dictionary_vr(tag.group, tag.element, &letters)
        let vr = String(decoding: letters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        switch (vr, value) {
        case ("UN", _), ("", _): throw .unwritable(why: "\(tag) is not in PS3.6, so its VR has to be given")
        // PS3.6 leaves these to the pixel representation.
        case ("xs", .integers(let values)): return values.contains { $0 < 0 } ? "SS" : "US"
        case ("xs", _): return "US"
        case ("ox", _), ("lt", _): return "OW"
        default: return vr
        }
    }
}
