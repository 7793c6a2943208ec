internal import CDCMTK
public import DICOMCore
public import Foundation

/// A DICOM data set, or an item of one of its sequences, to read from.
///
/// It is read through DCMTK once the scanner of `DICOMCore` has walked all its bytes. A file's large values stay in the
/// file until they are asked for, so the file must stay as it is while the data set is in use.
public final class DataSet: Sendable {
    /// The file's or the network's; items have their data set's.
    public let transferSyntax: TransferSyntax
    /// Specific Character Set (0008,0005) that holds here: the item's own, else that of what encloses it.
    public let characterSet: String
    /// Nil for bare data sets.
    public let metaInformation: FileMetaInformation?

    let storage: DataSetStorage
    let item: ItemReference

    /// - Throws: `DICOMError.unreadable` when the bytes are no whole data set, `.malformed` when DCMTK refuses them.
    public convenience init(contentsOf url: URL) throws(DICOMError) {
        try self.init(contentsOf: url.path(percentEncoded: false))
    }

    public convenience init(contentsOf path: String) throws(DICOMError) {
        let (storage, head) = try DataSetStorage.reading(path: path)
        self.init(storage, item: storage.root, syntax: head.transferSyntax, meta: head.meta, inherited: "")
    }

    /// - Parameter bytes: a Part 10 file, or a bare data set whose first element shows how it is written.
    public convenience init(bytes: [UInt8]) throws(DICOMError) {
        let (storage, head) = try DataSetStorage.reading(bytes: bytes)
        self.init(storage, item: storage.root, syntax: head.transferSyntax, meta: head.meta, inherited: "")
    }

    init(
        _ storage: DataSetStorage, item: ItemReference, syntax: TransferSyntax, meta: FileMetaInformation?,
        inherited: String
    ) {
        self.storage = storage
        self.item = item
        transferSyntax = syntax
        metaInformation = meta
        let own = storage.locked { _ in item.value(.specificCharacterSet) }
        characterSet = own.map { String(decoding: $0, as: UTF8.self) } ?? inherited
    }

    /// The items of a sequence; none when it is absent or no sequence.
    public func sequence(_ tag: Tag) -> [DataSet] {
        let items = storage.locked { _ in
            let count = cdcmtk_items(item.pointer, tag.group, tag.element, nil, 0)
            var items = [OpaquePointer?](repeating: nil, count: count)
            _ = cdcmtk_items(item.pointer, tag.group, tag.element, &items, count)
            return items.compactMap { $0.map(ItemReference.init) }
        }
        return items.map {
            DataSet(storage, item: $0, syntax: transferSyntax, meta: metaInformation, inherited: characterSet)
        }
    }

    /// One item of a sequence, from 0, without making the others; nil when there is none.
    public func sequenceItem(_ tag: Tag, at index: Int) -> DataSet? {
        guard index >= 0 else { return nil }
        let found = storage.locked { _ in
            cdcmtk_item_at(item.pointer, tag.group, tag.element, index).map(ItemReference.init)
        }
        return found.map {
            DataSet(storage, item: $0, syntax: transferSyntax, meta: metaInformation, inherited: characterSet)
        }
    }

    public func contains(_ tag: Tag) -> Bool { element(tag) != nil }

    /// The tags that are here, in order.
    public var tags: [Tag] {
        storage.locked { _ in
            let count = cdcmtk_elements(item.pointer, nil, 0)
            var elements = [cdcmtk_element](repeating: cdcmtk_element(), count: count)
            _ = cdcmtk_elements(item.pointer, &elements, count)
            return elements.map { Tag($0.group, $0.element) }
        }
    }

    /// The two letters of the value representation; nil when the element is absent.
    public func valueRepresentation(_ tag: Tag) -> String? { element(tag)?.vrName }

    func element(_ tag: Tag) -> cdcmtk_element? {
        storage.locked { _ in item.element(tag) }
    }
}

extension ItemReference {
    func element(_ tag: Tag) -> cdcmtk_element? {
        var found = cdcmtk_element()
        return cdcmtk_find(pointer, tag.group, tag.element, &found) ? found : nil
    }

    /// A value's bytes; nil when the element is absent, a sequence or unreadable.
    func value(_ tag: Tag) -> [UInt8]? {
        guard let element = element(tag), element.length <= DecodingLimits.standard.valueBytes else { return nil }
        let count = Int(element.length)
        var error = cdcmtk_error()
        var isDone = false
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            isDone = cdcmtk_value(
                pointer, tag.group, tag.element, 0, buffer.baseAddress, element.length, &error)
            filled = isDone ? count : 0
        }
        return isDone ? bytes : nil
    }
}
