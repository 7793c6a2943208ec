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
