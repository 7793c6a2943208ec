import Foundation
import HilumTesting
import Imaging
import Testing

@testable import Diagnosis

/// Lungs on CT by threshold, sides, choice of slices, and the outcome of a bundle without CT classes (method §8).
@Suite struct CTTests {
    /// An axial slice of a phantom in Hounsfield units: table, body, two lungs with a vessel, trachea.
    static func slice(side: Int, lung: Double, touching: Bool = false) -> Plane<Int16> {
        var plane = Plane<Int16>(width: side, height: side, repeating: -1000)
        func inside(_ x: Double, _ y: Double, _ cx: Double, _ cy: Double, _ rx: Double, _ ry: Double) -> Bool {
            (x - cx) * (x - cx) / (rx * rx) + (y - cy) * (y - cy) / (ry * ry) < 1
        }
        let gap = touching ? 0.17 : 0.2
        for row in 0..<side {
            for column in 0..<side {
                let x = (Double(column) + 0.5) / Double(side) - 0.5
                let y = (Double(row) + 0.5) / Double(side) - 0.5
                var value: Int16 = -1000
                if inside(x, y, 0, 0, 0.45, 0.35) { value = 40 }
                for centre in [-gap, gap] where lung > 0 && inside(x, y, centre, 0, 0.18 * lung, 0.24 * lung) {
                    value = inside(x, y, centre, 0, 0.02, 0.02) ? 40 : -850
                }
                if inside(x, y, 0, -0.28, 0.02, 0.02) { value = -1000 }
                if y > 0.42 && y < 0.45 { value = 0 }
                plane.pixels[row * side + column] = value
            }
        }
        return plane
    }

    static func grey(_ plane: Plane<Int16>) -> GreyPlane {
        plane.map { UInt8(max(0, min(255, (Double($0) + 1350) / 1500 * 255))) }
    }

    static func series(_ lungs: [Double], side: Int = 128) -> CTInput {
        CTInput(
            slices: lungs.map {
                let plane = slice(side: side, lung: $0)
                return CTSlice(hounsfield: plane, grey: grey(plane))
            }, spacing: PixelSpacing(row: 2, column: 2), positions: lungs.indices.map { 5 * Double($0) })
    }

