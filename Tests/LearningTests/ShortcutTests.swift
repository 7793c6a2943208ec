import Imaging
import Testing

@testable import Learning

@Suite struct ShortcutTests {
    /// Two lungs of 8 × 30 in an image of 40 × 40, all of it noise above 0.
    static let image = GreyPlane(width: 40, height: 40, pixels: (0..<1600).map { UInt8(1 + $0 * 7919 % 255) })
    static let labels = LabelPlane(
        width: 40, height: 40,
        pixels: (0..<1600).map { index in
            let (row, column) = (index / 40, index % 40)
            guard (5..<35).contains(row) else { return 0 }
            return (6..<14).contains(column) ? 1 : (24..<32).contains(column) ? 2 : 0
        })

    static func inside(_ index: Int) -> Bool { labels.pixels[index] != 0 }

    @Test("Nothing of the lungs is left, whatever they hold", arguments: [ShortcutTest.blankLungs, .outline, .border])
    func lungsAreGone(_ test: ShortcutTest) {
        var other = Self.image
        for index in other.pixels.indices where Self.inside(index) { other.pixels[index] = 255 - other.pixels[index] }
        let altered = test.altered(Self.image, labels: Self.labels)
        #expect(altered == test.altered(other, labels: Self.labels))
        #expect(altered != Self.image)
    }

    @Test("Without lungs and with grey lungs, the rest stays as it is", arguments: [ShortcutTest.blankLungs, .border])
    func surroundings(_ test: ShortcutTest) {
        let altered = test.altered(Self.image, labels: Self.labels)
        for index in altered.pixels.indices {
            #expect(
                altered.pixels[index]
                    == (Self.inside(index) ? test == .border ? 128 : 0 : Self.image.pixels[index]))
        }
    }

    @Test("Outlines are all that is drawn, and of no other grey than the lines'")
    func outline() {
        let altered = ShortcutTest.outline.altered(Self.image, labels: Self.labels)
        #expect(
            altered[row: 20, column: 10] == 0 && altered[row: 20, column: 19] == 0 && altered[row: 1, column: 1] == 0)
        #expect(altered[row: 20, column: 6] > 60 && altered[row: 5, column: 28] > 60)
        #expect(altered == ShortcutTest.outline.altered(Self.labels, labels: Self.labels))
    }

    @Test("A rim is a tenth of the box on each side; the middle is black")
    func rim() {
        // The box of both lungs: columns 6…31, rows 5…34; a tenth: 2 columns, 3 rows.
        let altered = ShortcutTest.rim.altered(Self.image, labels: Self.labels)
        for index in altered.pixels.indices {
            let isMiddle = (8..<30).contains(index % 40) && (8..<32).contains(index / 40)
            #expect(altered.pixels[index] == (isMiddle ? 0 : Self.image.pixels[index]))
        }
    }

    @Test("Labels of another size, and none at all, leave the image as it is", arguments: ShortcutTest.allCases)
    func unfit(_ test: ShortcutTest) {
        #expect(test.altered(Self.image, labels: LabelPlane(width: 1, height: 1, pixels: [1])) == Self.image)
        #expect(
            test.altered(Self.image, labels: LabelPlane(width: 40, height: 40, repeating: 0)) == Self.image)
    }
}
