/// Why an object was not taken, in the words of PS3.4 Annex B's statuses. Nothing of the object is left.
public enum ReceptionRefusal: Error, Hashable, Sendable {
    /// 0xA700: the disk is full or under its watermark, the database is locked. The peer may try again.
    case outOfResources(String)
    /// 0xA900: the data set is of another class or instance than the request said.
    case doesNotMatch(String)
    /// 0xC000: the bytes are no data set, or one that does not say what it is.
    case cannotUnderstand(String)
    /// 0x0111: the UID is taken by other bytes, and the settings say to refuse.
    case duplicateInstance(String)
}

extension ReceptionRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .outOfResources(let why), .doesNotMatch(let why), .cannotUnderstand(let why), .duplicateInstance(let why):
            why
        }
    }

    /// The DIMSE status that says so (PS3.4 Table B.2-1, PS3.7 Annex C).
    public var status: UInt16 {
        switch self {
        case .outOfResources: 0xA700
        case .doesNotMatch: 0xA900
        case .cannotUnderstand: 0xC000
        case .duplicateInstance: 0x0111
        }
    }
}
