/// Bytes as people read them, in the units of the configuration: `1.4 GiB`.
struct ByteText: CustomStringConvertible {
    let bytes: Int64

    init(_ bytes: Int64) { self.bytes = bytes }

    var description: String {
        var value = Double(bytes)
        var units = ["bytes", "KiB", "MiB", "GiB", "TiB"][...]
        while abs(value) >= 1024, units.count > 1 {
            value /= 1024
            units.removeFirst()
        }
        guard units.first != "bytes" else { return "\(bytes) bytes" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10)) \(units.first ?? "")"
    }
}
