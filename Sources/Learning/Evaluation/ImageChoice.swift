import Foundation

/// Which images of a manifest are evaluated.
public struct ImageChoice: Sendable {
    /// Named sets that are not a matter of split and source alone.
    public enum Composition: String, CaseIterable, Sendable {
        /// The paper's: the COVID-19 Radiography Database, each class from the part of it that holds it.
        case paper

        /// Sources and the classes that are taken from them, in the method's names.
        var parts: [String: Set<String>] {
            switch self {
            case .paper:
                ["radiodb": ["normal", "covid19"], "radiodb_vp": ["viral_pneumonia"], "radiodb_lo": ["lung_opacity"]]
            }
        }
    }

    public var split: String
    /// Empty: all.
    public var sources: Set<String>
    public var composition: Composition?
    /// At most so many, evenly spread over the manifest's order; nil: all.
    public var limit: Int?

    public init(
        split: String, sources: Set<String> = [], composition: Composition? = nil, limit: Int? = nil
    ) {
        self.split = split
        self.sources = sources
        self.composition = composition
        self.limit = limit
    }

    /// Bacterial pneumonia is an opacity that is neither viral nor COVID-19; the method has no class of its own for it.
    /// The others are COVID-CT's names.
    public static let merged = [
        "bacterial_pneumonia": "lung_opacity", "covid": "covid19", "noncovid": "non_covid",
    ]

    /// - Throws: ``LabelledManifest/Problem`` when nothing is left.
    public func rows(of manifest: LabelledManifest) throws -> [LabelledManifest.Row] {
        let known = Set(manifest.rows.map(\.source))
        if let unknown = sources.subtracting(known).min() {
            throw LabelledManifest.Problem(
                description:
                    "\(manifest.file.path): has no source \(unknown), only \(known.sorted().joined(separator: ", "))")
        }
        let all = manifest.rows.map { row in
            var row = row
            row.name = Self.merged[row.name] ?? row.name
            return row
        }
        .filter { row in
            row.split == split && (sources.isEmpty || sources.contains(row.source))
                && composition.map { $0.parts[row.source]?.contains(row.name) ?? false } ?? true
        }
        guard !all.isEmpty else {
            throw LabelledManifest.Problem(
                description:
                    "\(manifest.file.path): has no such images in the split \(split), name another split or source")
        }
        return limit.map { all.thinned(to: $0) } ?? all
    }
}

extension [LabelledManifest.Row] {
    /// At least one and at most so many, evenly spread.
    func thinned(to most: Int) -> [Element] {
        let count = Swift.min(Swift.max(1, most), self.count)
        return (0..<count).map { self[(2 * $0 + 1) * self.count / (2 * count)] }
    }

    /// At most so many of each class, evenly spread.
    public func spread(perClass most: Int) -> [Element] {
        let groups = Dictionary(grouping: self, by: \.name)
        return groups.keys.sorted().flatMap { (groups[$0] ?? []).thinned(to: most) }
    }
}
