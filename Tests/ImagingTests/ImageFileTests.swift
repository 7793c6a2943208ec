import Foundation
import HilumTesting
import Testing

@testable import Imaging

@Suite struct ImageFileTests {
    @Test(arguments: ["grey", "rgb", "rgb_progressive"])
    func greyOfJPEGEqualsOpenCV(name: String) throws {
        let ours = try ImageFile.readGrey(Fixture.path(name + ".jpg"))
        #expect(largestDifference(ours, try Fixture.grey(name + "_jpg")) <= 1)
    }

    @Test func lumaEqualsOpenCV() throws {
        #expect(largestDifference(try Fixture.grey("rgb"), try Fixture.grey("rgb_luma")) <= 1)
        #expect(largestDifference(try Fixture.grey("palette"), try Fixture.grey("palette_luma")) <= 1)
    }

    @Test func colourJPEGIsCloseToItsOriginal() throws {
        guard case .colour(let jpeg) = try ImageFile.read(Fixture.path("rgb_progressive.jpg")).pixels,
            case .colour(let png) = try ImageFile.read(Fixture.path("rgb.png")).pixels
        else {
            Issue.record("not colour")
            return
        }
        let differences = zip(jpeg.bytes, png.bytes).map { abs(Int($0) - Int($1)) }
        #expect(differences.reduce(0, +) / differences.count < 20)
    }

    @Test func fourInksBecomeColour() throws {
        guard case .colour(let inks) = try ImageFile.read(Fixture.path("cmyk.jpg")).pixels else {
            Issue.record("not colour")
            return
        }
        let luma = try Fixture.grey("rgb_luma")
        let differences = zip(inks.luma.pixels, luma.pixels).map { abs(Int($0) - Int($1)) }
        #expect(differences.reduce(0, +) / differences.count < 6)
    }

    @Test func sixteenBitsAreScaledAndAlphaLiesOverBlack() throws {
        #expect(try Fixture.grey("grey16") == Fixture.grey("grey"))
        #expect(try Fixture.grey("alpha") == Fixture.grey("alpha_black"))
        let bits = try Fixture.grey("bit1")
        let grey = try Fixture.grey("grey")
        #expect(bits == grey.map { $0 > 120 ? 255 : 0 })
    }

    @Test("Of 16 bits those that are used decide: 8 and 12 bits of a picture give its levels")
    func fewBitsOfSixteen() throws {
        let grey = try Fixture.grey("grey")
        #expect(try Fixture.grey("grey8in16") == grey)
        #expect(try Fixture.grey("grey12in16") == grey)
    }

