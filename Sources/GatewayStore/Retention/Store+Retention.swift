import Foundation
import GRDB
public import Workflow

extension Store {
    /// So many studies are looked at together, and so many files go in one transaction, for which modalities may wait.
    private static let page = 64
    private static let filesAtOnce = 500

    /// Removes a part of studies, those first whose last object came first, until there are no more that may go or the
    /// bytes that were wanted are free. What must not go does not, however much is wanted.
    /// - Parameters:
    ///   - cause: `age` takes what has had its days, `space` what may go before.
    ///   - bytes: enough; nil: no end.
    ///   - goesOn: asked between transactions.
    @discardableResult
    public func remove(
        _ part: StudyPart, by rules: RetentionRules, for cause: RemovalCause, bytes: Int64? = nil,
        while goesOn: () -> Bool = { true }
    ) throws -> RemovalCount {
        var count = RemovalCount()
        var last = (arrival: Int64.min, id: Int64.min)
        while goesOn(), count.bytes < bytes ?? .max {
            let (page, going) = try look { lives in
                let latest =
                    cause == .age ? rules.latestArrival(of: part, at: lives.now)?.milliseconds ?? .min : Int64.max
                let page = try lives.keptStudies(
                    where: """
                        study.keeps_\(part.rawValue) = 1 AND (study.last_arrival, study.id) > (?, ?)
                            AND study.last_arrival <= ?
                        """, [last.arrival, last.id, latest],
                    order: "ORDER BY study.last_arrival, study.id LIMIT \(Self.page)")
                return (page, page.filter { rules.removal(of: part, $0.study, for: cause, at: lives.now) != nil })
            }
            guard let end = page.last else { break }
            last = (end.lastArrival, end.id)
            count += try remove(part, of: going, rules, cause, atMost: (bytes ?? .max) - count.bytes, goesOn)
        }
        return count
    }

    private func remove(
        _ part: StudyPart, of studies: [KeptRow], _ rules: RetentionRules, _ cause: RemovalCause, atMost bytes: Int64,
        _ goesOn: () -> Bool
    ) throws -> RemovalCount {
        var count = RemovalCount()
        var rest = studies[...]
        while !rest.isEmpty, count.bytes < bytes, goesOn() {
            let former = count
            let (done, chunk) = try live { lives in
                var (done, taken) = (RemovalCount(), 0)
                for study in rest {
                    done += try lives.remove(part, of: study.id, rules, for: cause)
                    taken += 1
                    if done.files >= Self.filesAtOnce || former.bytes + done.bytes >= bytes { break }
                }
                return (done, taken)
            }
            count += done
            rest = rest.dropFirst(chunk)
            try finishRemovals()
        }
        return count
    }

    /// Removes the files of which rows say that they were removed, and forgets them once that is on the disk. Until then a
    /// process may die at any point: the next one goes on here.
    /// - Returns: how many went.
    @discardableResult
    public func finishRemovals() throws -> Int {
        var (count, last) = (0, "")
        var failure: (any Error)?
        while true {
            let paths = try read {
                try String.fetchAll(
                    $0, sql: "SELECT path FROM removal WHERE path > ? ORDER BY path LIMIT ?",
                    arguments: [last, Self.filesAtOnce])
            }
            guard let end = paths.last else { break }
            last = end
            // One that can't go must not keep the others.
            var gone: [String] = []
            for (folder, paths) in Dictionary(grouping: paths, by: SpoolLayout.folder) {
                do {
                    for path in paths { try files.remove(layout.absolute(path)) }
                    try syncAfterRemoval(folder)
                    gone += paths
                } catch {
                    failure = error
                }
            }
            try write { database in
                let statement = try database.cachedStatement(sql: "DELETE FROM removal WHERE path = ?")
                for path in gone { try statement.execute(arguments: [path]) }
            }
            count += gone.count
        }
        if let failure { throw failure }
        return count
    }

    private func syncAfterRemoval(_ folder: String) throws {
        let path = layout.absolute(folder)
        guard FileManager.default.fileExists(atPath: path) else { return }
        try files.syncFolder(path)
        // A day's folder is written to on its day; the clock may be off by another.
        let oldest = SpoolLayout.day(of: now().addingTimeInterval(-2 * 86_400))
        if let day = folder.split(separator: "/").last, day < oldest { rmdir(path) }
    }
}
