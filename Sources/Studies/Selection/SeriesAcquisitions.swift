import DICOM
import DICOMCore

/// The acquisitions of one CT series (method §8). Those that follow each other along the patient are parts of one look;
/// one that lies where a larger one does is a second look, whose slices would alternate with the first's.
struct SeriesAcquisitions {
    /// Slices of second looks.
    let repeats: Set<UID>

    /// What tells acquisitions apart; instance numbers don't, since they may start again or go on.
    private struct Key: Hashable, Comparable {
        let number: Int
        let events: [String]
        let moment: String

        init(_ acquisition: ImageHeader.Acquisition) {
            number = acquisition.number ?? 0
            events = acquisition.eventUIDs.map(\.string)
            // A moment alone may be each slice's own.
            moment = acquisition.number == nil && events.isEmpty ? acquisition.moment : ""
        }

        static func < (left: Key, right: Key) -> Bool {
            (left.number, left.moment, left.events.joined()) < (right.number, right.moment, right.events.joined())
        }
    }

    private struct Look {
        let key: Key
        let slices: [UID]
        let stretch: ClosedRange<Double>
    }

    /// Share of the shorter stretch from which on two looks lie at one place.
    private static let overlap = 0.5

    /// - Parameter headers: of one series, all of one orientation.
    init(_ headers: [ImageHeader]) {
        let placed = headers.compactMap { header in
            header.frames > 1 ? nil : header.slice?.plane.map { (header, $0.offset) }
        }
        let looks = Dictionary(grouping: placed) { Key($0.0.acquisition) }.compactMap { key, members -> Look? in
            let offsets = members.map(\.1)
            guard let low = offsets.min(), let high = offsets.max() else { return nil }
            return Look(key: key, slices: members.map(\.0.sopInstanceUID), stretch: low...high)
        }
        var kept: [Look] = []
        var repeats: Set<UID> = []
        for look in looks.sorted(by: { ($1.slices.count, $0.key) < ($0.slices.count, $1.key) }) {
            if kept.contains(where: { Self.liesAtOnePlace($0.stretch, look.stretch) }) {
                repeats.formUnion(look.slices)
            } else {
                kept.append(look)
            }
        }
        self.repeats = repeats
    }

    private static func liesAtOnePlace(_ longer: ClosedRange<Double>, _ other: ClosedRange<Double>) -> Bool {
        let shared = min(longer.upperBound, other.upperBound) - max(longer.lowerBound, other.lowerBound)
        let length = other.upperBound - other.lowerBound
        // Single slices at one place are doubles, which the geometry leaves out.
        guard longer.upperBound > longer.lowerBound else { return false }
        return length > 0 ? shared > overlap * min(length, longer.upperBound - longer.lowerBound) : shared >= 0
    }
}
