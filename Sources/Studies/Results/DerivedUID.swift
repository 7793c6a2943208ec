import Crypto
public import DICOMCore
import Foundation

/// UIDs that follow from a name: UUID version 5 (RFC 9562 §5.5) as `2.25.<decimal>` (PS3.5 §B.2). The same name gives
/// the same UID on every machine.
public enum DerivedUID {
    /// The namespace of Hilum's names, itself a random UUID.
    private static let namespace: [UInt8] = [
        0x3d, 0x8e, 0x5a, 0x14, 0x70, 0xc1, 0x4b, 0x0f, 0x9a, 0x66, 0x52, 0xd7, 0x1e, 0xb3, 0x0c, 0x98,
    ]

    public static func make(from name: String) -> UID {
        var bytes = Array(Insecure.SHA1.hash(data: namespace + Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        let halves = stride(from: 0, to: 16, by: 8).map { start in
            bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        return UID(uuid: halves[0], halves[1])
    }

    /// For an object, series or tracked region of a job (design §3.4). `kindKey` names the kind of object and its SOP
    /// class; language keeps translations of one report apart. Device and date are part of the name because they stand
    /// in the object: what another installation makes of the same study, or this one after its store was lost, is
    /// another object and must not share its UID.
    public static func make(job identity: JobIdentity, kindKey: String, language: String) -> UID {
        let milliseconds = Int64((identity.date.timeIntervalSince1970 * 1000).rounded())
        return make(from: "job \(identity.key.string) \(identity.deviceUID) \(milliseconds) \(kindKey) \(language)")
    }
}
