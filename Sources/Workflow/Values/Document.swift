public import DICOMCore

/// One thing that a job says: what it is, and about what. In how many forms it is written is `Rendition`'s matter, so a
/// destination gets each document once, and several documents of one kind.
public struct Document: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case report, picture, segmentation
        case presentationState = "presentation state"
        case keyObjects = "key objects"
    }

    public enum Subject: Hashable, Sendable {
        case study
        /// By SOP Instance UID; an earlier result among them.
        case image(UID)
    }

    public var kind: Kind
    public var subject: Subject

    public init(_ kind: Kind, of subject: Subject = .study) {
        self.kind = kind
        self.subject = subject
    }
}

extension Document: CustomStringConvertible {
    public var description: String {
        switch subject {
        case .study: kind.rawValue
        case .image(let uid): "\(kind.rawValue) of \(uid)"
        }
    }
}

/// A form in which a document is written: an object of its own, with a UID of its own.
public struct Rendition: Hashable, Sendable {
    public var sopClass: UID
    /// Nil for what has no words.
    public var language: LanguageTag?

    public init(sopClass: UID, language: LanguageTag? = nil) {
        self.sopClass = sopClass
        self.language = language
    }
}

extension Rendition: CustomStringConvertible {
    public var description: String {
        SOPClass(uid: sopClass).name + (language.map { " (\($0))" } ?? "")
    }
}

/// An RFC 5646 tag: `en`, `pt-BR`. Compared without regard to case, as the RFC has it.
public struct LanguageTag: Hashable, Sendable, CustomStringConvertible {
    public let string: String

    /// Nil unless it is 1 to 35 letters, digits and hyphens, beginning with a letter.
    public init?(_ string: some StringProtocol) {
        guard (1...35).contains(string.utf8.count), string.first?.isLetter == true,
            string.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
        else { return nil }
        self.string = string.lowercased()
    }

    public var description: String { string }
}

/// In which order a destination wants a document's renditions.
public struct RenditionPreference: Hashable, Sendable {
    /// SOP classes of reports, the preferred one first. A document that is made in none of them, such as a picture,
    /// goes in the order in which its renditions were made.
    public var classes: [UID]
    /// The preferred one first. A language that is not named is better than none.
    public var languages: [LanguageTag]

    public init(classes: [UID], languages: [LanguageTag] = []) {
        self.classes = classes
        self.languages = languages
    }

    /// The renditions that may go to the destination, the best first.
    public func order(_ made: [Rendition]) -> [Rendition] {
        let known = made.filter { classes.contains($0.sopClass) }
        let ranked = (known.isEmpty ? made : known).enumerated().map { offset, rendition in
            let language = rendition.language.flatMap { languages.firstIndex(of: $0) } ?? languages.count
            return (rendition, classes.firstIndex(of: rendition.sopClass) ?? 0, language, offset)
        }
        return ranked.sorted { ($0.1, $0.2, $0.3) < ($1.1, $1.2, $1.3) }.map(\.0)
    }

    /// What comes after `rendition` when the destination does not take its SOP class. Another language of the same
    /// class would not be taken either.
    public func next(after rendition: Rendition, among made: [Rendition]) -> Rendition? {
        let order = order(made)
        guard let index = order.firstIndex(of: rendition) else { return nil }
        return order[(index + 1)...].first { $0.sopClass != rendition.sopClass }
    }
}
