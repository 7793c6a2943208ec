/// One thing that is not as it should be in a store.
public struct StorageProblem: Codable, Hashable, Sendable {
    public enum Kind: String, Codable, CaseIterable, Hashable, Sendable {
        /// SQLite can't read the database, or it is gone.
        case database
        /// A row names a file that is not there.
        case missing
        /// A file is longer or shorter than its row says.
        case length
        /// A file has other bytes than came.
        case bytes
        /// A file that no row names.
        case extra
        /// A study, job, delivery or set-aside object is in a state that nobody leaves.
        case stuck
        /// What stays of something that was broken off.
        case leftover
    }

    public var kind: Kind
    /// A path relative to the store's folder, or a study's UID.
    public var place: String
    /// A sentence: what it is and what to do.
    public var says: String
    public var isRepaired = false

    public init(_ kind: Kind, _ place: String, _ says: String, isRepaired: Bool = false) {
        self.kind = kind
        self.place = place
        self.says = says
        self.isRepaired = isRepaired
    }
}

/// What a check of a store found, and what was done about it.
public struct StorageCheckReport: Codable, Hashable, Sendable {
    public var folder: String
    /// Files that rows name.
    public var files = 0
    public var bytes: Int64 = 0
    /// Whether the files' bytes were compared with what came.
    public var isDeep = false
    public var problems: [StorageProblem] = []
    /// Set where the database was made anew.
    public var rebuilt: RebuildReport?
    /// What reconciling spool and database did; nil where nothing was to be done.
    public var reconciled: String?

    /// Nothing is left to do.
    public var isGood: Bool { problems.allSatisfy(\.isRepaired) }

    public init(folder: String) { self.folder = folder }
}
