/// How often a bundle's classes were right on its test images, which nothing was fitted to: what its card says, for reports
/// to say.
public struct TestRecord: Codable, Hashable, Sendable {
    public var images: Int
    /// Share that was right, and its 95 % interval.
    public var accuracy: Double
    public var interval: ClosedRange<Double>
    /// In the order of the classes: of the images that were called so, the share that was.
    public var precision: [Double]

    public init(images: Int, accuracy: Double, interval: ClosedRange<Double>, precision: [Double]) {
        (self.images, self.accuracy, self.interval, self.precision) = (images, accuracy, interval, precision)
    }

    /// What it says of one answer.
    /// - Parameter classes: in the order of the precisions.
    func said(of outcome: Outcome, among classes: [FindingClass]) -> ClassRecord? {
        guard case .classified(let name) = outcome, let index = classes.firstIndex(of: name) else { return nil }
        return ClassRecord(images: images, accuracy: accuracy, interval: interval, precision: precision[index])
    }
}

/// A ``TestRecord``, of one class.
public struct ClassRecord: Codable, Hashable, Sendable {
    public var images: Int
    public var accuracy: Double
    public var interval: ClosedRange<Double>
    public var precision: Double

    public init(images: Int, accuracy: Double, interval: ClosedRange<Double>, precision: Double) {
        (self.images, self.accuracy, self.interval, self.precision) = (images, accuracy, interval, precision)
    }
}

extension TestRecord {
    /// - Parameter classes: how many there are.
    init(_ section: StrictMapping, classes: Int) throws {
        images = try section.integer("images", in: 1...10_000_000)
        accuracy = try section.number("accuracy", in: 0...1)
        interval = try section.interval("interval", in: 0...1)
        guard interval.contains(accuracy) else { throw section.problem("interval", "must hold the accuracy") }
        precision = try section.numbers("precision", count: classes, in: 0...1)
        try section.finish()
    }
}
