/// A service-object pair class (PS3.4): what kind of object, or which service. Storage classes are in
/// `SOPClass+Registry.swift`.
public struct SOPClass: Sendable {
    /// By which alone classes are compared.
    public let uid: UID
    /// The name in PS3.6 Annex A; the UID itself for a class that the registry doesn't have.
    public let name: String

    init(known uid: StaticString, _ name: StaticString) {
        self.uid = UID(known: uid)
        self.name = name.description
    }

    /// The registered class of this UID, or one that has the UID for its name.
    public init(uid: UID) {
        self.uid = uid
        self.name = Self.byUID[uid]?.name ?? uid.string
    }

    /// C-ECHO (PS3.4 Annex A): `1.2.840.10008.1.1`.
    public static let verification = SOPClass(known: "1.2.840.10008.1.1", "Verification SOP Class")
    /// PS3.4 Annex J: `1.2.840.10008.1.20.1`.
    public static let storageCommitmentPushModel = SOPClass(
        known: "1.2.840.10008.1.20.1", "Storage Commitment Push Model SOP Class")
    /// C-FIND (PS3.4 Annex C): `1.2.840.10008.5.1.4.1.2.2.1`.
    public static let studyRootFind = SOPClass(
        known: "1.2.840.10008.5.1.4.1.2.2.1", "Study Root Query/Retrieve Information Model - FIND")
    /// C-MOVE (PS3.4 Annex C): `1.2.840.10008.5.1.4.1.2.2.2`.
    public static let studyRootMove = SOPClass(
        known: "1.2.840.10008.5.1.4.1.2.2.2", "Study Root Query/Retrieve Information Model - MOVE")
    /// C-GET (PS3.4 Annex C): `1.2.840.10008.5.1.4.1.2.2.3`.
    public static let studyRootGet = SOPClass(
        known: "1.2.840.10008.5.1.4.1.2.2.3", "Study Root Query/Retrieve Information Model - GET")

    private static let services: [SOPClass] = [
        .verification, .storageCommitmentPushModel, .studyRootFind, .studyRootMove, .studyRootGet,
    ]
    private static let byUID = Dictionary(
        uniqueKeysWithValues: (storageClasses + services).map { ($0.uid, $0) })
    private static let storageUIDs = Set(storageClasses.map(\.uid))

    /// A standard storage class; private ones are known to the configuration only.
    public var isStorage: Bool { Self.storageUIDs.contains(uid) }
}

extension SOPClass: Hashable {
    public static func == (left: SOPClass, right: SOPClass) -> Bool { left.uid == right.uid }
    public func hash(into hasher: inout Hasher) { hasher.combine(uid) }
}

extension SOPClass: CustomStringConvertible {
    public var description: String { name }
}
