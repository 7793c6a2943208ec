import DICOMCore
import Diagnosis

/// The choice among projection radiographs (method §7): frontal views, one per exposure.
enum RadiographRules {
    static func apply(to pool: inout ImageSelection.Pool) {
        pool.drop { header in
            guard let view = header.stated.view, !isFrontal(view) else { return nil }
            return .view(view)
        }
        pool.drop { $0.frames > 1 ? .severalFrames($0.frames) : nil }
        let best = bestOfEachAcquisition(pool.remaining)
        pool.drop { best.contains($0.sopInstanceUID) ? nil : .sameAcquisition }
    }

    /// `PA`, `AP`, and longer forms that contain one of them as a word (`AP SUPINE`, `PA_ERECT`).
    static func isFrontal(_ view: String) -> Bool {
        let words = view.uppercased().split { !$0.isLetter }
        return words.isEmpty || words.contains("PA") || words.contains("AP")
    }

    /// SOP Instance UIDs of the images to take.
    private static func bestOfEachAcquisition(_ headers: [ImageHeader]) -> Set<UID> {
        var groups = DisjointGroups(count: headers.count)
        var first: [String: Int] = [:]
        for (index, header) in headers.enumerated() {
            for key in keys(of: header) {
                if let other = first[key] { groups.join(index, other) } else { first[key] = index }
            }
        }
        var best: [Int: Int] = [:]
        for index in headers.indices {
            let group = groups.root(of: index)
            guard let current = best[group] else {
                best[group] = index
                continue
            }
            if rank(headers[index]).lexicographicallyPrecedes(rank(headers[current])) { best[group] = index }
        }
        return Set(best.values.map { headers[$0].sopInstanceUID })
    }

    /// What makes another image of the same exposure the better one, weightiest first.
    private static func rank(_ header: ImageHeader) -> [Int] {
        [isPartOfDualEnergy(header), header.acquisition.isForProcessing, header.imageType.first == "DERIVED"]
            .map { $0 ? 1 : 0 }
    }

    /// Whether an image shows bones or soft tissue alone. Image Type seldom says so; descriptions do.
    private static func isPartOfDualEnergy(_ header: ImageHeader) -> Bool {
        let said = ([header.acquisition.derivation, header.seriesDescription.uppercased()] + header.imageType)
            .joined(separator: " ")
        return ["BONE", "SOFT", "SUBTRACT", "ENERGY", "KNOCHEN", "WEICHTEIL"].contains { said.contains($0) }
    }

    /// Two images with a key in common come from one exposure.
    private static func keys(of header: ImageHeader) -> [String] {
        let acquisition = header.acquisition
        var keys = acquisition.eventUIDs.map { "event \($0)" }
        keys += ([header.sopInstanceUID] + acquisition.sourceUIDs).map { "image \($0)" }
        if !acquisition.moment.isEmpty {
            keys.append("moment \(acquisition.moment) \(header.stated.view ?? "")")
        }
        return keys
    }
}

/// Union-find over 0..<count.
struct DisjointGroups {
    private var parent: [Int]

    init(count: Int) {
        parent = Array(0..<count)
    }

    mutating func root(of index: Int) -> Int {
        var index = index
        while parent[index] != index {
            parent[index] = parent[parent[index]]
            index = parent[index]
        }
        return index
    }

    mutating func join(_ left: Int, _ right: Int) {
        let (left, right) = (root(of: left), root(of: right))
        parent[max(left, right)] = min(left, right)
    }
}
