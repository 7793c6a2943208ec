import Foundation

/// The bytes of a pickle, read forward.
struct PickleInput {
    private let bytes: Data
    private(set) var position: Int

    /// - Parameter bytes: with indices from 0.
    init(_ bytes: Data, from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// - Throws: ``TorchProblem`` when fewer are left, as all that follow.
    private mutating func take(_ count: Int) throws -> Data {
        guard count <= bytes.count - position else { throw TorchProblem("its pickle is cut off") }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func skip(_ count: Int) throws { _ = try take(count) }

    mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw TorchProblem("its pickle is cut off") }
        defer { position += 1 }
        return bytes[position]
    }

    /// At most seven bytes, little-endian, without a sign.
    mutating func number(_ count: Int) throws -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A whole number of up to eight bytes in two's complement, behind their count (LONG1).
    mutating func long() throws -> Int {
        let count = Int(try byte())
        let digits = try take(count)
        guard count <= 8 else { throw TorchProblem("its pickle has a number of \(count) bytes") }
        let bits = digits.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count > 0 else { return 0 }
        let shift = 64 - 8 * count
        return Int(Int64(bitPattern: bits << shift) >> shift)
    }

    mutating func double() throws -> Double {
        Double(bitPattern: try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    mutating func text(_ count: Int) throws -> String {
        guard let text = String(data: try take(count), encoding: .utf8) else {
            throw TorchProblem("its pickle has text that is not UTF-8")
        }
        return text
    }

    /// Up to a line feed, of at most 1,000 bytes.
    mutating func line() throws -> String {
        let rest = bytes[position..<min(bytes.count, position + 1000)]
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            throw TorchProblem("its pickle has a name without an end")
        }
        defer { position = end + 1 }
        return String(decoding: bytes[position..<end], as: UTF8.self)
    }
}
