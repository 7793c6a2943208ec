internal import DICOMCore

extension DataSet {
    /// The item of a functional group macro that holds for a frame: the frame's own, else the shared one, else nil
    /// (PS3.3 C.7.6.16).
    func functionalGroup(_ macro: Tag, frame: Int) -> DataSet? {
        if let own = sequenceItem(.perFrameFunctionalGroups, at: frame)?.sequenceItem(macro, at: 0) { return own }
        return sequenceItem(.sharedFunctionalGroups, at: 0)?.sequenceItem(macro, at: 0)
    }
}
