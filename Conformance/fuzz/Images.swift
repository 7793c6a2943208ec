// PNG and JPEG files as they come from outside. In every second input the check sums of a PNG's chunks are set right first:
// libpng looks at nothing behind one that is wrong.

import CZlib

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    var bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    if start[0] % 2 == 1 { setCheckSums(of: &bytes) }
    // Small, so that what goes beyond it shows as memory.
    let limits = ImageLimits(pixels: 1 << 18)
    let image = try? ImageFile.decode(bytes, name: "input", limits: limits)
    let grey = try? ImageFile.decodeGrey(bytes, name: "input", limits: limits)
    if let image {
        let plane = image.grey
        precondition(plane.pixels.count <= limits.pixels, "\(plane.width) × \(plane.height) pixels passed the limit")
        if let grey { precondition(grey.width == plane.width && grey.height == plane.height, "grey has another size") }
    }
    return 0
}

private func setCheckSums(of bytes: inout [UInt8]) {
    var position = 8
    while bytes.count - position >= 12 {
        let length = bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - position - 12 else { return }
        let end = position + 8 + length
        let sum = bytes[(position + 4)..<end].withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
        for place in 0..<4 { bytes[end + place] = UInt8(truncatingIfNeeded: sum >> (24 - 8 * place)) }
        position = end + 4
    }
}
