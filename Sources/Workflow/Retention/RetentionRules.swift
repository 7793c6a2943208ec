/// What of a study may be removed, and when. It only ever goes once nothing more is to be done with the study; what still
/// waits for a worker, a destination or a person stays, however old it is and however little space there is.
public struct RetentionRules: Hashable, Sendable {
    /// Days after delivery; nil: until space is wanted.
    public var sourceDays: Int?
    /// Likewise.
    public var resultDays: Int?

    public init(sourceDays: Int? = nil, resultDays: Int? = nil) {
        self.sourceDays = sourceDays
        self.resultDays = resultDays
    }

    /// What is to become of a part of a study.
    public enum Fate: Hashable, Sendable {
        case stays(Reason)
        /// - Parameters:
        ///   - from: when its days are over; nil where no number of days is set.
        ///   - forSpace: whether it may go before that where space is wanted.
        case mayGo(from: Timestamp?, forSpace: Bool)
    }

    /// Why something stays, in the words that people read.
    public enum Reason: String, CaseIterable, Codable, Hashable, Sendable {
        case receiving = "objects still come"
        case work = "a worker has yet to do it"
        case setAside = "an object with other bytes is set aside"
        case undelivered = "a document waits for its destination"
        case refused = "a destination refused a document, and nobody decided about it"
        case failed = "it failed, and nobody decided about it"
        /// Nobody but this store has its results, so nothing but a number of days says when they are no longer wanted.
        case sentNowhere = "its results went nowhere, and no number of days is set"
    }

    public func fate(of part: StudyPart, _ study: KeptStudy) -> Fate {
        if let reason = reason(toKeep: part, study) { return .stays(reason) }
        let days = part == .sources ? sourceDays : resultDays
        let end = days.map { study.since.adding(milliseconds: Int64($0) * Self.day) }
        if study.isDelivered { return .mayGo(from: end, forSpace: true) }
        return end.map { .mayGo(from: $0, forSpace: false) } ?? .stays(.sentNowhere)
    }

    private func reason(toKeep part: StudyPart, _ study: KeptStudy) -> Reason? {
        switch study.state {
        case .receiving: return .receiving
        case .waiting: return .work
        // What the operator gave up waits for nobody.
        case .failed where study.job != .dropped: return .failed
        case .failed, .analysed, .reported, .notAnalysable: break
        }
        if study.hasOpenJob { return .work }
        if study.setAside > 0 { return .setAside }
        if study.deliveries.waiting > 0 || study.deliveries.current.waiting > 0 { return .undelivered }
        // A refused document can still be sent without the images that it was made from.
        let refused = part == .sources ? study.deliveries.currentRefused : study.deliveries.refused
        return refused > 0 ? .refused : nil
    }

    /// Milliseconds.
    static let day: Int64 = 86_400_000
}

/// Why something was removed.
public enum RemovalCause: String, CaseIterable, Codable, Hashable, Sendable {
    /// Its days were over.
    case age
    /// Space was wanted.
    case space
}

extension RemovalCause: CustomStringConvertible {
    public var description: String {
        switch self {
        case .age: "its days were over"
        case .space: "space was wanted"
        }
    }
}

extension RetentionRules {
    /// Why a part of a study goes now; nil where it stays.
    /// - Parameter wanted: for which reason things are looked for.
    public func removal(
        of part: StudyPart, _ study: KeptStudy, for wanted: RemovalCause, at now: Timestamp
    ) -> RemovalCause? {
        guard case .mayGo(let end, let forSpace) = fate(of: part, study) else { return nil }
        return switch wanted {
        case .age: end.map { $0 <= now } ?? false ? .age : nil
        case .space: forSpace ? .space : nil
        }
    }

    /// Nothing whose last object came later than this can have had its days; nil where no number of days is set.
    public func latestArrival(of part: StudyPart, at now: Timestamp) -> Timestamp? {
        let days = part == .sources ? sourceDays : resultDays
        return days.map { now.adding(milliseconds: -Int64($0) * Self.day) }
    }
}
