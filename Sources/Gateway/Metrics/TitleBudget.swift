import DICOMCore

/// Which calling titles get series of their own. A title is whatever a stranger says, and every label is kept for good, so
/// only so many are told apart; the rest are one.
struct TitleBudget: Hashable, Sendable {
    static let others = "other"
    static let none = "none"

    /// Peers of the configuration, who always have their own.
    private var known: Set<String>
    /// Who was let in without being named there, in the order of coming.
    private var strangers: Set<String> = []
    private let limit: Int

    /// - Parameter limit: of titles beside the known ones.
    init(known: some Sequence<AETitle> = [], limit: Int = 32) {
        self.known = Set(known.map(\.string))
        self.limit = limit
    }

    /// The peers of a configuration that was read again; those that had a series keep it.
    mutating func add(_ titles: some Sequence<AETitle>) { known.formUnion(titles.map(\.string)) }

    /// - Parameters:
    ///   - title: nil where the field held none.
    ///   - isLetIn: somebody who was turned away gets no series for it.
    mutating func label(_ title: String?, isLetIn: Bool = true) -> String {
        guard let title, !title.isEmpty else { return Self.none }
        if known.contains(title) || strangers.contains(title) { return title }
        guard isLetIn, strangers.count < limit else { return Self.others }
        strangers.insert(title)
        return title
    }
}
