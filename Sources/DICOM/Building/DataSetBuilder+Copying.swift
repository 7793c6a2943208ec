internal import CDCMTK
public import DICOMCore

extension DataSetBuilder {
    /// Copies attributes, sequences and all. Their bytes stay as they are unless text of another character set is here
    /// already, or they mean nothing in the source's (``hasUnexplainedText``). What the source lacks is passed over.
    public func copy(_ tags: some Sequence<Tag>, from source: DataSet) throws(DICOMError) {
        let tags = tags.filter { $0 != .specificCharacterSet && source.contains($0) }
        guard !tags.isEmpty else { return }
        if root.characterSet == source.characterSet || !root.isBound {
            if root.characterSet != source.characterSet { try adopt(source.characterSet) }
            root.isBound = root.isBound || !source.characterSet.isEmpty
            for tag in tags { try copy(tag, from: source.item, of: source.storage) }
            try explainText()
        } else {
            try useUnicode()
            let scratch = try DataSetBuilder()
            try scratch.copy(tags, from: source)
            try scratch.useUnicode()
            for tag in tags { try copy(tag, from: scratch.item, of: scratch.storage) }
            root.hasUnexplainedText = root.hasUnexplainedText || scratch.hasUnexplainedText
        }
    }

    private func copy(_ tag: Tag, from source: ItemReference, of owner: DataSetStorage) throws(DICOMError) {
        // Both data sets are touched. This one is not yet anybody else's, so the source's lock is enough.
        try owner.locked(DICOMError.unwritable(why:), about: "\(tag) can't be copied") { _, error in
            cdcmtk_copy(source.pointer, tag.group, tag.element, item.pointer, error)
        }
    }
}
