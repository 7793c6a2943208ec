private import Foundation

/// The order of a series' slices in the patient, and what is irregular about them.
public struct SeriesGeometry: Equatable, Sendable {
    /// A frame to be ordered.
    public struct Slice: Equatable, Sendable {
        /// Nil when its object does not say where it lies.
        public var plane: SlicePlane?
        /// Instance Number (0020,0013), which orders slices that lie nowhere.
        public var instanceNumber: Int?
        public var isLocalizer: Bool

        public init(plane: SlicePlane?, instanceNumber: Int? = nil, isLocalizer: Bool = false) {
            self.plane = plane
            self.instanceNumber = instanceNumber
            self.isLocalizer = isLocalizer
        }
    }

    /// Why a slice is not part of the order.
    public enum Exclusion: Equatable, Sendable {
        case localizer
        /// No position, in a series whose other slices have one.
        case noPosition
        /// Its orientation is not that of most of the slices.
        case otherOrientation
        /// It lies where another one lies, which stays.
        case duplicate(of: Int)
    }

    /// Indices of the slices, from the lowest position along `normal` to the highest; by instance number when no slice
    /// has a position.
    public let order: [Int]
    public let excluded: [Int: Exclusion]
    /// Perpendicular to the slices; nil without positions.
    public let normal: PatientVector?
    /// Position of each slice of `order` along the normal, in millimetres.
    public let positions: [Double]
    /// Angle in degrees between the normal and the line on which the slices' first pixels lie; 0 without gantry tilt.
    public let tilt: Double

    /// Slices whose normals are within this angle have the same orientation.
    static let orientationTolerance = 1.0
    /// Slices closer than this, in millimetres, are one.
    static let duplicateTolerance = 0.01

    public init(_ slices: [Slice]) {
        var excluded: [Int: Exclusion] = [:]
        for (index, slice) in slices.enumerated() where slice.isLocalizer { excluded[index] = .localizer }
        let candidates = slices.indices.filter { excluded[$0] == nil }
        guard let normal = Self.commonNormal(candidates.compactMap { slices[$0].plane }) else {
            self.init(unplaced: candidates, slices, excluded)
            return
        }
        var placed: [(index: Int, position: Double)] = []
        for index in candidates {
            guard let plane = slices[index].plane else {
                excluded[index] = .noPosition
                continue
            }
            guard Self.angle(plane.normal, normal) <= Self.orientationTolerance else {
                excluded[index] = .otherOrientation
                continue
            }
            placed.append((index, plane.position.dot(normal)))
        }
        let key = { (slice: (index: Int, position: Double)) in
            (slice.position, slices[slice.index].instanceNumber ?? .max, slice.index)
        }
        placed.sort { key($0) < key($1) }
        placed = Self.withoutDuplicates(placed, &excluded)
        self.init(placed, slices, excluded, normal)
    }

    private init(unplaced: [Int], _ slices: [Slice], _ excluded: [Int: Exclusion]) {
        order = unplaced.sorted {
            (slices[$0].instanceNumber ?? .max, $0) < (slices[$1].instanceNumber ?? .max, $1)
        }
        self.excluded = excluded
        normal = nil
        positions = []
        tilt = 0
    }

    private init(
        _ placed: [(index: Int, position: Double)], _ slices: [Slice], _ excluded: [Int: Exclusion],
        _ normal: PatientVector
    ) {
        order = placed.map(\.index)
        self.excluded = excluded
        self.normal = normal
        positions = placed.map(\.position)
        tilt = Self.tilt(order.compactMap { slices[$0].plane?.position }, normal)
    }
}

extension SeriesGeometry {
    /// The normal that most planes share, pointing to the head, or where it has no such part, to the back or the left.
    private static func commonNormal(_ planes: [SlicePlane]) -> PatientVector? {
        let normals = planes.map(\.normal)
        let votes = normals.map { candidate in normals.count { angle($0, candidate) <= orientationTolerance } }
        guard let best = votes.indices.max(by: { votes[$0] < votes[$1] || (votes[$0] == votes[$1] && $0 > $1) }) else {
            return nil
        }
        let normal = normals[best]
        let leading = [normal.z, normal.y, normal.x].first { abs($0) > 0.1 } ?? 1
        return leading < 0 ? PatientVector(x: 0, y: 0, z: 0) - normal : normal
    }

    /// Between two lines without regard to their sense, in degrees.
    private static func angle(_ first: PatientVector, _ second: PatientVector) -> Double {
        degrees(arcCosine: min(1, abs(first.dot(second)) / (first.length * second.length)))
    }

    private static func withoutDuplicates(
        _ sorted: [(index: Int, position: Double)], _ excluded: inout [Int: Exclusion]
    ) -> [(index: Int, position: Double)] {
        var kept: [(index: Int, position: Double)] = []
        for slice in sorted {
            if let last = kept.last, slice.position - last.position < duplicateTolerance {
                excluded[slice.index] = .duplicate(of: last.index)
            } else {
                kept.append(slice)
            }
        }
        return kept
    }

    private static func tilt(_ positions: [PatientVector], _ normal: PatientVector) -> Double {
        guard let first = positions.first, let last = positions.last,
            let line = (last - first).unit
        else { return 0 }
        return degrees(arcCosine: min(1, abs(line.dot(normal))))
    }

    private static func degrees(arcCosine cosine: Double) -> Double { acos(cosine) * 180 / .pi }
}
