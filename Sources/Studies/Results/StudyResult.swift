public import DICOMCore
public import Foundation
public import Reporting

/// What came of a study.
public struct StudyResult: Sendable {
    public enum State: Hashable, Sendable {
        case reported
        /// Nothing to analyse; the sentence says why.
        case notAnalysable(why: String)
    }

    public var state: State
    public var studyInstanceUID: UID?
    /// Most urgent first: the study takes the first one's class and triage level.
    public var findings: [ReportedFinding]
    /// Where each SOP Instance UID was read from.
    public var files: [UID: URL]
    /// Images of the study that were not analysed.
    public var notChosen: [ImageSelection.NotChosen]
    /// Files that could not be read at all.
    public var unreadable: [UnreadableFile]
    /// Reports, then the picture, then notes on what they supersede; of a study that is not analysable there is no picture,
    /// and the reports say so.
    public var objects: [ResultObject]
    /// What else there is to say about the objects, in sentences without a patient's data.
    public var remarks: [String]
    public var summary: StudySummary
}

/// A file that is no readable DICOM object.
public struct UnreadableFile: Error, Sendable {
    public var file: URL
    /// A sentence without a patient's data.
    public var reason: String
}
