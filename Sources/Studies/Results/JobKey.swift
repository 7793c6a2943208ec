import Crypto
public import DICOMCore
public import Foundation

/// What a job is known by (design §3.4): the same study with the same objects, bundle and settings is the same job.
public struct JobKey: Hashable, Sendable {
    /// SHA-256, 64 lower-case hexadecimal digits.
    public let string: String

    /// - Parameters:
    ///   - objectDigests: SHA-256 of each object's data set as received, hexadecimal; their order does not matter.
    ///   - bundleDigest: `BundleIdentity.digest`.
    ///   - settingsDigest: `AnalysisSettings.digest`.
    public init(study: UID, objectDigests: [String], bundleDigest: String, settingsDigest: String) {
        let lines = ["hilum job 1", study.string, bundleDigest, settingsDigest] + Set(objectDigests).sorted()
        string = Digest.sha256(Data(lines.joined(separator: "\n").utf8))
    }

    /// A key that was made before, from its text; nil unless it is 64 lower-case hexadecimal digits.
    public init?(_ string: String) {
        guard string.utf8.count == 64, string.utf8.allSatisfy({ Digest.digits.contains($0) }) else { return nil }
        self.string = string
    }
}

extension JobKey: CustomStringConvertible {
    public var description: String { string }
}

/// SHA-256 of bytes and files.
public enum Digest {
    static let digits = Array("0123456789abcdef".utf8)

    public static func sha256(_ bytes: some DataProtocol) -> String {
        hexadecimal(SHA256.hash(data: bytes))
    }

    /// Of a file's bytes from `offset` on, read in pieces of 1 MiB.
    public static func sha256(of file: URL, from offset: UInt64 = 0) throws -> String {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        try handle.seek(toOffset: offset)
        var hash = SHA256()
        while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty {
            hash.update(data: piece)
        }
        return hexadecimal(hash.finalize())
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
