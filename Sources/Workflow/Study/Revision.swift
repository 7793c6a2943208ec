public import DICOMCore

/// What a study holds for analysis, and so what a job is made from.
public struct Contents: Hashable, Sendable {
    /// Digest of each image to analyse whose file is there, by SOP Instance UID.
    public var images: [UID: ObjectDigest]
    /// Images to analyse whose files are gone. A report from the others has to say so, and gives way to a complete one.
    public var missing: Set<UID>
    /// Images to analyse that were removed after delivery. What they were is known, so one of them that comes again is
    /// nothing new; but no report can be made from them.
    public var removed: [UID: ObjectDigest]

    public init(images: [UID: ObjectDigest], missing: Set<UID> = [], removed: [UID: ObjectDigest] = [:]) {
        self.images = images
        self.missing = missing
        self.removed = removed
    }

    /// Images that a report from the others has to do without.
    var absent: Set<UID> { missing.union(removed.keys) }

    /// Whether these are the images that the former ones were, removed ones counted in.
    func areThose(of former: Contents) -> Bool {
        let known = images.merging(removed) { there, _ in there }
        return missing.isSubset(of: former.missing) && former.missing.isSubset(of: absent)
            && known.filter { !former.missing.contains($0.key) } == former.images
    }
}

/// The newest revision of a study: the one whose report is current. What is new is told by comparing with it and with
/// no earlier one; a study that is as it once was gets a revision again, since another report has become current
/// meanwhile. What it was made from is asked for when the study is closed: most events need no list of a thousand
/// slices.
public struct Revision: Hashable, Sendable {
    /// From 1.
    public var number: Int
    public var recipe: Recipe
    /// Every date in the results, and part of their UIDs: no two revisions of a study have the same.
    public var madeAt: Timestamp
    /// The node that closed the study.
    public var madeBy: String
    public var standing: Standing

    public init(number: Int, recipe: Recipe, madeAt: Timestamp, madeBy: String, standing: Standing = .waiting) {
        self.number = number
        self.recipe = recipe
        self.madeAt = madeAt
        self.madeBy = madeBy
        self.standing = standing
    }

    func with(_ standing: Standing) -> Revision {
        var revision = self
        revision.standing = standing
        return revision
    }
}

/// Where a revision's job stands, as far as the study shows it.
public enum Standing: Hashable, Sendable {
    case waiting, running
    case done(JobWorkflow.Verdict, DeliveryCount)
    /// Done, and a file of its results is gone that can't be made again as it was.
    case resultsLost
    case parked(reason: String)
    case dropped
}

/// A job's deliveries by what became of them.
public struct DeliveryCount: Hashable, Sendable {
    /// Waiting or being sent.
    public var waiting: Int
    public var delivered: Int
    /// Dead or dropped.
    public var givenUp: Int

    public init(waiting: Int = 0, delivered: Int = 0, givenUp: Int = 0) {
        self.waiting = waiting
        self.delivered = delivered
        self.givenUp = givenUp
    }

    /// Every destination has accepted everything. Where there is none, nothing was accepted.
    public var isComplete: Bool { delivered > 0 && waiting == 0 && givenUp == 0 }
}
