import DICOMCore
import Diagnosis

/// The choice among CT images (method §7): one axial series of at least 8 slices, thinnest first, lung kernel
/// preferred, no localizers, no reformats.
enum CTRules {
    static let leastSlices = 8

    static func apply(to pool: inout ImageSelection.Pool) {
        pool.drop { isLocalizer($0) ? .localizer : isReformat($0) ? .reformat : nil }
        pool.drop(reasonOfGeometry)
        let kept = largestStacks(pool.remaining)
        pool.drop { kept.contains($0.sopInstanceUID) ? nil : .otherStack }
        let repeats = Dictionary(grouping: pool.remaining, by: \.seriesInstanceUID).values
            .reduce(into: Set<UID>()) { $0.formUnion(SeriesAcquisitions($1).repeats) }
        pool.drop { repeats.contains($0.sopInstanceUID) ? .otherAcquisition : nil }

        let series = Dictionary(grouping: pool.remaining, by: \.seriesInstanceUID).values.map(Series.init)
        let sizes = Dictionary(uniqueKeysWithValues: series.map { ($0.uid, $0.sliceCount) })
        pool.drop { header in
            let count = sizes[header.seriesInstanceUID, default: 0]
            return count < leastSlices ? .tooFewSlices(count) : nil
        }
        guard let best = series.filter({ $0.sliceCount >= leastSlices }).min(by: Series.isBetter) else { return }
        let others = Dictionary(uniqueKeysWithValues: series.map { ($0.uid, $0.reason(besides: best)) })
        pool.drop { $0.seriesInstanceUID == best.uid ? nil : others[$0.seriesInstanceUID] ?? .otherSeries }
    }

    static func isLocalizer(_ header: ImageHeader) -> Bool {
        header.imageType.contains { $0 == "LOCALIZER" || $0 == "SCOUT" || $0 == "TOPOGRAM" }
    }

    static func isReformat(_ header: ImageHeader) -> Bool {
        let words = header.imageType.dropFirst(2)
        return words.contains { word in
            word.contains("REFORMAT") || word.contains("MPR") || word.contains("PROJECTION")
                || ["MIP", "MAX_IP", "MIN_IP", "MAXIMUM", "MINIMUM", "RESAMPLED", "SCREEN SAVE"].contains(word)
        }
    }

    private static func reasonOfGeometry(_ header: ImageHeader) -> NotChosenReason? {
        guard let slice = header.slice, slice.orientation.count == 6, slice.position.count == 3 else {
            return .noPosition
        }
        return isAxial(slice.orientation) ? nil : .notAxial
    }

    /// The normal of the image plane leans at most 32° from the patient's long axis: a tilted gantry stays axial.
    static func isAxial(_ orientation: [Double]) -> Bool {
        guard orientation.count == 6 else { return false }
        let normalZ = orientation[0] * orientation[4] - orientation[1] * orientation[3]
        return abs(normalZ) >= 0.85
    }

    /// A series may hold a stray stack (other matrix, other orientation): its largest one stands for it.
    private static func largestStacks(_ headers: [ImageHeader]) -> Set<UID> {
        var kept: Set<UID> = []
        for series in Dictionary(grouping: headers, by: \.seriesInstanceUID).values {
            let stacks = Dictionary(grouping: series, by: Stack.init)
            let best = stacks.max { left, right in
                let (a, b) = (Series.sliceCount(left.value), Series.sliceCount(right.value))
                return (a, right.key.name) < (b, left.key.name)
            }
            kept.formUnion((best?.value ?? []).map(\.sopInstanceUID))
        }
        return kept
    }

    /// Slices that lie on one another: same matrix, same direction.
    private struct Stack: Hashable {
        let name: String

        init(_ header: ImageHeader) {
            let directions = (header.slice?.orientation ?? []).map { String(Int(($0 * 100).rounded())) }
            name = "\(header.rows) \(header.columns) " + directions.joined(separator: " ")
        }
    }
}

extension CTRules {
    /// What series are compared by.
    struct Series {
        let uid: UID
        let number: Int
        let sliceCount: Int
        /// mm, in tenths; unknown comes last.
        let thickness: Int
        let hasLungKernel: Bool
        /// A body part other than the chest that the series states.
        let otherBodyPart: String?

        init(_ headers: [ImageHeader]) {
            let first = headers[0]
            uid = first.seriesInstanceUID
            number = first.seriesNumber ?? .max
            sliceCount = Self.sliceCount(headers)
            let millimetres = first.slice?.thickness ?? .infinity
            thickness = (0..<1000).contains(millimetres) ? Int((millimetres * 10).rounded()) : .max
            hasLungKernel =
                LungKernel.isOne(first.slice?.kernel ?? "") || LungKernel.isNamed(in: first.seriesDescription)
            otherBodyPart = first.stated.bodyPart.flatMap { BodyPart.mayHoldLungs($0) ? nil : $0 }
        }

        static func sliceCount(_ headers: [ImageHeader]) -> Int {
            headers.reduce(0) { $0 + max(1, $1.frames) }
        }

        static func isBetter(_ left: Series, _ right: Series) -> Bool {
            let key = { (series: Series) in
                (series.otherBodyPart == nil ? 0 : 1, series.thickness, series.hasLungKernel ? 0 : 1)
            }
            if key(left) != key(right) { return key(left) < key(right) }
            return (-left.sliceCount, left.number, left.uid) < (-right.sliceCount, right.number, right.uid)
        }

        func reason(besides best: Series) -> NotChosenReason {
            if let part = otherBodyPart, best.otherBodyPart == nil { return .otherBodyPart(part) }
            if thickness > best.thickness { return .thickerSlices }
            if best.hasLungKernel, !hasLungKernel { return .otherKernel }
            return .otherSeries
        }
    }
}

/// Body Part Examined (0018,0015) as far as series are ranked by it; what the bundle claims is the pipeline's matter.
enum BodyPart {
    static func mayHoldLungs(_ part: String) -> Bool {
        let part = part.uppercased()
        return part.isEmpty || ["CHEST", "THORAX", "LUNG", "WHOLEBODY", "TSPINE"].contains { part.contains($0) }
    }
}

/// Convolution kernels (0018,1210) that vendors make for lungs.
enum LungKernel {
    static func isOne(_ kernel: String) -> Bool {
        let name = kernel.uppercased().trimmingPrefix(while: { $0 == " " })
        if name.contains("LUNG") { return true }
        // Siemens: B60f … B80s, I70f, Bl57; Canon: FC50 … FC59; Philips: L.
        let digits = name.drop { $0.isLetter }.prefix { $0.isNumber }
        let letters = name.prefix { $0.isLetter }
        guard let number = Int(digits) else { return name == "L" }
        switch letters {
        case "B", "I": return (60...89).contains(number)
        case "BL": return true
        case "FC": return (50...59).contains(number)
        default: return false
        }
    }

    static func isNamed(in description: String) -> Bool {
        let words = description.uppercased().split { !$0.isLetter }
        return words.contains { $0.hasPrefix("LUNG") || $0.hasPrefix("PULM") || $0.hasPrefix("POUMON") }
    }
}
