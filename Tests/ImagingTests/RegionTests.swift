import Testing

@testable import Imaging

@Suite struct RegionTests {
    @Test(arguments: [1, 2, 3, 5, 8, 13])
    func dilationEqualsOpenCVEllipse(radius: Int) throws {
        #expect(try Fixture.grey("labels").dilated(radius: radius) == Fixture.grey("dilated_\(radius)"))
    }

    @Test func dilationBeyondThePlaneFillsIt() {
        var mask = Mask(width: 5, height: 4, repeating: 0)
        #expect(mask.dilated(radius: 1_000_000).pixels.allSatisfy { $0 == 0 })
        mask[row: 2, column: 2] = 7
        #expect(mask.dilated(radius: 1_000_000).pixels.allSatisfy { $0 == 1 })
        #expect(mask.dilated(radius: 0).pixels.reduce(0, +) == 1)
    }

    @Test func componentsEqualOpenCV() throws {
        let facts = try Fixture.facts()
        let parts = ConnectedComponents(try Fixture.grey("labels").mask(of: 2))
        #expect(parts.count == facts.components)
        #expect(parts.areas.dropFirst().sorted() == facts.areas)
    }

    /// Against the plain definition: flood from every pixel.
    @Test func componentsEqualFloods() {
        let mask = Fixture.noisy.map { $0 > 150 ? 1 : 0 as UInt8 }
        let parts = ConnectedComponents(mask)
        var seen = [Bool](repeating: false, count: mask.pixels.count)
        var floods = 0
        for start in mask.pixels.indices where mask.pixels[start] == 1 && !seen[start] {
            floods += 1
            var waiting = [start]
            seen[start] = true
            while let index = waiting.popLast() {
                #expect(parts.labels.pixels[index] == parts.labels.pixels[start])
                for v in max(0, index / 203 - 1)...min(76, index / 203 + 1) {
                    for u in max(0, index % 203 - 1)...min(202, index % 203 + 1) {
                        let next = v * 203 + u
                        if mask.pixels[next] == 1 && !seen[next] {
                            seen[next] = true
                            waiting.append(next)
                        }
                    }
                }
            }
        }
        #expect(parts.count == floods)
    }

    @Test func cleaningEqualsOpenCV() throws {
        #expect(try Fixture.grey("labels").cleanedLungLabels() == Fixture.grey("labels_clean"))
    }

    @Test func cleaningNothingGivesNothing() {
        let empty = LabelPlane(width: 4, height: 3, repeating: 0)
        #expect(empty.cleanedLungLabels() == empty)
        #expect(LabelPlane(width: 0, height: 0, pixels: []).cleanedLungLabels().pixels.isEmpty)
        #expect(empty.extent == nil)
    }
}

@Suite struct OutlineTests {
    @Test func exactOutlineEnclosesExactlyThePixels() throws {
        let labels = try Fixture.grey("labels").mask(of: 2)
        let mask = labels.fillingHoles()
        let parts = ConnectedComponents(mask)
        let outlines = Outlines.polygons(of: labels)
        #expect(outlines.count == (try Fixture.facts()).contours)
        let areas = outlines.map { Int(Outlines.area(of: $0)) }
        #expect(areas == parts.areas.dropFirst().sorted(by: >))
    }

    @Test func onePixelIsASquareAroundItsCentre() {
        var mask = Mask(width: 3, height: 3, repeating: 0)
        mask[row: 1, column: 2] = 1
        let corners: Contour = [Point(x: 2, y: 1), Point(x: 3, y: 1), Point(x: 3, y: 2), Point(x: 2, y: 2)]
        #expect(Outlines.polygons(of: mask) == [corners])
    }

    @Test func maskOverTheWholePlaneIsClosedAlongTheBorder() {
        let outline = Outlines.polygons(of: Mask(width: 7, height: 5, repeating: 1))
        #expect(outline.count == 1)
        #expect(Set(outline[0]) == [Point(x: 0, y: 0), Point(x: 7, y: 0), Point(x: 7, y: 5), Point(x: 0, y: 5)])
    }

    @Test func diagonalNeighboursShareOneOutline() {
        let mask = Mask(width: 2, height: 2, pixels: [1, 0, 0, 1])
        let outlines = Outlines.polygons(of: mask)
        #expect(outlines.count == 1)
        #expect(Outlines.area(of: outlines[0]) == 2)
    }

    /// Every random mask: the outline closes, stays inside, and its area is that of the part with its holes filled.
    @Test(arguments: 0..<20)
    func randomMasksHaveClosedOutlines(seed: Int) {
        var generator = SplitMix64(state: UInt64(seed))
        let pixels = (0..<(13 * 11)).map { _ in UInt8.random(in: 0...9, using: &generator) < 5 ? 1 : 0 as UInt8 }
        let mask = Mask(width: 13, height: 11, pixels: pixels)
        let parts = ConnectedComponents(mask)
        let outlines = Outlines.polygons(of: mask)
        #expect(outlines.count == parts.count)
        let filled = (1..<parts.areas.count).map {
            parts.mask(of: $0).fillingHoles().pixels.reduce(0) { $0 + Int($1) }
        }
        #expect(outlines.map { Int(Outlines.area(of: $0)) }.sorted() == filled.sorted())
    }

