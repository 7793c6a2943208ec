/// Coding parameters of JPEG-LS that a codestream leaves to their defaults (ITU-T T.87 §C.2.4.1.1).
///
/// The defaults for samples of less than 8 bits follow a formula of their own, which the CharLS inside DCMTK 3.6.7
/// lacks. A codestream that spells its parameters out is decoded rightly, so they are written into it.
enum JPEGLSPresets {
    private static let parametersMarker: UInt8 = 0xF8
    private static let scanMarker: UInt8 = 0xDA

    /// The codestream with its parameters spelled out where that is needed, else as it is.
    static func spellOut(_ bytes: [UInt8], precision: Int) -> [UInt8] {
        guard (2..<8).contains(precision) else { return bytes }
        var position = 2
        while let (marker, segment, next) = JPEGHeader.segment(bytes, at: position) {
            switch marker {
            case parametersMarker: return bytes
            case scanMarker:
                guard let near = near(bytes[segment]) else { return bytes }
                let marker = segment.lowerBound - 4
                return bytes[..<marker] + parameters(maximum: 1 << precision - 1, near: near) + bytes[marker...]
            default: position = next
            }
        }
        return bytes
    }

    /// NEAR stands after the scan's component selectors (T.87 §C.2.3).
    private static func near(_ scan: ArraySlice<UInt8>) -> Int? {
        let scan = Array(scan)
        guard let components = scan.first, scan.count > 1 + 2 * Int(components) else { return nil }
        return Int(scan[1 + 2 * Int(components)])
    }

    /// T.87 §C.2.4.1.1.1 for a maximum below 128.
    private static func parameters(maximum: Int, near: Int) -> [UInt8] {
        let factor = 256 / (maximum + 1)
        let clamp = { (value: Int, low: Int) in value > maximum || value < low ? low : value }
        let first = clamp(max(2, 3 / factor + 3 * near), near + 1)
        let second = clamp(max(3, 7 / factor + 5 * near), first)
        let third = clamp(max(4, 21 / factor + 7 * near), second)
        let words = [maximum, first, second, third, 64].flatMap { [UInt8($0 >> 8 & 255), UInt8($0 & 255)] }
        return [0xFF, parametersMarker, 0, 13, 1] + words
    }
}
