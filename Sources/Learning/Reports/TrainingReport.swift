import Foundation

/// One page about a training run: loss and validation against steps, as Fig. 7 of the paper, with rate and pace.
public struct TrainingReport: Sendable {
    public let history: TrainingHistory
    public var title: String
    /// What was trained, with which settings.
    public var subtitle: String

    public init(_ history: TrainingHistory, title: String = "Training", subtitle: String = "") {
        self.history = history
        self.title = title
        self.subtitle = subtitle
    }

    /// More points than this are drawn as means of neighbours.
    private static let mostPoints = 400

    /// Measures of validations (all but the loss) above the losses: one picture.
    public var curves: Figure {
        let parts = [measures, losses]
        var figure = Figure(
            width: CurvesFigure.size.width, height: CurvesFigure.size.height * Double(parts.count) + 8, title: title)
        for (place, part) in parts.enumerated() {
            figure.place(part, x: 0, y: Double(place) * (CurvesFigure.size.height + 8))
        }
        return figure
    }

    /// A page that stands alone.
    public var html: String {
        HTML.page(
            title, subtitle: subtitle,
            [
                HTML.section("Validation and loss", HTML.figures([measures, losses])),
                HTML.section("Rate and pace", HTML.figures([rates, pace])),
                HTML.section("Validations", HTML.table(["step"] + names.map(Self.readable), rows)),
            ])
    }

    /// Validations' measures, `loss` last.
    private var names: [String] {
        let all = Set(history.validations.flatMap(\.values.keys))
        return all.subtracting(["loss"]).sorted() + (all.contains("loss") ? ["loss"] : [])
    }

    private var measures: Figure {
        CurvesFigure(
            title: "Validation", xName: "step", yName: "measure",
            curves: names.filter { $0 != "loss" }.enumerated().map { place, name in
                curve(name, isDashed: place % 2 == 1)
            },
            least: 0, most: 1, marks: sides, xRange: range
        ).figure
    }

    private var losses: Figure {
        let raw = history.steps.map { (x: Double($0.step), y: $0.loss) }
        let training =
            raw.count > 40
            ? [
                .init(name: "training", points: Self.smoothed(raw)),
                CurvesFigure.Curve(name: "every line", points: Self.thinned(raw), isFaint: true),
            ] : [CurvesFigure.Curve(name: "training", points: raw)]
        return CurvesFigure(
            title: "Loss", xName: "step", yName: "loss", curves: training + [curve("loss", as: "validation")], least: 0,
            marks: sides, xRange: range
        ).figure
    }

    private var rates: Figure {
        let points = history.steps.compactMap { step in step.rate.map { (x: Double(step.step), y: $0) } }
        return CurvesFigure(
            title: "Rate", xName: "step", yName: "rate", curves: [.init(name: "rate", points: Self.thinned(points))],
            least: 0, xRange: range
        ).figure
    }

    private var pace: Figure {
        let points = history.steps.compactMap { step in
            step.imagesPerSecond.map { (x: Double(step.step), y: $0) }
        }
        return CurvesFigure(
            title: "Pace", xName: "step", yName: "images per second",
            curves: [.init(name: "images/s", points: Self.thinned(points))], least: 0, marks: sides, xRange: range
        ).figure
    }

    private func curve(_ name: String, as title: String? = nil, isDashed: Bool = false) -> CurvesFigure.Curve {
        CurvesFigure.Curve(
            name: title ?? Self.readable(name),
            points: history.validations.compactMap { one in one.values[name].map { (Double(one.step), $0) } },
            isDashed: isDashed, isDotted: true)
    }

    /// All figures have one horizontal axis.
    private var range: ClosedRange<Double> {
        Axes.range(of: (history.steps.map(\.step) + history.validations.map(\.step)).map(Double.init), from: 0)
    }

    /// Where the images' side changes.
    private var sides: [(x: Double, name: String)] {
        var marks: [(x: Double, name: String)] = []
        var last: Int?
        for step in history.steps {
            if let side = step.side, side != last { marks.append((Double(step.step), "\(side)²")) }
            last = step.side ?? last
        }
        return marks.count > 1 ? marks : []
    }

    private var rows: [[String]] {
        history.validations.map { one in ["\(one.step)"] + names.map { Numbers.share(one.values[$0]) } }
    }

    /// `macroF1` → `macro F1`, `iou.right` and `iouRight` → `IoU right`.
    static func readable(_ name: String) -> String {
        var words: [String] = []
        for part in name.split(separator: ".") {
            var word = ""
            for character in part {
                if character.isUppercase, word.last?.isLowercase == true {
                    words.append(word)
                    word = ""
                }
                word.append(character)
            }
            words.append(word)
        }
        return words.map { word in
            word.lowercased() == "iou" ? "IoU" : word.first == "F" ? word : word.lowercased()
        }.joined(separator: " ")
    }

    /// The mean of some neighbours on each side: a fortieth of all points.
    private static func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let reach = max(1, points.count / 40)
        var sums = [0.0]
        for point in points { sums.append(sums[sums.count - 1] + point.y) }
        return thinned(
            points.indices.map { index in
                let (low, high) = (max(0, index - reach), min(points.count, index + reach + 1))
                return (points[index].x, (sums[high] - sums[low]) / Double(high - low))
            })
    }

    private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let width = (points.count + mostPoints - 1) / mostPoints
        guard width > 1 else { return points }
        return stride(from: 0, to: points.count, by: width).map { start in
            let some = points[start..<min(points.count, start + width)]
            let count = Double(some.count)
            return (some.reduce(0) { $0 + $1.x } / count, some.reduce(0) { $0 + $1.y } / count)
        }
    }
}
