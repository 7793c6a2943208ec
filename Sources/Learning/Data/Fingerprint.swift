import Imaging

/// FNV-1a, 64 bits (Fowler, Noll and Vo), with a last mixing of its bits: the same everywhere, unlike Swift's hashes.
/// Not for what somebody might forge.
struct Fingerprint: Equatable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    init() {}

    init(_ text: String) { add(text.utf8) }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }

    mutating func add(_ plane: GreyPlane) {
        add("\(plane.width) \(plane.height) ".utf8)
        plane.pixels.withUnsafeBufferPointer { add($0) }
    }

    mutating func add(_ image: PreparedImage) {
        add(image.grey)
        add(image.labels.values)
        for length in image.labels.lengths { add([UInt8(truncatingIfNeeded: length), UInt8(length >> 8)]) }
    }

    var value: UInt64 {
        var mixed = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return mixed ^ (mixed >> 33)
    }

    /// 16 hexadecimal digits.
    var text: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
