public import Foundation

/// What is taken from a manifest.
public struct ManifestChoice: Sendable, Equatable {
    /// In the order of the network's outputs; nil: all that the splits hold, sorted.
    public var classes: [String]?
    /// Classes that count as another.
    public var merged: [String: String]
    /// Sources that are left out.
    public var excluded: Set<String>
    public var trainSplit = "train"
    public var validationSplit = "val"
    /// Masks are asked for, and classes are not looked at.
    public var wantsMasks = false

    public init(classes: [String]? = nil, merged: [String: String] = [:], excluded: Set<String> = []) {
        self.classes = classes
        self.merged = merged
        self.excluded = excluded
    }

    /// - Parameter words: `from=to`.
    /// - Throws: ``LearningError/setting(_:)``
    public static func merges(_ words: [String]) throws -> [String: String] {
        var merged: [String: String] = [:]
        for word in words where !word.isEmpty {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw LearningError.setting("--merge takes class=class, not '\(word)'")
            }
            merged[parts[0]] = parts[1]
        }
        return merged
    }
}

extension TrainingRows {
    /// The rows of a manifest's two splits.
    /// - Throws: ``LearningError/data(_:)`` with file and line for a class that is none of `choice.classes`, a missing
    ///   mask column, an unknown convention, a patient or group in both splits and an empty split;
    ///   ``LabelledManifest/Problem``.
    public init(manifest file: URL, choice: ManifestChoice) throws {
        let manifest = try LabelledManifest(contentsOf: file)
        let used = manifest.rows.filter {
            [choice.trainSplit, choice.validationSplit].contains($0.split)
                && !choice.excluded.contains($0.source)
        }
        let names = used.map { choice.merged[$0.name] ?? $0.name }
        let classes = choice.wantsMasks ? [] : choice.classes ?? Set(names).sorted()
        let numbers = Dictionary(classes.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var (train, validation) = ([TrainingRow](), [TrainingRow]())
        for (row, name) in zip(used, names) {
            let place = "\(file.path):\(row.line)"
            guard let label = choice.wantsMasks ? 0 : numbers[name] else {
                throw LearningError.data(
                    "\(place): the class \(name) is none of \(classes.joined(separator: ", ")); add it to --classes or "
                        + "count it as another with --merge \(name)=…")
            }
            let made = TrainingRow(
                path: row.path, label: label, source: row.source, group: row.group,
                maskPath: choice.wantsMasks ? try Self.maskPath(row, place) : nil,
                convention: choice.wantsMasks ? try Self.convention(row, place) : .heartLeftOut, place: place)
            if row.split == choice.trainSplit { train.append(made) } else { validation.append(made) }
        }
        let learned = Set(train.map(\.group))
        if let row = validation.first(where: { learned.contains($0.group) }) {
            throw LearningError.data(
                "\(row.place): \(row.group) is in the splits \(choice.trainSplit) and \(choice.validationSplit); what has been "
                    + "learned can't be judged by, give a patient or group one split")
        }
        try self.init(classes: classes, train: train, validation: validation, from: file.path)
    }

    private static func maskPath(_ row: LabelledManifest.Row, _ place: String) throws -> String {
        guard let path = row.maskPath else {
            throw LearningError.data("\(place): has no mask_path; segmentation is learned from images with masks")
        }
        return path
    }

    private static func convention(_ row: LabelledManifest.Row, _ place: String) throws -> LungConvention {
        guard let word = row.convention else { return .heartLeftOut }
        guard let convention = LungConvention(rawValue: word) else {
            let known = LungConvention.allCases.map(\.rawValue).joined(separator: " or ")
            throw LearningError.data("\(place): the convention is \(word), which has to be \(known)")
        }
        return convention
    }
}
