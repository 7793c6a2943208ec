/// What to do with other bytes under a SOP Instance UID that is taken.
public enum DuplicatePolicy: String, Sendable, CaseIterable {
    /// Success for the peer; kept aside and compared.
    case setAside = "set aside"
    /// Refused with 0x0111.
    case refuse
}

/// What is kept under a SOP Instance UID. Files are as they were found a moment ago, not as a row remembers them.
public struct KeptObject: Hashable, Sendable {
    public enum File: Hashable, Sendable {
        /// There, with its length.
        case whole
        /// Not there, or with another length or digest.
        case gone
    }

    public struct Aside: Hashable, Sendable {
        public var id: Int64
        public var digest: ObjectDigest
        public var file: File

        public init(id: Int64, digest: ObjectDigest, file: File) {
            self.id = id
            self.digest = digest
            self.file = file
        }
    }

    public var digest: ObjectDigest
    public var file: File
    /// Objects that came under the same UID with other bytes.
    public var asides: [Aside]

    public init(digest: ObjectDigest, file: File, asides: [Aside] = []) {
        self.digest = digest
        self.file = file
        self.asides = asides
    }
}

/// What becomes of an object that came. `same` is answered only for bytes that are there: an object whose file is gone
/// takes the arrival's (once it was acknowledged, and its bytes were nowhere).
public enum ArrivalDisposition: Hashable, Sendable {
    /// New: kept.
    case keep
    /// There already: the arrival's file goes.
    case same
    /// The kept object's file is gone: the arrival's takes its place.
    case repair
    /// A set-aside object's file is gone: the arrival's takes its place.
    case repairAside(id: Int64)
    /// Other bytes: kept beside.
    case setAside
    /// Other bytes, and the policy refuses them.
    case refuse

    /// - Parameter kept: nil when the SOP Instance UID is new.
    public init(of digest: ObjectDigest, kept: KeptObject?, duplicates: DuplicatePolicy) {
        self =
            if let kept {
                if kept.digest == digest {
                    kept.file == .whole ? .same : .repair
                } else if let aside = kept.asides.first(where: { $0.digest == digest }) {
                    aside.file == .whole ? .same : .repairAside(id: aside.id)
                } else {
                    // Refusing would throw away the only bytes there are when the kept ones are gone.
                    duplicates == .refuse && kept.file == .whole ? .refuse : .setAside
                }
            } else {
                .keep
            }
    }
}