    /// The tag says where the stored first row and first column are seen (TIFF 6.0 §8).
    @Test(
        arguments: [
            1: "abc def", 2: "cba fed", 3: "fed cba", 4: "def abc", 5: "ad be cf", 6: "da eb fc",
            7: "fc eb da", 8: "cf be ad", 0: "abc def", 9: "abc def",
        ] as [UInt8: String])
    func picturesAreTurnedUpright(tag: UInt8, seen: String) throws {
        let rows = seen.split(separator: " ")
        let plane = GreyPlane(width: 3, height: 2, pixels: Array("abcdef".utf8))
        let expected = Array(rows.joined().utf8)
        let little: [UInt8] = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, tag, 0, 0, 0]
        let big: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, tag, 0, 0]
        for tiff in [little, big] {
            var png = try ImageFile.encodePNG(plane)
            let length: [UInt8] = [0, 0, 0, UInt8(tiff.count)]
            let checksum: [UInt8] = [0, 0, 0, 0]
            let chunk: [UInt8] = length + Array("eXIf".utf8) + tiff + checksum
            png.insert(contentsOf: chunk, at: 33)
            let turned = try ImageFile.decode(png, name: "exif.png").grey
            #expect(turned.pixels == expected && turned.width == rows[0].count)
            let marker: [UInt8] = [0xFF, 0xE1, 0, UInt8(tiff.count + 8)]
            let segment: [UInt8] = marker + Array("Exif\0\0".utf8) + tiff
            var jpeg = try ImageFile.encodeJPEG(plane.resized(width: 24, height: 16))
            let upright = try ImageFile.decodeGrey(jpeg, name: "plain.jpg")
            jpeg.insert(contentsOf: segment, at: 2)
            let turnedJPEG = try ImageFile.decodeGrey(jpeg, name: "exif.jpg")
            #expect(turnedJPEG.width == (5...8 ~= tag ? 16 : 24))
            #expect(turnedJPEG.pixels.sorted() == upright.pixels.sorted())
            #expect((turnedJPEG == upright) == !(2...8 ~= tag))
        }
    }

    @Test func writtenFilesAreReadBack() throws {
        let grey = try Fixture.grey("grey")
        try Workplace.withTemporaryFolder { folder in
            let png = folder.appending(path: "a.png").path
            let jpeg = folder.appending(path: "a.jpg").path
            try ImageFile.writePNG(grey, to: png)
            try ImageFile.writeJPEG(grey, to: jpeg)
            #expect(try ImageFile.read(png).pixels == .grey(grey))
            #expect(largestDifference(try ImageFile.readGrey(jpeg), grey) < 16)
        }
        let colour = RGBPlane(width: 2, height: 1, bytes: [1, 2, 3, 250, 251, 252])
        #expect(try ImageFile.decode(ImageFile.encodePNG(colour), name: "x").pixels == .colour(colour))
        let noise = RGBPlane(Fixture.noisy)
        #expect(try ImageFile.decode(ImageFile.encodePNG(noise), name: "x").pixels == .colour(noise))
    }

    @Test func everyTruncationIsAnError() throws {
        for file in ["grey.jpg", "rgb_progressive.jpg", "palette.png", "grey16.png"] {
            let bytes = try Fixture.bytes(file)
            for length in stride(from: 0, to: bytes.count - 8, by: 37) {
                #expect(throws: ImagingError.self) {
                    try ImageFile.decode(Array(bytes.prefix(length)), name: file)
                }
            }
        }
    }

    /// Any byte may be wrong: an error or other pixels, never a crash.
    @Test(arguments: ["grey.jpg", "rgb_progressive.jpg", "cmyk.jpg", "palette.png", "grey16.png", "alpha.png"])
    func damagedBytesNeverCrash(file: String) throws {
        let bytes = try Fixture.bytes(file)
        var generator = SplitMix64(state: 1)
        for _ in 0..<300 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                damaged[Int.random(in: 0..<damaged.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? ImageFile.decode(damaged, name: file, limits: ImageLimits(pixels: 1 << 20))
        }
    }

    @Test func sizesAreCheckedBeforeMemoryIsTaken() throws {
        var png = try Fixture.bytes("grey.png")
        png.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
        #expect {
            try ImageFile.decode(png, name: "bomb.png")
        } throws: { error in
            "\(error)"
                == "bomb.png has 2147483647 × 2147483647 pixels, more than the limit of 134217728; reduce it first"
        }
        let limits = ImageLimits(pixels: 97 * 64 - 1)
        let empty: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: 0x7A, count: 500)
        #expect(throws: ImagingError.damaged(path: "a", format: "JPEG", reason: "its size is 0 × 0 pixels")) {
            try ImageFile.decode(empty, name: "a")
        }
        #expect(throws: ImagingError.tooLarge(path: "a", width: 97, height: 64, limit: limits.pixels)) {
            try ImageFile.decode(try Fixture.bytes("grey.jpg"), name: "a", limits: limits)
        }
        let path = Fixture.path("grey.png")
        #expect(throws: ImagingError.self) { try ImageFile.read(path, limits: ImageLimits(bytes: 100)) }
    }

    @Test("A header that claims 60000 × 60000 pixels is refused, and no memory is taken for them")
    func hugeClaims() throws {
        let side: [UInt8] = [0xEA, 0x60]
        var png = try Fixture.bytes("rgb.png")
        png.replaceSubrange(16..<24, with: [0, 0] + side + [0, 0] + side)
        var claims = [png]
        for name in ["rgb.jpg", "rgb_progressive.jpg", "cmyk.jpg"] {
            var jpeg = try Fixture.bytes(name)
            let frame = try #require(
                jpeg.indices.dropLast(9).first { jpeg[$0] == 0xFF && [0xC0, 0xC2].contains(jpeg[$0 + 1]) })
            jpeg.replaceSubrange(frame + 5..<frame + 9, with: side + side)
            claims.append(jpeg)
        }
        func largestResident() -> Int {
            var usage = rusage()
            getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss << 10
        }
        let before = largestResident()
        for bytes in claims {
            let limit = ImageLimits().pixels
            #expect(throws: ImagingError.tooLarge(path: "a", width: 60000, height: 60000, limit: limit)) {
                try ImageFile.decode(bytes, name: "a")
            }
            #expect(throws: ImagingError.tooLarge(path: "a", width: 60000, height: 60000, limit: limit)) {
                try ImageFile.decodeGrey(bytes, name: "a")
            }
        }
        // The smallest of them would take 3.6 GB.
        #expect(largestResident() - before < 1 << 30)
    }

    @Test func errorsSayWhatWhereAndWhatToDo() {
        #expect {
            try ImageFile.read("/nowhere/a.png")
        } throws: { "\($0)".hasPrefix("/nowhere/a.png cannot be read (") }
        #expect {
            try ImageFile.decode([1, 2, 3], name: "notes.txt")
        } throws: { "\($0)" == "notes.txt is neither PNG nor JPEG; convert it to one of them" }
        #expect {
            try ImageFile.writePNG(Fixture.noisy, to: "/nowhere/a.png")
        } throws: { "\($0)".hasPrefix("/nowhere/a.png cannot be written (") }
        #expect(throws: ImagingError.self) {
            try ImageFile.encodePNG(GreyPlane(width: 0, height: 0, pixels: []))
        }
        #expect(throws: ImagingError.self) {
            try ImageFile.encodeJPEG(GreyPlane(width: 0, height: 0, pixels: []))
        }
    }

    /// Gamma and profiles leave values as they are stored.
    @Test func gammaIsIgnored() throws {
        var png = try Fixture.bytes("grey.png")
        // gAMA 1.0 with its check sum, right after IHDR.
        png.insert(contentsOf: [0, 0, 0, 4, 0x67, 0x41, 0x4D, 0x41, 0, 1, 0x86, 0xA0, 0x31, 0xE8, 0x96, 0x5F], at: 33)
        #expect(try ImageFile.decodeGrey(png, name: "gamma") == Fixture.grey("grey"))
    }
}
