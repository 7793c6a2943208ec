import Crypto
public import DICOMCore
public import Foundation

/// What names a patient or a study, as keyed hashes: ids are short, so a plain hash of one could be found by trying them
/// all, and a UID is looked up in the archive that it comes from.
public struct Pseudonym: Sendable {
    private let key: SymmetricKey

    public init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
    }

    /// Reads the key from a file, or makes the file with a new random key that only its owner may read. A file that is there
    /// is never replaced: earlier exports hang on its key.
    public init(keyFile: URL) throws {
        if FileManager.default.fileExists(atPath: keyFile.path) {
            guard let bytes = try? Data(contentsOf: keyFile), bytes.count >= 16 else {
                throw StudiesError.invalidOption(
                    name: "the pseudonym key", value: keyFile.path,
                    allowed: "a file of 16 bytes or more that may be read, or a name where there is none yet")
            }
            self.init(key: Array(bytes))
            return
        }
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        let made = FileManager.default.createFile(
            atPath: keyFile.path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        guard made else { throw StudiesError.fileNotWritten(keyFile.path) }
        self.init(key: bytes)
    }

    /// HMAC-SHA-256 of issuer and id, its first 16 hexadecimal digits; empty for an empty id.
    public func of(patientID: String, issuer: String) -> String {
        patientID.isEmpty ? "" : short("\(issuer)\\\(patientID)")
    }

    /// A UID in the place of another, always the same one (PS3.15 Annex E, "replace UID").
    public func of(_ uid: UID) -> UID { DerivedUID.make(from: Digest.hexadecimal(code("uid \(uid.string)"))) }

    /// 16 hexadecimal digits in the place of a file's path.
    public func of(path: String) -> String { short("path \(path)") }

    private func short(_ text: String) -> String { String(Digest.hexadecimal(code(text)).prefix(16)) }

    private func code(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }
}