    @Test("Air outside, trachea and table are no lungs; vessels are; sides are apart", arguments: [false, true])
    func lungsOfASlice(touching: Bool) {
        let plane = Self.slice(side: 256, lung: 1, touching: touching)
        let lungs = SliceLungs(dark: DarkPixels.mask(plane, below: -320), minimumShare: 0.005)
        #expect(lungs.labels[row: 0, column: 0] == 0)
        #expect(lungs.labels[row: Int(0.22 * 256), column: 128] == 0)
        let centre = touching ? 0.17 : 0.2
        #expect(lungs.labels[row: 128, column: Int((0.5 - centre) * 256)] == 1)
        #expect(lungs.labels[row: 128, column: Int((0.5 + centre) * 256)] == 2)
        let counts = [1, 2].map { label in lungs.labels.pixels.count { Int($0) == label } }
        let expected = Double.pi * 0.18 * 0.24 * 65536
        for count in counts { #expect(abs(Double(count) - expected) < 0.06 * expected) }
    }

    @Test("A picture without Hounsfield units gives the same lungs")
    func lungsOfAPicture() {
        let plane = Self.slice(side: 256, lung: 1)
        let units = SliceLungs(dark: DarkPixels.mask(plane, below: -320), minimumShare: 0.005)
        let picture = SliceLungs(dark: DarkPixels.mask(Self.grey(plane)), minimumShare: 0.005)
        #expect(units.labels == picture.labels)
    }

    @Test("Slices with a fifth of the largest lung, evenly spread")
    func choice() {
        #expect(SliceChoice(areas: [0, 19, 20, 100, 21, 0], minimumOfLargest: 0.2, most: 32).indices == [2, 3, 4])
        #expect(SliceChoice(areas: [], minimumOfLargest: 0.2, most: 32).indices.isEmpty)
        #expect(SliceChoice(areas: [0, 0], minimumOfLargest: 0.2, most: 32).indices.isEmpty)
        let many = SliceChoice(areas: Array(repeating: 5, count: 300), minimumOfLargest: 0.2, most: 32).indices
        #expect(many.count == 32)
        let steps = zip(many.dropFirst(), many).map { $0 - $1 }
        #expect(steps.allSatisfy { (9...10).contains($0) })
        #expect(many.first.map { $0 + (many.last ?? 0) } == 299 || many.first.map { $0 + (many.last ?? 0) } == 298)
    }

    @Test("Without CT classes: review, not triaged, with lungs, texture and volume")
    func seriesEndsInReview() throws {
        let input = Self.series([0, 0.3, 0.8, 1, 1, 0.8, 0.3, 0])
        let analysis = try StartingBundle.pipeline.get().analyse(input)
        let finding = analysis.finding
        #expect(finding.outcome == .review)
        #expect(finding.reasons == [.noClassesForModality])
        #expect(finding.triage == nil)
        #expect(analysis.images.map(\.index) == [2, 3, 4, 5])
        #expect(finding.lungs.count == 8)
        #expect(finding.lungs.allSatisfy { $0.contours.count == 1 })
        #expect(finding.texture?.features.isEmpty == false)
        let area = Double.pi * 0.18 * 0.24 * 128 * 128 * 4
        let expected = 2 * area * (0.09 * 2 + 0.64 * 2 + 1 * 2) * 5 / 1000
        let volume = try #require(finding.lungVolume)
        #expect(abs(volume - expected) < 0.06 * expected)
    }

    @Test("In slices that are stored mirrored, the lung on the image's left is the left one")
    func mirroredSlices() throws {
        var input = Self.series([0.8, 1, 0.8])
        let plain = try StartingBundle.pipeline.get().analyse(input).finding.lungs
        input.stated.isMirrored = true
        let turned = try StartingBundle.pipeline.get().analyse(input).finding.lungs
        #expect(plain.count == 6 && turned.count == 6)
        for lung in plain {
            let same = try #require(turned.first { $0.image == lung.image && $0.contours == lung.contours })
            #expect(same.side != lung.side)
        }
    }

    @Test("Gas that no slice joins to the lungs is no lung")
    func gasElsewhereIsNoLung() throws {
        let analysis = try StartingBundle.pipeline.get().analyse(Self.series([0.9, 1, 0.9, 0, 0, 0.8]))
        #expect(analysis.images.map(\.index) == [0, 1, 2])
    }

    @Test("A series without lungs is a review for that too; without spacing there is no volume")
    func seriesWithoutLungs() throws {
        let pipeline = try StartingBundle.pipeline.get()
        let none = try pipeline.analyse(Self.series([0, 0, 0])).finding
        #expect(none.reasons == [.lungsNotFound, .noClassesForModality])
        #expect(none.lungVolume == nil)
        var input = Self.series([1, 1])
        input.spacing = nil
        #expect(try pipeline.analyse(input).finding.lungVolume == nil)
        let empty = try pipeline.analyse(CTInput(slices: [])).finding
        #expect(empty.reasons.contains(.undecodable))
    }

    @Test("Slices of different sizes do not end the work")
    func slicesOfDifferentSizes() throws {
        let planes = [Self.slice(side: 64, lung: 1), Self.slice(side: 100, lung: 1)]
        var slices = planes.map { CTSlice(hounsfield: $0, grey: Self.grey($0)) }
        slices.append(CTSlice(hounsfield: planes[0], grey: GreyPlane(width: 9, height: 5, repeating: 3)))
        slices.append(CTSlice(hounsfield: nil, grey: GreyPlane(width: 0, height: 0, pixels: [])))
        _ = try StartingBundle.pipeline.get().analyse(
            CTInput(slices: slices, spacing: nil, positions: [0, .nan, 1, 2]))
    }
}

/// Slices with masks that somebody else drew.
@Suite struct CTReferenceTests {
    static let folder = Workplace.shared?.appending(path: "data/ct/ct-lungs")

    @Test("Lungs of pictures of slices agree with their masks, most of the time", .enabled(if: folder != nil))
    func picturesAgreeWithMasks() throws {
        let folder = try #require(Self.folder)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "jpg" }.sorted { $0.path < $1.path }
        try #require(!files.isEmpty)
        let overlaps = try files.map { file in
            let grey = try ImageFile.readGrey(file.path)
            let mask = try ImageFile.readGrey(file.deletingPathExtension().appendingPathExtension("mask.png").path)
            let grid = AnalysisGrid(width: grey.width, height: grey.height)
            let lungs = SliceLungs(dark: DarkPixels.mask(grid.analysisImage(of: grey)), minimumShare: 0.005)
            let expected = grid.analysisLabels(of: mask)
            var both = 0
            var either = 0
            for (own, other) in zip(lungs.labels.pixels, expected.pixels) {
                both += own != 0 && other > 127 ? 1 : 0
                either += own != 0 || other > 127 ? 1 : 0
            }
            return Double(both) / Double(max(1, either))
        }.sorted()
        #expect(overlaps[overlaps.count / 2] > 0.9, "\(overlaps)")
        #expect(overlaps.count { $0 > 0.8 } * 10 >= overlaps.count * 8, "\(overlaps)")
    }
}
