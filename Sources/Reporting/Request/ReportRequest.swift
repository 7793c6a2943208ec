public import Diagnosis
public import Imaging

/// One finding of a study, with what its report and its picture need.
public struct ReportedFinding: Sendable {
    public var finding: Finding
    /// The images the finding was made from; the index is `LungRegion.image` and `AnalysedImage.index`.
    public var sources: [SourceImage]
    /// Planes for the picture; nil when nothing could be analysed.
    public var analysis: Analysis?
    /// The displayed planes in the original matrix, by image index: at least those the picture shows.
    public var displays: [Int: GreyPlane]

    public init(
        finding: Finding, sources: [SourceImage], analysis: Analysis? = nil, displays: [Int: GreyPlane] = [:]
    ) {
        self.finding = finding
        self.sources = sources
        self.analysis = analysis
        self.displays = displays
    }
}

/// All that result objects are made from: the same request gives the same bytes.
public struct ReportRequest: Sendable {
    /// Most urgent first: the study takes the first one's class and triage level (method §7).
    public var findings: [ReportedFinding]
    public var notChosen: [ImageNotChosen]
    /// Every image that was read, those of the findings included or not.
    public var evidence: [SourceImage]
    public var identity: ResultIdentity
    public var header: StudyHeader
    public var characterSet: ResultCharacterSet

    public init(
        findings: [ReportedFinding], notChosen: [ImageNotChosen] = [], evidence: [SourceImage] = [],
        identity: ResultIdentity, header: StudyHeader, characterSet: ResultCharacterSet = .ofSource
    ) {
        self.findings = findings
        self.notChosen = notChosen
        self.evidence = evidence
        self.identity = identity
        self.header = header
        self.characterSet = characterSet
    }
}

/// Specific Character Set (0008,0005) of result objects; a setting of the destination.
public enum ResultCharacterSet: String, Codable, Sendable {
    /// The source object's, its bytes kept, as long as all text fits into it; ISO_IR 192 otherwise.
    case ofSource = "source"
    /// ISO_IR 192, for archives that stumble over mixtures.
    case unicode
}
