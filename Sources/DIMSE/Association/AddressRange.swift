#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// A range of network addresses: an address, or an address and the number of its leading bits that count
/// (`10.1.0.0/16`, `fd00::/8`).
public struct AddressRange: Sendable, Hashable {
    private let network: [UInt8]
    private let prefix: Int
    private let text: String

    /// Nil unless `text` is an IPv4 or IPv6 address, with or without `/` and a number of bits that it has.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let network = Self.bytes(of: String(first)) else { return nil }
        var prefix = network.count * 8
        if parts.count == 2 {
            guard let bits = Int(parts[1]), (0...prefix).contains(bits) else { return nil }
            prefix = bits
        }
        self.network = network
        self.prefix = prefix
        self.text = String(text)
    }

    func contains(_ address: [UInt8]) -> Bool {
        guard address.count == network.count else { return false }
        return zip(address, network).enumerated().allSatisfy { index, pair in
            let bits = min(8, max(0, prefix - index * 8))
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            return pair.0 & mask == pair.1 & mask
        }
    }

    /// The 4 or 16 bytes of a numeric address; an IPv4 address that came in IPv6 dress (`::ffff:…`) counts as IPv4.
    static func bytes(of text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(bytes.suffix(4)) : bytes
    }
}

extension AddressRange: CustomStringConvertible {
    public var description: String { text }
}
