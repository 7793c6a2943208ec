public import Foundation

/// A training run's losses and validations, as its history file holds them: one JSON object a line,
///
///     {"step":10,"side":128,"loss":1.03,"rate":0.008,"imagesPerSecond":41.5}
///     {"step":200,"validation":{"loss":0.98,"accuracy":0.61,"macroF1":0.6}}
///
/// A validation's numbers are whatever the task measures; objects in it (`{"iou":{"right":…}}`) are taken apart.
public struct TrainingHistory: Hashable, Sendable {
    /// Where the run stood.
    public struct Step: Hashable, Sendable {
        public var step: Int
        /// Pixels of the images' sides.
        public var side: Int?
        /// Mean since the last one.
        public var loss: Double
        public var rate: Double?
        public var imagesPerSecond: Double?
    }

    /// A look at images that are not learned from.
    public struct Validation: Hashable, Sendable {
        public var step: Int
        /// By name: `loss`, `accuracy`, `macroF1`, `iou.right`, ….
        public var values: [String: Double]
    }

    /// Why a history can't be read.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    public var steps: [Step]
    public var validations: [Validation]

    /// - Throws: ``Problem`` for a file that cannot be read, and for a line that is none of a history.
    public init(contentsOf file: URL) throws {
        guard let data = try? Data(contentsOf: file) else {
            throw Problem(description: "\(file.path): cannot be read, name the history of a training run")
        }
        try self.init(data, path: file.path)
    }

    /// A last line without its end is passed over: the run that writes it may be under way.
    /// - Parameter path: what messages name.
    public init(_ data: Data, path: String) throws {
        (steps, validations) = ([], [])
        let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { data.prefix(through: $0) } ?? Data()
        for (index, line) in whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            guard add(line) else {
                throw Problem(
                    description: "\(path):\(index + 1): is no line of a training run's history, name another file")
            }
        }
    }

    private struct Line: Decodable {
        var step: Int
        var side: Int?
        var loss: Double?
        var rate: Double?
        var imagesPerSecond: Double?
        var validation: [String: Number]?
    }

    /// A number, or numbers by name.
    private enum Number: Decodable {
        case one(Double)
        case several([String: Double])
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Double.self) {
                self = .one(value)
            } else if let values = try? container.decode([String: Double].self) {
                self = .several(values)
            } else {
                self = .other
            }
        }
    }

    private mutating func add(_ line: Data) -> Bool {
        guard let line = try? JSONDecoder().decode(Line.self, from: line) else { return false }
        if let validation = line.validation {
            var values: [String: Double] = [:]
            for (name, number) in validation {
                switch number {
                case .one(let value): values[name] = value
                case .several(let parts): for (part, value) in parts { values[name + "." + part] = value }
                case .other: break
                }
            }
            validations.append(Validation(step: line.step, values: values))
        }
        if let loss = line.loss {
            steps.append(
                Step(
                    step: line.step, side: line.side, loss: loss, rate: line.rate,
                    imagesPerSecond: line.imagesPerSecond))
        }
        return line.loss != nil || line.validation != nil
    }
}
