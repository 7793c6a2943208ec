public import DICOMCore
public import Foundation
public import Workflow

/// What a data set says of itself, as far as the store keeps it. Nothing here names a patient.
public struct ObjectIdentity: Hashable, Sendable {
    public var sopClass: UID
    public var sopInstance: UID
    public var study: UID
    public var series: UID
    /// Modality (0008,0060), as sent.
    public var modality: String?
    /// Manufacturer (0008,0070), as sent.
    public var manufacturer: String?
    /// Device UID (0018,1002): it tells objects that this node made.
    public var deviceUID: UID?

    public init(
        sopClass: UID, sopInstance: UID, study: UID, series: UID, modality: String? = nil,
        manufacturer: String? = nil, deviceUID: UID? = nil
    ) {
        self.sopClass = sopClass
        self.sopInstance = sopInstance
        self.study = study
        self.series = series
        self.modality = modality
        self.manufacturer = manufacturer
        self.deviceUID = deviceUID
    }

    /// Throws `ReceptionRefusal` when one of the four UIDs is missing.
    public init(_ identity: InstanceIdentity) throws(ReceptionRefusal) {
        func known(_ uid: UID?, _ tag: Tag, _ name: String) throws(ReceptionRefusal) -> UID {
            guard let uid else { throw .cannotUnderstand("the data set has no valid \(name) \(tag)") }
            return uid
        }
        self.init(
            sopClass: try known(identity.sopClassUID, Tag(0x0008, 0x0016), "SOP Class UID"),
            sopInstance: try known(identity.sopInstanceUID, Tag(0x0008, 0x0018), "SOP Instance UID"),
            study: try known(identity.studyInstanceUID, Tag(0x0020, 0x000D), "Study Instance UID"),
            series: try known(identity.seriesInstanceUID, Tag(0x0020, 0x000E), "Series Instance UID"),
            modality: identity.modality, manufacturer: identity.manufacturer, deviceUID: identity.deviceUID)
    }

    func provenance(ownDeviceUID: UID) -> Provenance {
        Provenance(
            sopClass: sopClass, sopInstance: sopInstance, modality: modality, manufacturer: manufacturer,
            deviceUID: deviceUID, ownDeviceUID: ownDeviceUID)
    }
}

/// One object that is whole, durable on disk, and waits for its row.
public struct Arrival: Hashable, Sendable {
    public var identity: ObjectIdentity
    public var transferSyntax: UID
    /// Relative to the store's folder.
    public var path: String
    /// Length of the file.
    public var bytes: Int64
    public var digest: ObjectDigest
    public var receivedAt: Date
    public var callingAE: String
    public var association: String

    public init(
        identity: ObjectIdentity, transferSyntax: UID, path: String, bytes: Int64, digest: ObjectDigest,
        receivedAt: Date, callingAE: String, association: String
    ) {
        self.identity = identity
        self.transferSyntax = transferSyntax
        self.path = path
        self.bytes = bytes
        self.digest = digest
        self.receivedAt = receivedAt
        self.callingAE = callingAE
        self.association = association
    }
}

/// What became of an arrival.
public enum Disposition: Hashable, Sendable {
    /// A new object; `opensStudy` says that assembly has something to wait for.
    case kept(study: UID, opensStudy: Bool)
    /// The same object was there already: nothing changed, the arrival's file goes.
    case same
    /// The UID was there with other bytes: kept beside it until a worker has compared them.
    case setAside
    /// The UID was there with other bytes and the settings say to refuse: the file goes.
    case refused
}

/// Where an object came from.
public enum ObjectOrigin: String, Hashable, Sendable {
    /// Sent by a peer.
    case received
    /// Made by Hilum, here or on another node, and sent by a peer: kept, never analysed.
    case echo
    /// A result of this node.
    case result
}

/// A kept object.
public struct StoredObject: Hashable, Sendable {
    public var id: Int64
    public var study: UID
    public var series: UID
    public var sopClass: UID
    public var sopInstance: UID
    public var transferSyntax: UID
    public var origin: ObjectOrigin
    /// Absolute.
    public var file: URL
    public var bytes: Int64
    public var digest: ObjectDigest
    public var receivedAt: Date
    public var callingAE: String
    /// When its file was removed after delivery; nil while it is kept.
    public var removedAt: Date?
}

public typealias AsideState = AsideWorkflow.State.Name

/// An object whose UID was taken by other bytes.
public struct AsideObject: Hashable, Sendable, Identifiable {
    public var id: Int64
    public var sopInstance: UID
    public var transferSyntax: UID
    public var state: AsideState
    public var reason: String?
    /// Absolute.
    public var file: URL
    public var kept: StoredObject
    public var receivedAt: Date
    public var callingAE: String
}
