import Foundation
import HilumTesting
import Testing

@testable import Imaging

/// The steps of the starting weights' preprocessing, as PyTorch's side stored them; see the README beside the file.
@Suite(.enabled(if: Workplace.shared != nil, "needs the reference data beside the checkout"))
struct GoldenTests {
    private static let tensors: [String: GreyPlane] = {
        let file = Workplace.shared?.appending(path: "models/golden.safetensors")
        return file.flatMap { try? planes(in: Data(contentsOf: $0)) } ?? [:]
    }()

    /// The two-dimensional u8 tensors of a safetensors file.
    private static func planes(in data: Data) throws -> [String: GreyPlane] {
        struct Entry: Decodable {
            let dtype: String
            let shape: [Int]
            let offsets: [Int]

            enum CodingKeys: String, CodingKey {
                case dtype, shape
                case offsets = "data_offsets"
            }
        }
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let entries = try JSONDecoder().decode([String: Entry].self, from: data[8..<(8 + length)])
        return entries.filter { $0.value.dtype == "U8" && $0.value.shape.count == 2 }.mapValues { entry in
            let start = 8 + length
            let bytes = data[(start + entry.offsets[0])..<(start + entry.offsets[1])]
            return GreyPlane(width: entry.shape[1], height: entry.shape[0], pixels: [UInt8](bytes))
        }
    }

    private func plane(_ image: Int, _ step: String) throws -> GreyPlane {
        try #require(Self.tensors["\(image).\(step)"])
    }

    @Test(arguments: 0..<3)
    func enhancementEqualsReference(image: Int) throws {
        let ours = try plane(image, "grey").enhanced()
        let reference = try plane(image, "enhanced")
        #expect(largestDifference(ours, reference) <= 1)
        #expect(differingShare(ours, reference) < 0.001)
    }

    @Test(arguments: 0..<3)
    func networkSquareEqualsReference(image: Int) throws {
        let ours = try plane(image, "enhanced").fitted(into: 256).resized(width: 96, height: 96)
        let reference = try plane(image, "square")
        #expect(largestDifference(ours, reference) <= 1)
    }

    @Test(arguments: 0..<3)
    func lungBoxEqualsReference(image: Int) throws {
        let grey = try plane(image, "grey").fitted(into: 256)
        let box = try #require(LungBox(grey: grey, labels: try plane(image, "labels256")))
        #expect(box.mask == (try plane(image, "boxmask288")))
        #expect(largestDifference(box.grey, try plane(image, "box288")) <= 1)
    }

    @Test func filesAreReadAsTheReferenceReadsThem() throws {
        let folder = try #require(Workplace.shared).appending(path: "data/cxr")
        let names = ["IM-0170-0001.jpg", "person1063_virus_1765.jpg", "person259_bacteria_1220.jpg"]
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects ?? []
        let found = files.compactMap { $0 as? URL }.filter { names.contains($0.lastPathComponent) }
        #expect(found.count == 3)
        for file in found {
            let image = try #require(names.firstIndex(of: file.lastPathComponent))
            #expect(largestDifference(try ImageFile.readGrey(file.path), try plane(image, "grey")) <= 1)
        }
    }
}