    @Test func simplifiedOutlineIsShortAndClose() throws {
        let mask = try Fixture.grey("labels_clean").mask(of: 1)
        let exact = Outlines.polygons(of: mask)[0]
        let simple = Outlines.polygons(of: mask, tolerance: 0.75)[0]
        #expect(simple.count < exact.count / 2)
        #expect(abs(Outlines.area(of: simple) / Outlines.area(of: exact) - 1) < 0.02)
        #expect(simple.allSatisfy { (0...100).contains($0.x) && (0...120).contains($0.y) })
    }

    @Test func smallPartsAreLeftOut() throws {
        let mask = try Fixture.grey("labels").mask(of: 2)
        #expect(Outlines.polygons(of: mask, smallest: 100).count == 2)
        #expect(Outlines.polygons(of: Mask(width: 3, height: 3, repeating: 0)).isEmpty)
    }
}

@Suite struct PatchAndBoxTests {
    private func lungs() throws -> Mask { try Fixture.grey("labels_clean").fittedNearest(into: 288) }

    @Test func sameMaskGivesTheSamePatches() throws {
        let mask = try lungs()
        let patches = PatchSequence().fixed(in: mask, count: 8)
        #expect(patches == PatchSequence().fixed(in: mask, count: 8))
        #expect(Array(PatchSequence().fixed(in: mask, count: 20).prefix(8)) == patches)
        #expect(Set(patches).count >= 6)
        #expect(patches.allSatisfy { (0...64).contains($0.x) && (0...64).contains($0.y) && $0.width == 224 })
    }

    /// Small patches are not clamped: their centres lie in the lungs and cover both.
    @Test func centresLieInTheLungsAndCoverThem() throws {
        let mask = try lungs()
        let centres = PatchSequence(side: 2).fixed(in: mask, count: 64)
        #expect(centres.allSatisfy { mask[row: $0.y + 1, column: $0.x + 1] != 0 })
        let right = centres.count { mask[row: $0.y + 1, column: $0.x + 1] == 1 }
        #expect((20...44).contains(right))
    }

    @Test func randomPatchesFollowTheirSeed() throws {
        let mask = try lungs()
        let sequence = PatchSequence()
        #expect(sequence.random(in: mask, count: 9, seed: 4) == sequence.random(in: mask, count: 9, seed: 4))
        #expect(sequence.random(in: mask, count: 9, seed: 4) != sequence.random(in: mask, count: 9, seed: 5))
    }

    @Test(arguments: [false, true])
    func lungBoxEqualsOpenCVForm(maskedWiener: Bool) throws {
        let settings = LungBoxSettings(dilation: 0.04, wiener: maskedWiener ? .mask : .wholeBox, side: 160)
        let box = try #require(
            LungBox(grey: try Fixture.grey("chest"), labels: try Fixture.grey("labels_clean"), settings: settings))
        let reference = try Fixture.grey(maskedWiener ? "lung_box_masked" : "lung_box")
        #expect(largestDifference(box.grey, reference) <= 1)
        #expect(box.mask == (try Fixture.grey("lung_box_mask")))
    }

    @Test func nonsenseSettingsNeverTrap() throws {
        let labels = try Fixture.grey("labels_clean")
        let grey = labels.map { $0 * 90 + 20 }
        for share in [-1.0, 0, 1e300, .nan, .infinity] {
            let settings = LungBoxSettings(margin: share, dilation: share, side: -4, smallestShare: 0)
            let box = try #require(LungBox(grey: grey, labels: labels, settings: settings))
            #expect(box.grey.width == 1)
        }
        #expect(PatchSequence(side: -3).fixed(in: labels, count: 2).allSatisfy { $0.width == 1 })
        #expect(PatchSequence().fixed(in: labels, count: -2).isEmpty)
    }

    /// Any point of the box is found again in the analysis image.
    @Test func boxKnowsItsWayBack() throws {
        let labels = try Fixture.grey("labels_clean")
        let box = try #require(LungBox(grey: labels.map { $0 * 90 + 20 }, labels: labels))
        let back = box.analysisPlane(of: box.mask.map { $0 > 0 ? 1 : 0 }, width: labels.width, height: labels.height)
        let wrong = zip(back.pixels, labels.pixels).count { ($0 > 0.5) != ($1 > 0) }
        #expect(Double(wrong) < 0.02 * Double(labels.pixels.count { $0 > 0 }))
    }

    @Test func noLungsNoPatches() {
        let none = Mask(width: 288, height: 288, repeating: 0)
        #expect(PatchSequence().fixed(in: none, count: 8).isEmpty)
        #expect(PatchSequence().random(in: none, count: 8, seed: 1).isEmpty)
    }
}
