/// Applies a function to every stored value. Images of 16 bits and less have fewer different values than pixels, so
/// the function is asked once for each value that occurs.
struct ValueMap {
    private let frame: StoredFrame

    init(_ frame: StoredFrame) {
        self.frame = frame
    }

    func map<Result>(_ transform: (Double) -> Result) -> [Result] {
        switch frame.type {
        case .u1, .i1: lookUp(frame.bytes, transform) { frame.type == .u1 ? Double($0) : Double(Int8(bitPattern: $0)) }
        case .u2, .i2:
            lookUp(frame.integers(UInt16.self), transform) {
                frame.type == .u2 ? Double($0) : Double(Int16(bitPattern: $0))
            }
        default: frame.doubles().map(transform)
        }
    }

    private func lookUp<Key: FixedWidthInteger & UnsignedInteger, Result>(
        _ keys: [Key], _ transform: (Double) -> Result, value: (Key) -> Double
    ) -> [Result] {
        var known = [Result?](repeating: nil, count: Int(Key.max) + 1)
        return keys.map { key in
            if let result = known[Int(key)] { return result }
            let result = transform(value(key))
            known[Int(key)] = result
            return result
        }
    }
}
