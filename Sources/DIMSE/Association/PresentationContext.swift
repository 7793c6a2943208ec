public import DICOMCore

/// A presentation context as proposed (PS3.8 §9.3.2.2): an odd id, what, and the syntaxes to choose from. Syntaxes are
/// text since a peer may send what is no UID.
public struct ProposedContext: Equatable, Sendable {
    /// Odd, 1 to 255, and its own within the association.
    public var id: UInt8
    /// The UID of a SOP class, or what the peer sent in its place.
    public var abstractSyntax: String
    /// UIDs; the acceptor chooses one. The order says nothing in PS3.8.
    public var transferSyntaxes: [String]

    /// A context as it stands on the wire; nothing is checked.
    public init(id: UInt8, abstractSyntax: String, transferSyntaxes: [String]) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntaxes = transferSyntaxes
    }

    /// A context for objects or requests of `sopClass`, written in one of `syntaxes`.
    public init(id: UInt8, _ sopClass: UID, _ syntaxes: [TransferSyntax]) {
        self.init(id: id, abstractSyntax: sopClass.string, transferSyntaxes: syntaxes.map(\.uid.string))
    }
}

/// A presentation context as answered (PS3.8 §9.3.3.2).
public struct AnsweredContext: Equatable, Sendable {
    /// Result/Reason (PS3.8 Table 9-18), with its value on the wire.
    public enum Result: UInt8, Sendable {
        case acceptance = 0
        case userRejection = 1
        case noReason = 2
        case abstractSyntaxNotSupported = 3
        case transferSyntaxesNotSupported = 4
    }
    /// The proposed context's.
    public var id: UInt8
    /// Whether the context may be used, or why not.
    public var result: Result
    /// The UID chosen; significant with acceptance only.
    public var transferSyntax: String

    /// An answer as it stands on the wire; nothing is checked.
    public init(id: UInt8, result: Result, transferSyntax: String) {
        self.id = id
        self.result = result
        self.transferSyntax = transferSyntax
    }
}

/// A presentation context that both sides agreed on.
public struct NegotiatedContext: Hashable, Sendable {
    /// Odd, 1 to 255: what each presentation data value names.
    public var id: UInt8
    /// The abstract syntax.
    public var sopClassUID: UID
    /// In which every data set on this context is written.
    public var transferSyntax: TransferSyntax

    /// For an answer made without a peer, in tests.
    public init(id: UInt8, sopClassUID: UID, transferSyntax: TransferSyntax) {
        self.id = id
        self.sopClassUID = sopClassUID
        self.transferSyntax = transferSyntax
    }
}
