import Imaging
import Testing

@testable import Diagnosis

@Suite("The sides that a header states, and those that the image shows")
struct StatedSidesTests {
    private static let named = StatedFacts(namesSides: true)

    /// Two lungs of four columns each, `first` at the image's left.
    private func lungs(_ first: UInt8, _ second: UInt8) -> LabelPlane {
        var labels = LabelPlane(width: 20, height: 10, repeating: 0)
        for row in 2..<8 {
            for column in 2..<6 { labels.pixels[row * 20 + column] = first }
            for column in 12..<16 { labels.pixels[row * 20 + column] = second }
        }
        return labels
    }

    @Test("A mirrored look contradicts a header that names the sides, and no other")
    func mirroredLook() {
        #expect(StatedSides.reason(of: .mirrored, Self.named) == .sidesContradicted)
        #expect(StatedSides.reason(of: .mirrored, StatedFacts()) == .mirrored)
        #expect(StatedSides.reason(of: .turned, Self.named) == .turned)
        #expect(StatedSides.reason(of: nil, Self.named) == nil)
    }

    @Test("A right lung at the image's right contradicts a header that names the sides; without one it looks mirrored")
    func exchangedLungs() {
        #expect(StatedSides.problem(of: lungs(1, 2), Self.named, share: 0.02) == nil)
        #expect(StatedSides.problem(of: lungs(2, 1), Self.named, share: 0.02) == .sidesContradicted)
        #expect(StatedSides.problem(of: lungs(2, 1), StatedFacts(), share: 0.02) == .mirrored)
        #expect(StatedSides.problem(of: lungs(0, 1), Self.named, share: 0.02) == nil, "one lung has no order")
    }

    @Test("An image of one side, as stated, shows no lung of the other", arguments: LungSide.allCases)
    func oneSide(_ side: LungSide) {
        let stated = StatedFacts(laterality: side)
        #expect(StatedSides.problem(of: lungs(1, 2), stated, share: 0.02) == .sidesContradicted)
        let own: UInt8 = side == .right ? 1 : 2
        #expect(StatedSides.problem(of: lungs(own, 0), stated, share: 0.02) == nil)
        #expect(StatedSides.problem(of: lungs(0, 3 - own), stated, share: 0.02) == .sidesContradicted)
        #expect(StatedSides.problem(of: lungs(0, 3 - own), stated, share: 0.5) == nil, "a speck is no lung")
    }
}
