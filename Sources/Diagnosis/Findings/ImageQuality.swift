import Foundation
import Imaging

/// The technical quality of a radiograph: what was measured of it, and the word of PS3.16 CID 3114 that follows.
public struct ImageQuality: Codable, Hashable, Sendable {
    /// *Excellent* is not among them: nothing that is measured here stands for it.
    public enum Grade: String, Codable, CaseIterable, Sendable { case good, poor, unusable }

    /// Why it is not good.
    public enum Defect: String, Codable, CaseIterable, Sendable {
        case undecodable
        /// Part of it is noise, as a damaged stream leaves it.
        case torn
        case fewGreyLevels = "few_grey_levels"
        /// More of the lungs than usual lies at an end of the grey scale.
        case clipped
    }

    /// Nil where nothing is wrong and still something, as the lungs' shape, keeps from calling it good: a bad image and a bad
    /// lung look alike there.
    public var grade: Grade?
    public var defects: [Defect]
    /// Shannon's entropy of the grey levels in the lungs, in bits.
    public var greyLevelEntropy: Double?
    /// Share of the lungs' pixels that are black or white, 0…1.
    public var clippedShare: Double?

    /// What of a bundle's own radiographs the measures lie in.
    public struct Limits: Codable, Hashable, Sendable {
        public var minimumEntropy: Double
        public var maximumClipped: Double
    }

    /// What the lungs of an analysis image measure.
    struct Measures: Equatable {
        var entropy: Double
        var clipped: Double

        /// Nil without a pixel of lung.
        init?(_ image: GreyPlane, lungs: LabelPlane) {
            var counts = [Int](repeating: 0, count: 256)
            for (grey, label) in zip(image.pixels, lungs.pixels) where label != 0 { counts[Int(grey)] += 1 }
            let total = counts.reduce(0, +)
            guard total > 0 else { return nil }
            entropy = counts.reduce(0.0) { sum, count in
                let share = Double(count) / Double(total)
                return count == 0 ? sum : sum - share * log2(share)
            }
            clipped = Double(counts[0] + counts[255]) / Double(total)
        }
    }

    /// - Parameters:
    ///   - measures: nil where there were no lungs to measure in.
    ///   - reasons: why the finding is *review*.
    ///   - limits: nil where the bundle has none, and calls nothing good or poor.
    /// - Returns: nil where nothing is known.
    init?(_ measures: Measures?, reasons: [ReviewReason], limits: Limits?) {
        let broken: [Defect] =
            (reasons.contains(.undecodable) ? [.undecodable] : []) + (reasons.contains(.torn) ? [.torn] : [])
        guard measures != nil || !broken.isEmpty else { return nil }
        var defects = broken
        if let measures, let limits {
            if measures.entropy < limits.minimumEntropy { defects.append(.fewGreyLevels) }
            if measures.clipped > limits.maximumClipped { defects.append(.clipped) }
        }
        let doubts: Set<ReviewReason> = [.lungsNotFound, .lungsImplausible, .outOfDistribution]
        if !broken.isEmpty {
            grade = .unusable
        } else if !defects.isEmpty {
            grade = .poor
        } else {
            grade = limits != nil && doubts.isDisjoint(with: reasons) ? .good : nil
        }
        self.defects = defects
        greyLevelEntropy = measures?.entropy
        clippedShare = measures?.clipped
    }

    /// Every key is always there.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(grade, forKey: .grade)
        try container.encode(defects, forKey: .defects)
        try container.encode(greyLevelEntropy, forKey: .greyLevelEntropy)
        try container.encode(clippedShare, forKey: .clippedShare)
    }
}
