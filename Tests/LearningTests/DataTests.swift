import Foundation
import HilumTesting
import Imaging
import NeuralNetworks
import Testing

@testable import Learning

@Suite struct DataTests {
    private func inFolder(_ files: [String: GreyPlane], _ body: (URL) throws -> Void) throws {
        try Workplace.withTemporaryFolder { folder in
            for (name, plane) in files {
                let file = folder.appending(path: name)
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try ImageFile.writePNG(plane, to: file.path)
            }
            try body(folder)
        }
    }

    private func manifest(_ text: String, in folder: URL) throws -> URL {
        let file = folder.appending(path: "m.csv")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file
    }

    private func sentence(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("Classes are merged, sources left out, other splits not looked at")
    func rows() throws {
        try Workplace.withTemporaryFolder { folder in
            let file = try manifest(
                """
                path,class,source,split
                a.jpg,normal,x,train
                b.jpg,bacterial_pneumonia,ct:b.png,train
                c.jpg,lung_opacity,y,train
                d.jpg,normal,x,val
                e.jpg,tuberculosis,tb,ood
                f.jpg,normal,z,train
                """, in: folder)
            let choice = ManifestChoice(
                classes: ["normal", "lung_opacity"], merged: ["bacterial_pneumonia": "lung_opacity"], excluded: ["z"])
            let rows = try TrainingRows(manifest: file, choice: choice)
            #expect(rows.train.map(\.label) == [0, 1, 1])
            #expect(rows.train.map(\.source) == ["x", "ct", "y"])
            #expect(rows.validation.map(\.place) == ["\(file.path):5"])
        }
    }

    @Test("What a manifest lacks is told with file and line")
    func badManifests() throws {
        try Workplace.withTemporaryFolder { folder in
            let unknown = try manifest(
                "path,class,source,split\na,normal,x,train\nb,measles,x,val\n", in: folder)
            let choice = ManifestChoice(classes: ["normal"])
            #expect(
                sentence { _ = try TrainingRows(manifest: unknown, choice: choice) }
                    .hasPrefix("\(unknown.path):3: the class measles is none of normal"))
            let empty = try manifest("path,class,source,split\na,normal,x,train\n", in: folder)
            #expect(
                sentence { _ = try TrainingRows(manifest: empty, choice: choice) }.contains(
                    "no images in its val split"))
            let shared = try manifest(
                "path,class,source,split,group\na,normal,x,train,g\nb,normal,x,val,g\n", in: folder)
            #expect(
                sentence { _ = try TrainingRows(manifest: shared, choice: choice) }
                    .hasPrefix("\(shared.path):3: g is in the splits train and val"))
            let many = (0..<9).map { "a\($0),c\($0),x,train\nb\($0),c\($0),x,val\n" }.joined()
            let classes = try TrainingRows(
                manifest: manifest("path,class,source,split\n" + many, in: folder), choice: ManifestChoice())
            #expect(sentence { try classes.requireFewClasses() }.contains("9 classes are too many, 8 can be taught"))
            var masks = ManifestChoice()
            masks.wantsMasks = true
            #expect(sentence { _ = try TrainingRows(manifest: empty, choice: masks) }.contains(":2: has no mask_path"))
            let odd = try manifest(
                "path,class,source,split,mask_path,convention\na,n,x,train,m.png,elsewhere\n", in: folder)
            #expect(sentence { _ = try TrainingRows(manifest: odd, choice: masks) }.contains("convention is elsewhere"))
            #expect(sentence { _ = try ManifestChoice.merges(["a"]) }.contains("'a'"))
        }
    }

    @Test("Folders are classes; which images validate follows from their names")
    func folders() throws {
        let images = (0..<200).flatMap { ["normal/\($0).png", "opacity/\($0).png"] }
        let plane = GreyPlane(width: 4, height: 4, repeating: 9)
        try inFolder(Dictionary(uniqueKeysWithValues: images.map { ($0, plane) })) { folder in
            let rows = try TrainingRows(folder: folder, classes: nil, validationShare: 0.25)
            #expect(rows.classes == ["normal", "opacity"])
            #expect(rows.train.count + rows.validation.count == 400)
            #expect((70...130).contains(rows.validation.count))
            let fewer = try TrainingRows(folder: folder, classes: ["normal", "opacity"], validationShare: 0.2)
            #expect(Set(fewer.validation.map(\.path)).isSubset(of: rows.validation.map(\.path)))
            #expect(
                sentence { _ = try TrainingRows(folder: folder, classes: ["normal"], validationShare: 0.2) }
                    .contains("opacity is none of normal"))
        }
    }

    @Test("Images are known by their bytes, wherever they lie and whenever they were written")
    func contentKeys() throws {
        try inFolder(["a.png": Phantom.chest.grey]) { folder in
            let (first, copy) = (folder.appending(path: "a.png"), folder.appending(path: "b.png"))
            try FileManager.default.copyItem(at: first, to: copy)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 9)], ofItemAtPath: copy.path)
            let key = try #require(PreparedCache.key(of: first.path))
            #expect(PreparedCache.key(of: copy.path) == key)
            try (Data(contentsOf: copy) + Data([0])).write(to: copy)
            #expect(PreparedCache.key(of: copy.path) != key)
            #expect(PreparedCache.key(of: folder.path) == nil && PreparedCache.key(of: "/dev/null") == nil)
        }
    }

    private func segmentation(_ text: String, in folder: URL) throws -> SegmentationTask {
        var choice = ManifestChoice()
        choice.wantsMasks = true
        let rows = try TrainingRows(manifest: try manifest(text, in: folder), choice: choice)
        return try SegmentationTask(
            rows, longSide: 64, border: .replicate, mean: 0.5, deviation: 0.25, threads: 2, shouldStop: { false },
            report: { _ in })
    }

    @Test("Missing images, masks of another size and unknown labels are told with file and line")
    func badImages() throws {
        let image = Phantom.chest.grey
        let mask = Phantom.chest.labels.plane
        let files = [
            "a.png": image, "d.png": image, "a.mask.png": mask,
            "small.mask.png": mask.resizedNearest(width: 128, height: 128), "odd.mask.png": mask.map { $0 * 100 },
        ]
        try inFolder(files) { folder in
            let header = "path,class,source,split,mask_path\na.png,n,x,train,a.mask.png\n"
            for (line, words) in [
                ("b.png,n,x,val,a.mask.png", ":3: "),
                ("d.png,n,x,val,small.mask.png", "128 × 128 pixels, the image 256"),
                ("d.png,n,x,val,odd.mask.png", "the value 100"), ("d.png,n,x,val,none.png", "none.png"),
            ] {
                #expect(sentence { _ = try segmentation(header + line, in: folder) }.contains(words))
            }
            try Data("no image".utf8).write(to: folder.appending(path: "c.png"))
            #expect(sentence { _ = try segmentation(header + "c.png,n,x,val,a.mask.png", in: folder) }.contains(":3: "))
        }
    }

    @Test("Inside a mask with the heart a pixel may be background too")
    func conventions() throws {
        #expect(LungSets.allCases.map(\.classes) == [1, 2, 4, 3, 5])
        #expect(LungSets.allCases.map(\.mirrored.mirrored) == LungSets.allCases)
        let image = Phantom.chest.grey
        try inFolder(["a.png": image, "b.png": image, "m.png": Phantom.chest.labels.plane]) { folder in
            let rows = """
                path,class,source,split,mask_path,convention
                a.png,n,x,train,m.png,heart included
                b.png,n,x,val,m.png,heart left out
                """
            let task = try segmentation(rows, in: folder)
            let request = BatchRequest(seed: 1, first: 0, count: 3, side: 64)
            let batch = task.batch(request)
            #expect(batch.input.shape == [3, 1, 64, 64])
            #expect(Set(batch.labels) == [1, 2, 3, 4, 5])
            #expect(batch == task.batch(request))
            let error = sentence { _ = try segmentation(rows.replacing("left out", with: "included"), in: folder) }
            #expect(error.contains("leaves out the heart"))
        }
    }

    @Test(
        "Of a mask with the heart, the lungs' outer parts above the diaphragm are lung for certain",
        arguments: [false, true])
    func certainLungs(mirrored: Bool) {
        var mask = LabelPlane(width: 100, height: 120, repeating: 0)
        for row in 10..<110 {
            for column in 10..<40 { mask[row: row, column: column] = mirrored ? 2 : 1 }
            for column in 60..<90 { mask[row: row, column: column] = mirrored ? 1 : 2 }
        }
        #expect(LungSets.plane(of: mask, .heartLeftOut) == mask)
        let sets = LungSets.plane(of: mask, .heartIncluded)
        #expect(sets.map { $0 > 2 ? $0 - 2 : $0 } == mask)
        let (right, left) = mirrored ? (60, 10) : (10, 60)
        // The right lung's outer 24, 21 and no columns, the left's 24, 15, 9 and none.
        for (row, ofRight, ofLeft) in [(20, 24, 24), (50, 21, 15), (85, 21, 9), (100, 0, 0)] {
            func certain(_ start: Int, _ label: UInt8) -> [Int] {
                (start..<start + 30).filter { sets[row: row, column: $0] == label }
            }
            let (outerOfRight, outerOfLeft) = (certain(right, 1), certain(left, 2))
            #expect(outerOfRight.count == ofRight && outerOfLeft.count == ofLeft)
            if ofRight > 0 { #expect(outerOfRight.contains(right == 10 ? 10 : 89)) }
            if ofLeft > 0 { #expect(outerOfLeft.contains(left == 10 ? 10 : 89)) }
        }
        let alone = mask.map { $0 == 1 ? 1 : 0 as UInt8 }
        #expect(LungSets.plane(of: alone, .heartIncluded).pixels.contains(1) == false)
    }

    @Test("Prepared images come back as they were, and damaged files are none")
    func cache() throws {
        let image = Phantom.chest
        let bytes = PreparedCache.encoded(image)
        #expect(PreparedCache.decoded(bytes) == image)
        #expect(bytes.count < 256 * 256 + 16_000)
        for place in [0, 9, 17, 100, bytes.count - 1] {
            var damaged = bytes
            damaged[place] ^= 0x40
            #expect(PreparedCache.decoded(damaged) == nil)
        }
        for length in [0, 10, 28, 1000, bytes.count - 1] {
            #expect(PreparedCache.decoded(Array(bytes.prefix(length))) == nil)
        }
    }

    @Test("Images are prepared once: a second run reads what the first kept")
    func preparation() throws {
        try inFolder(["a.png": Phantom.chest.grey, "b.png": Phantom.chest.grey.map { 255 - $0 }]) { folder in
            let rows = ["a.png", "b.png"].map {
                TrainingRow(path: folder.appending(path: $0).path, label: 0, source: "x", place: $0)
            }
            let preparation = RadiographPreparation(segmentation: nil, longSide: 128, border: .replicate)
            let begun = Begun()
            func images() throws -> [PreparedImage] {
                try preparation.images(
                    rows, in: WorkFolder(folder.appending(path: "work")), threads: 2, shouldStop: { false },
                    report: begun.hear)
            }
            let first = try images()
            #expect(first.map(\.grey.width) == [128, 128])
            #expect(first[0].labels.plane.pixels.allSatisfy { $0 == 1 })
            #expect(try images() == first)
            #expect(begun.labels == ["read images", "find lungs", "read images"])
            try FileManager.default.removeItem(atPath: rows[1].path)
            #expect(sentence { _ = try images() }.hasPrefix("b.png: "))
        }
    }

    @Test("Tensors of the same name and shape are taken, others are made and named")
    func start() throws {
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "w.safetensors")
            var writer = WeightsFileWriter()
            writer.add("fc.weight", Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), as: .f32)
            writer.add("fc.bias", Tensor(shape: [4], repeating: 9), as: .f32)
            try writer.write(to: file)
            let start = try StartingWeights(TinyNetwork.network, from: file, seed: 1)
            #expect(start.parameters["fc.weight"].values == [1, 2, 3, 4, 5, 6])
            #expect(start.parameters["fc.bias"].values == [0, 0])
            #expect(start.made == ["fc.bias"] && start.unused == ["fc.bias"])
            let other = folder.appending(path: "o.safetensors")
            var strange = WeightsFileWriter()
            strange.add("x", Tensor(shape: [1], values: [1]), as: .f32)
            try strange.write(to: other)
            #expect(throws: LearningError.self) { try StartingWeights(TinyNetwork.network, from: other, seed: 1) }
            var few = WeightsFileWriter()
            few.add("fc.bias", Tensor(shape: [2], repeating: 9), as: .f32)
            try few.write(to: other)
            let error = #expect(throws: LearningError.self) {
                try StartingWeights(TinyNetwork.network, from: other, seed: 1)
            }
            #expect(error?.description.contains("of the 8 values of tiny") == true, "\(error?.description ?? "")")
        }
        let resnet = try StartingWeights(ResNet101.network(classes: 2), from: nil, seed: 1).parameters
        #expect(resnet["bn1.weight"].values.allSatisfy { $0 == 1 })
        #expect(resnet["layer1.0.bn3.weight"].values.allSatisfy { $0 == 0 })
        #expect(resnet["bn1.running_var"].values.allSatisfy { $0 == 1 })
        let stem = resnet["conv1.weight"].values
        let variance = stem.reduce(0) { $0 + $1 * $1 } / Float(stem.count)
        // 2 / (64 · 7 · 7)
        #expect(abs(variance * 1568 - 1) < 0.1)
    }
}

/// Which preparations began.
private final class Begun: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var labels: [String] = []

    func hear(_ step: PreparationStep) {
        guard case .began(let label, _) = step else { return }
        lock.withLock { labels.append(label) }
    }
}
