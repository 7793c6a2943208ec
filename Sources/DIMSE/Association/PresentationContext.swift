public import DICOMCore

/// A presentation context as proposed (PS3.8 §9.3.2.2): an odd id, what, and the syntaxes to choose from. Syntaxes are
/// text since a peer may send what is no UID.
public struct ProposedContext: Equatable, Sendable {
    public var id: UInt8
    public var abstractSyntax: String
    public var transferSyntaxes: [String]

    public init(id: UInt8, abstractSyntax: String, transferSyntaxes: [String]) {
        self.id = id
        self.abstractSyntax = abstractSyntax
        self.transferSyntaxes = transferSyntaxes
    }

    public init(id: UInt8, _ sopClass: UID, _ syntaxes: [TransferSyntax]) {
        self.init(id: id, abstractSyntax: sopClass.string, transferSyntaxes: syntaxes.map(\.uid.string))
    }
}

/// A presentation context as answered (PS3.8 §9.3.3.2).
public struct AnsweredContext: Equatable, Sendable {
    public enum Result: UInt8, Sendable {
        case acceptance = 0
        case userRejection = 1
        case noReason = 2
        case abstractSyntaxNotSupported = 3
        case transferSyntaxesNotSupported = 4
    }
    public var id: UInt8
    public var result: Result
    /// Significant with acceptance only.
    public var transferSyntax: String

    public init(id: UInt8, result: Result, transferSyntax: String) {
        self.id = id
        self.result = result
        self.transferSyntax = transferSyntax
    }
}

/// A presentation context that both sides agreed on.
public struct NegotiatedContext: Hashable, Sendable {
    public var id: UInt8
    public var sopClassUID: UID
    public var transferSyntax: TransferSyntax

    public init(id: UInt8, sopClassUID: UID, transferSyntax: TransferSyntax) {
        self.id = id
        self.sopClassUID = sopClassUID
        self.transferSyntax = transferSyntax
    }
}
