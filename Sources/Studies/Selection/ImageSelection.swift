public import DICOMCore
import Workflow

/// Which of a study's images are analysed, and why the others are not (method §7). Pure: it sees headers only.
public struct ImageSelection: Sendable {
    /// Frontal radiographs, in order of series and instance number.
    public var radiographs: [ImageHeader]
    /// At most one axial series; its slices are not in the order of geometry yet.
    public var ct: [ImageHeader]
    public var notChosen: [NotChosen]

    public struct NotChosen: Sendable {
        public var header: ImageHeader
        public var reason: NotChosenReason
    }

    public var isEmpty: Bool { radiographs.isEmpty && ct.isEmpty }

    /// - Parameter ownDeviceUID: Device UID of this installation, whose objects are never analysed.
    public init(of headers: [ImageHeader], ownDeviceUID: UID? = nil) {
        var pool = Pool(headers.sorted(by: Self.inSeriesOrder))
        pool.dropRepeats()
        pool.drop { $0.provenance(ownDeviceUID: ownDeviceUID).isOurs ? .madeByHilum : nil }
        pool.drop { $0.imageKind == nil ? .kindOfObject($0.modality) : nil }
        pool.drop { $0.hasPixels && $0.rows > 0 && $0.columns > 0 ? nil : .noPixels }
        let hasOriginals = pool.remaining.contains { $0.imageKind != .secondaryCapture }
        pool.drop { hasOriginals && $0.imageKind == .secondaryCapture ? .secondaryCapture : nil }
        var projections = pool.split { $0.imageKind != .ct }
        RadiographRules.apply(to: &projections)
        CTRules.apply(to: &pool)
        radiographs = projections.remaining
        ct = pool.remaining
        notChosen = (projections.dropped + pool.dropped).sorted { Self.inSeriesOrder($0.header, $1.header) }
    }

    static func inSeriesOrder(_ left: ImageHeader, _ right: ImageHeader) -> Bool {
        let key = { (header: ImageHeader) in
            (header.seriesNumber ?? .max, header.seriesInstanceUID, header.instanceNumber ?? .max)
        }
        if key(left) != key(right) { return key(left) < key(right) }
        return left.sopInstanceUID < right.sopInstanceUID
    }
}

extension ImageSelection {
    /// Headers still in question, and those that dropped out with their reasons.
    struct Pool {
        private(set) var remaining: [ImageHeader]
        private(set) var dropped: [NotChosen] = []

        init(_ headers: [ImageHeader]) {
            remaining = headers
        }

        /// Drops the headers for which `reason` has an answer.
        mutating func drop(_ reason: (ImageHeader) -> NotChosenReason?) {
            var kept: [ImageHeader] = []
            for header in remaining {
                if let why = reason(header) {
                    dropped.append(NotChosen(header: header, reason: why))
                } else {
                    kept.append(header)
                }
            }
            remaining = kept
        }

        /// The same object may lie in two files.
        mutating func dropRepeats() {
            var seen: Set<UID> = []
            drop { seen.insert($0.sopInstanceUID).inserted ? nil : .repeated }
        }

        /// Takes the headers that `belongs` names into a pool of their own.
        mutating func split(_ belongs: (ImageHeader) -> Bool) -> Pool {
            let taken = Pool(remaining.filter(belongs))
            remaining.removeAll(where: belongs)
            return taken
        }
    }
}
