/// What decides about a job's results beside its images. Two workers with the same recipe make the same bytes; a worker
/// with another one would write other content under the job's UIDs, so a job is given only to a worker that has its
/// recipe. The parts are compared and never interpreted here.
public struct Recipe: Codable, Hashable, Sendable {
    /// Digest of the model bundle.
    public var bundle: String
    /// Digest of the analysis settings; the language of the sentences is one of them.
    public var settings: String
    /// In what numbers the networks are computed, as it was chosen: `auto` and "as the bundle says" are answered
    /// before, once for a node, so that no process chooses anew.
    public var precision: String
    /// Version of Hilum: another one may draw another picture.
    public var software: String

    public init(bundle: String, settings: String, precision: String, software: String) {
        self.bundle = bundle
        self.settings = settings
        self.precision = precision
        self.software = software
    }

    public enum Part: String, CaseIterable, Hashable, Sendable {
        case bundle, settings, precision
        case software = "software version"
    }

    /// What keeps the two apart; empty when they are the same.
    public func differences(from other: Recipe) -> [Part] {
        Part.allCases.filter { self[$0] != other[$0] }
    }

    public subscript(part: Part) -> String {
        switch part {
        case .bundle: bundle
        case .settings: settings
        case .precision: precision
        case .software: software
        }
    }
}
