/// What a JPEG or JPEG-LS codestream says of itself before its first scan (ITU-T T.81 §B.2, T.87 §C.2).
struct JPEGHeader: Equatable {
    enum Process: Equatable { case baseline, extended, progressive, lossless, jpegLS }

    var process: Process
    var precision: Int
    var rows: Int
    var columns: Int
    var componentIdentifiers: [UInt8]
    /// A JFIF APP0 marker, which promises YCbCr.
    var isJFIF: Bool

    /// Nil when the bytes are no such codestream, or one of a process that no decoder here knows (hierarchical or
    /// arithmetic).
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return nil }
        var position = 2
        var isJFIF = false
        while let (marker, segment, next) = Self.segment(bytes, at: position) {
            if marker == 0xE0, bytes[segment].starts(with: Array("JFIF".utf8)) { isJFIF = true }
            if let process = Self.process(marker) {
                self.init(process, bytes[segment], isJFIF: isJFIF)
                return
            }
            // Start of scan or end of image without a frame header before it. Markers that are reserved or arithmetic
            // coding's own have no place here; DCMTK's search for the frame header never ends at some of them.
            if marker == 0xDA || marker == 0xD9 || marker <= 0xBF { return nil }
            position = next
        }
        return nil
    }

    private init?(_ process: Process, _ frame: ArraySlice<UInt8>, isJFIF: Bool) {
        let frame = Array(frame)
        guard frame.count >= 6, frame.count >= 6 + 3 * Int(frame[5]) else { return nil }
        self.process = process
        precision = Int(frame[0])
        rows = Int(frame[1]) << 8 | Int(frame[2])
        columns = Int(frame[3]) << 8 | Int(frame[4])
        componentIdentifiers = (0..<Int(frame[5])).map { frame[6 + 3 * $0] }
        self.isJFIF = isJFIF
    }

    /// The marker at `position` and the bytes of its segment; nil at the end. Fill bytes are passed over.
    static func segment(_ bytes: [UInt8], at position: Int) -> (UInt8, Range<Int>, next: Int)? {
        var position = position
        while position < bytes.count, bytes[position] != 0xFF { position += 1 }
        while position < bytes.count, bytes[position] == 0xFF { position += 1 }
        guard position < bytes.count else { return nil }
        let marker = bytes[position]
        let begin = position + 3
        // Restart markers, TEM and the like stand alone.
        if (0xD0...0xD8).contains(marker) || marker <= 0x01 { return (marker, position..<position, position + 1) }
        guard begin <= bytes.count else { return nil }
        let length = Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
        guard length >= 2, begin + length - 2 <= bytes.count else { return nil }
        return (marker, begin..<begin + length - 2, begin + length - 2)
    }

    private static func process(_ marker: UInt8) -> Process? {
        switch marker {
        case 0xC0: .baseline
        case 0xC1: .extended
        case 0xC2: .progressive
        case 0xC3: .lossless
        case 0xF7: .jpegLS
        default: nil
        }
    }
}
