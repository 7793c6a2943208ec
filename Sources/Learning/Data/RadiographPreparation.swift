package import Diagnosis
public import Foundation
package import Imaging
package import NeuralNetworks

/// What a preparation tells while it goes on.
public enum PreparationStep: Sendable {
    case began(String, total: Int)
    case advanced
    case ended
}

/// Makes analysis images with their lungs of radiographs, as inference does, and keeps them in the work folder.
public struct RadiographPreparation: Sendable {
    /// Nil: the whole image counts as lung.
    let segmentation: (weights: NetworkWeights, digest: String, input: SegmentationInput)?
    let longSide: Int
    let border: WienerBorder

    /// - Parameter digest: of the weights.
    package init(
        segmentation: (weights: NetworkWeights, digest: String, input: SegmentationInput)?, longSide: Int,
        border: WienerBorder
    ) {
        self.segmentation = segmentation
        self.longSide = longSide
        self.border = border
    }

    /// What the results depend on besides the image.
    public var key: String {
        let network = segmentation.map {
            "\($0.digest) \($0.weights.network.name) \($0.input.side) \($0.input.mean) \($0.input.deviation)"
                + ($0.input.mirroredToo ? " mirrored too" : "")
        }
        return Fingerprint("1 \(network ?? "none") \(longSide) \(border.rawValue)").text
    }

    /// One for each row, in their order.
    /// - Throws: ``LearningError/data(_:)`` with the row's place for an image that cannot be read, before any network has
    ///   run; `CancellationError` when `shouldStop` says so: what was prepared stays in the work folder.
    public func images(
        _ rows: [TrainingRow], in folder: WorkFolder, threads: Int, shouldStop: @escaping @Sendable () -> Bool,
        report: @Sendable (PreparationStep) -> Void
    ) throws -> [PreparedImage] {
        let cache = try PreparedCache(in: folder.url, key: key)
        report(.began("read images", total: rows.count))
        let found = try Parallel.map(rows.count, threads: threads, shouldStop: shouldStop) { _, index in
            defer { report(.advanced) }
            return try known(rows[index], cache)
        }
        report(.ended)
        let missing = found.indices.filter { found[$0].image == nil }
        guard !missing.isEmpty else { return found.compactMap(\.image) }
        try folder.requireRoom(missing.count * (longSide * longSide + 8192))
        let executors = try segmentation.map { network in
            let first = try Executor(network.weights, threads: 1)
            return [first] + (1..<max(1, threads)).map { _ in Executor(sharing: first) }
        }
        report(.began("find lungs", total: missing.count))
        let made = try Parallel.map(missing.count, threads: threads, shouldStop: shouldStop) { thread, index in
            defer { report(.advanced) }
            let (_, grey, key) = found[missing[index]]
            guard let grey else { throw LearningError.data("\(rows[missing[index]].path) is gone") }
            let image = try prepared(grey, executors?[thread])
            try cache.keep(image, key)
            return image
        }
        report(.ended)
        var images = found.map(\.image)
        for (index, image) in zip(missing, made) { images[index] = image }
        return images.compactMap(\.self)
    }

    /// The prepared image where there is one, else the analysis image.
    private func known(
        _ row: TrainingRow, _ cache: PreparedCache
    ) throws -> (image: PreparedImage?, grey: GreyPlane?, key: String) {
        guard let key = PreparedCache.key(of: row.path) else {
            throw LearningError.data("\(row.place): \(row.path) is not there or is no file; mend the line or the file")
        }
        if let image = cache.image(key) { return (image, nil, key) }
        return (nil, try row.analysisImage(longSide: longSide), key)
    }

    private func prepared(_ grey: GreyPlane, _ executor: Executor?) throws -> PreparedImage {
        guard let segmentation, let executor else {
            return PreparedImage(grey: grey, labels: grey.map { _ in 1 })
        }
        let lungs = LungSegmentation(input: segmentation.input, executor: executor)
        return PreparedImage(grey: grey, labels: try lungs.labels(of: grey.enhanced(mask: nil, border: border)))
    }
}

extension TrainingRow {
    /// - Throws: ``LearningError/data(_:)``
    func readGrey() throws -> GreyPlane {
        do {
            return try ImageFile.readGrey(path)
        } catch {
            throw LearningError.data("\(place): \(error)")
        }
    }

    func analysisImage(longSide: Int) throws -> GreyPlane {
        try analysisImage(of: readGrey(), longSide: longSide)
    }

    /// - Parameter grey: of the row's file.
    func analysisImage(of grey: GreyPlane, longSide: Int) throws -> GreyPlane {
        let grid = AnalysisGrid(width: grey.width, height: grey.height, longSide: longSide)
        guard min(grid.width, grid.height) >= 16 else {
            throw LearningError.data(
                "\(place): \(path) has \(grey.width) × \(grey.height) pixels, too narrow for a radiograph; leave it out"
            )
        }
        return grid.analysisImage(of: grey)
    }
}

/// The digest of a file's bytes: what caches and recipes know weights by.
public func fingerprint(of file: URL) throws -> String {
    guard let data = try? Data(contentsOf: file, options: .mappedIfSafe) else {
        throw LearningError.data("\(file.path) cannot be read; check that it is there")
    }
    var fingerprint = Fingerprint()
    data.withUnsafeBytes { fingerprint.add($0) }
    return fingerprint.text
}
