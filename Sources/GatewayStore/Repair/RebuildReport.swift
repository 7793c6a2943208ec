/// What making the database anew from the spool led to.
public struct RebuildReport: Codable, Hashable, Sendable {
    public var studies = 0
    public var objects = 0
    /// Result objects, under their own UIDs.
    public var results = 0
    /// Revisions of studies that they are of.
    public var revisions = 0
    /// Results that go to their destinations again.
    public var deliveries = 0
    /// Files that are no whole object or no result, now under `strays/`.
    public var strays = 0
    /// Studies that are open: they are closed and analysed when the gateway runs.
    public var open = 0
    /// Where the database that could not be read lies now; nil where there was none.
    public var formerDatabase: String?
}

extension RebuildReport: CustomStringConvertible {
    public var description: String {
        """
        \(studies) studies with \(objects) objects and \(results) results of \(revisions) revisions were taken from the \
        spool; \(open) studies are to be closed and analysed, \(deliveries) results go to their destinations again, \
        \(strays) files moved to strays/
        """
    }
}
