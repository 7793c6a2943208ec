public import Foundation
import GRDB
public import Workflow

/// What a store holds by the studies that it belongs to, and what of it may go.
public struct StorageReport: Sendable {
    /// Studies in one state.
    public struct Standing: Hashable, Sendable {
        public var state: StudyState
        public var studies = 0
        public var sourceBytes: Int64 = 0
        public var resultBytes: Int64 = 0
        /// When the last object of the oldest of them came.
        public var oldest: Date?
    }

    /// One part of studies.
    public struct Outlook: Hashable, Sendable {
        public var part: StudyPart
        /// Whose days are over: it goes at the gateway's next look.
        public var expired = Amount()
        /// Goes when space is wanted, or when its days are over.
        public var forSpace = Amount()
        /// When the next days are over; nil where no number of days is set, or nothing has one.
        public var nextExpiry: Date?
        /// What stays, by why.
        public var staying: [RetentionRules.Reason: Amount] = [:]
        /// What stays until its days are over, space or not.
        public var forDaysOnly = Amount()
    }

    public struct Amount: Hashable, Sendable {
        public var studies = 0
        public var bytes: Int64 = 0

        mutating func add(_ bytes: Int64) {
            studies += 1
            self.bytes += bytes
        }
    }

    public var use: SpaceUse
    /// Those that keep anything.
    public var standings: [Standing]
    public var outlooks: [Outlook]
    /// Studies of which something was removed.
    public var removed: [StudyPart: Int]
    /// Kept one by one, and counted.
    public var events: (kept: Int, counted: Int)
    public var diskFree: Int64
    public var givesSpaceBack: Bool
}

extension Store {
    public func storageReport(_ rules: RetentionRules) throws -> StorageReport {
        let now = Timestamp(now())
        let kept = try look { try $0.keptStudies(where: "study.keeps_sources = 1 OR study.keeps_results = 1", []) }
        let counts = try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM event) AS events, (SELECT ifnull(sum(number), 0) FROM event_day) AS counted,
                        (SELECT count(*) FROM study WHERE sources_removed_at IS NOT NULL) AS sources,
                        (SELECT count(*) FROM study WHERE results_removed_at IS NOT NULL) AS results
                    """)
        }
        return StorageReport(
            use: try spaceUse(), standings: Self.standings(kept),
            outlooks: StudyPart.allCases.map { Self.outlook($0, kept, rules, now) },
            removed: [.sources: counts?["sources"] ?? 0, .results: counts?["results"] ?? 0],
            events: (counts?["events"] ?? 0, counts?["counted"] ?? 0),
            diskFree: try files.freeBytes(layout.root), givesSpaceBack: try givesSpaceBack())
    }

    private static func standings(_ kept: [KeptRow]) -> [StorageReport.Standing] {
        StudyState.allCases.compactMap { state in
            let rows = kept.filter { $0.study.state == state }
            guard !rows.isEmpty else { return nil }
            return StorageReport.Standing(
                state: state, studies: rows.count, sourceBytes: rows.reduce(0) { $0 + $1.sources.bytes },
                resultBytes: rows.reduce(0) { $0 + $1.results.bytes },
                oldest: rows.map(\.lastArrival).min().map(Date.init(milliseconds:)))
        }
    }

    private static func outlook(
        _ part: StudyPart, _ kept: [KeptRow], _ rules: RetentionRules, _ now: Timestamp
    ) -> StorageReport.Outlook {
        var outlook = StorageReport.Outlook(part: part)
        for row in kept {
            let amount = part == .sources ? row.sources : row.results
            guard amount.files > 0 else { continue }
            switch rules.fate(of: part, row.study) {
            case .stays(let reason): outlook.staying[reason, default: StorageReport.Amount()].add(amount.bytes)
            case .mayGo(let end?, _) where end <= now: outlook.expired.add(amount.bytes)
            case .mayGo(let end, let forSpace):
                if forSpace { outlook.forSpace.add(amount.bytes) } else { outlook.forDaysOnly.add(amount.bytes) }
                if let end = end.map({ Date(milliseconds: $0.milliseconds) }) {
                    outlook.nextExpiry = min(outlook.nextExpiry ?? end, end)
                }
            }
        }
        return outlook
    }
}
