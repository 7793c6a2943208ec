import Crypto
public import DICOMCore
public import Foundation

/// What identifies a piece of work: the same study with the same objects, bundle and settings is the same job, and
/// makes the same bytes.
public struct JobKey: Hashable, Sendable, CustomStringConvertible {
    /// SHA-256, lower-case hexadecimal.
    public let description: String

    /// Order of `digests` does not matter. `bundle` and `settings` are digests as text.
    public init(study: UID, digests: [ObjectDigest], bundle: String, settings: String) {
        var hash = SHA256()
        for part in [study.string, bundle, settings] {
            hash.update(data: Data("\(part.utf8.count):\(part)".utf8))
        }
        for digest in digests.map(\.bytes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            hash.update(data: digest)
        }
        description = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    init(stored text: String) { description = text }
}

public enum JobState: String, CaseIterable, Hashable, Sendable {
    case waiting, running, done
    /// Three tries failed: it waits for the operator.
    case parked
    /// A later revision of the study took its place before it ran.
    case superseded
}

/// A job in a worker's hands.
public struct ClaimedJob: Hashable, Sendable {
    public var id: Int64
    public var key: JobKey
    public var study: UID
    public var revision: Int
    /// 1 on the first try.
    public var tries: Int
    /// When the study was closed: every date in a result comes from here.
    public var createdAt: Date
    public var bundle: String
    public var settings: String
    /// The images to analyse, by SOP Instance UID.
    public var objects: [StoredObject]
    /// The reports of the revision before, which this one's name as predecessors.
    public var predecessors: [ResultReference]
    /// Who holds it.
    public var worker: String
}

/// A result object by its UIDs.
public struct ResultReference: Hashable, Sendable {
    public var kind: String
    public var study: UID
    public var series: UID
    public var sopClass: UID
    public var sopInstance: UID
}

/// A job as an operator sees it.
public struct JobRecord: Hashable, Sendable {
    public var id: Int64
    public var study: UID
    public var revision: Int
    public var state: JobState
    public var tries: Int
    public var reason: String?
    public var worker: String?
    public var createdAt: Date
    public var finishedAt: Date?
}

/// What a failed try led to.
public enum Failing: Hashable, Sendable {
    case triedAgain(tries: Int)
    case parked(reason: String)
}
