internal import DICOMCore

extension DataSet {
    /// The item of a functional group macro that holds for a frame: the frame's own, else the shared one, else nil
    /// (PS3.3 C.7.6.16).
    func functionalGroup(_ macro: Tag, frame: Int) -> DataSet? {
        let perFrame = sequence(.perFrameFunctionalGroups)
        if perFrame.indices.contains(frame), let own = perFrame[frame].sequence(macro).first { return own }
        return sequence(.sharedFunctionalGroups).first?.sequence(macro).first
    }
}
