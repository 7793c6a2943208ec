public import DICOMCore
public import Foundation

/// An object of the study, as documents refer to it (PS3.3 C.17.2.1): an image, or an earlier result.
public struct InstanceReference: Hashable, Sendable {
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var seriesInstanceUID: UID

    public init(sopClassUID: UID, sopInstanceUID: UID, seriesInstanceUID: UID) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
    }
}

/// Who made the results, when and under which UIDs. Nothing else in this target knows a clock or makes a UID.
public struct ResultIdentity: Sendable {
    /// Identifies the job: study, object digests, bundle and analysis settings.
    public var jobKey: String
    /// The job's date; every date and time in the results is this one.
    public var date: Date
    /// Where its hours are told; nil: in UTC, without a word on it.
    public var timeZone: TimeZone?
    /// Device UID (0018,1002) of this installation.
    public var deviceUID: UID
    /// Version of Hilum.
    public var softwareVersion: String
    /// Which of the study's results these are, from 1: a later one replaces the earlier.
    public var revision: Int
    /// Earlier reports, which a revision's name (PS3.3 C.17.2, Predecessor Documents Sequence).
    public var predecessors: [InstanceReference]
    /// The results of earlier revisions, pictures among them, that these take the place of.
    public var superseded: [InstanceReference]
    /// RFC 5646 tag of the sentences: `en`, `de`, `fr`, `es`. Others fall back to `en`.
    public var language: String
    /// UID for one of the job's objects, series or tracked regions. The same key gives the same UID, always.
    public var uid: @Sendable (_ kindKey: String) -> UID

    public init(
        jobKey: String, date: Date, timeZone: TimeZone? = nil, deviceUID: UID, softwareVersion: String,
        revision: Int = 1, predecessors: [InstanceReference] = [], superseded: [InstanceReference] = [],
        language: String = "en",
        uid: @escaping @Sendable (_ kindKey: String) -> UID
    ) {
        self.jobKey = jobKey
        self.date = date
        self.timeZone = timeZone
        self.deviceUID = deviceUID
        self.softwareVersion = softwareVersion
        self.revision = revision
        self.predecessors = predecessors
        self.superseded = superseded
        self.language = language
        self.uid = uid
    }
}
