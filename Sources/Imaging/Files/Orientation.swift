/// How a picture is to be turned to stand upright: Orientation (274) of TIFF 6.0 §8, which cameras write into Exif.
struct Orientation: Equatable {
    /// Which of the picture's columns and rows run backwards, and whether rows are columns.
    private let flipsColumns: Bool
    private let flipsRows: Bool
    private let swaps: Bool

    static let upright = Orientation(flipsColumns: false, flipsRows: false, swaps: false)

    private init(flipsColumns: Bool, flipsRows: Bool, swaps: Bool) {
        self.flipsColumns = flipsColumns
        self.flipsRows = flipsRows
        self.swaps = swaps
    }

    /// Nil for what is none of 1 to 8.
    init?(tag: Int) {
        guard (1...8).contains(tag) else { return nil }
        self.init(
            flipsColumns: [2, 3, 7, 8].contains(tag), flipsRows: [3, 4, 6, 7].contains(tag), swaps: tag >= 5)
    }

    /// Of a file's bytes; upright where nothing (or nothing legible) says otherwise.
    init(of bytes: [UInt8], _ format: ImageFile.Format) {
        let exif = format == .jpeg ? Self.jpegExif(bytes) : PNGChunks.content(of: "eXIf", in: bytes)
        self = exif.flatMap { Self.tag(in: bytes[$0]) }.flatMap { Orientation(tag: $0) } ?? .upright
    }

    /// `samples` of a pixel lie together.
    func turn(_ pixels: [UInt8], width: Int, height: Int, samples: Int) -> (pixels: [UInt8], width: Int, height: Int) {
        guard self != .upright else { return (pixels, width, height) }
        let (wide, high) = swaps ? (height, width) : (width, height)
        var out: [UInt8] = []
        out.reserveCapacity(pixels.count)
        for y in 0..<high {
            for x in 0..<wide {
                let (row, column) = swaps ? (x, y) : (y, x)
                let from = (flipsRows ? height - 1 - row : row) * width + (flipsColumns ? width - 1 - column : column)
                out += pixels[from * samples..<(from + 1) * samples]
            }
        }
        return (out, wide, high)
    }

    /// The TIFF structure in the first APP1 segment that begins with `Exif` (Exif 2.32 §4.7.2).
    private static func jpegExif(_ bytes: [UInt8]) -> Range<Int>? {
        var position = 2
        while position + 4 <= bytes.count, bytes[position] == 0xFF {
            let marker = bytes[position + 1]
            // Scan data, or the end: what follows are no segments.
            guard marker != 0xDA, marker != 0xD9 else { return nil }
            let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
            guard length >= 2, position + 2 + length <= bytes.count else { return nil }
            let content = (position + 4)..<(position + 2 + length)
            if marker == 0xE1, bytes[content].starts(with: Array("Exif\0\0".utf8)) { return content.dropFirst(6) }
            position = content.upperBound
        }
        return nil
    }

    /// The first directory's entry 274.
    private static func tag(in tiff: ArraySlice<UInt8>) -> Int? {
        let isLittle = tiff.starts(with: Array("II".utf8))
        guard isLittle || tiff.starts(with: Array("MM".utf8)) else { return nil }
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard offset >= 0, offset <= tiff.count - count else { return nil }
            let field = tiff[(tiff.startIndex + offset)..<(tiff.startIndex + offset + count)]
            return (isLittle ? Array(field.reversed()) : Array(field)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return nil }
        for entry in 0..<entries where number(directory + 2 + 12 * entry, 2) == 274 {
            return number(directory + 2 + 12 * entry + 8, 2)
        }
        return nil
    }
}
