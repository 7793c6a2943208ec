public import DICOMCore
public import Foundation
public import Reporting

/// What the results of a job say of themselves. All of it comes from the job's row, so that running the job again
/// makes the same bytes (design §3.4).
public struct JobIdentity: Sendable {
    public var key: JobKey
    /// Every date in the results.
    public var date: Date
    /// Device UID (0018,1002) of this installation.
    public var deviceUID: UID
    public var softwareVersion: String
    /// Which of the study's results these are, from 1.
    public var revision: Int
    /// The reports of the study's earlier revision.
    public var predecessors: [InstanceReference]
    /// The results of earlier revisions that some destination has or will have, and that the job's take the place of.
    public var superseded: [InstanceReference]

    public init(
        key: JobKey, date: Date, deviceUID: UID, softwareVersion: String, revision: Int = 1,
        predecessors: [InstanceReference] = [], superseded: [InstanceReference] = []
    ) {
        self.key = key
        self.date = date
        self.deviceUID = deviceUID
        self.softwareVersion = softwareVersion
        self.revision = revision
        self.predecessors = predecessors
        self.superseded = superseded
    }

    func resultIdentity(_ settings: AnalysisSettings) -> ResultIdentity {
        let language = settings.language
        return ResultIdentity(
            jobKey: key.string, date: date, timeZone: settings.timeZone.flatMap(TimeZone.init(identifier:)),
            deviceUID: deviceUID, softwareVersion: softwareVersion,
            revision: revision, predecessors: predecessors, superseded: superseded, language: language,
            uid: { DerivedUID.make(job: self, kindKey: $0, language: language) })
    }
}
