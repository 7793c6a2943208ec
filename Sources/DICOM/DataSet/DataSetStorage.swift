internal import CDCMTK
internal import Synchronization

/// One data set of DCMTK's, freed with its last user. DCMTK loads values when they are asked for, so even reading
/// changes it: every call goes through the lock.
final class DataSetStorage: @unchecked Sendable {
    private let handle: OpaquePointer
    private let lock = Mutex(())

    /// Takes over `handle`.
    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        cdcmtk_free(handle)
    }

    var root: ItemReference { ItemReference(pointer: cdcmtk_root(handle)) }

    /// `body` gets the handle and must not call back into this storage.
    func locked<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        lock.withLock { _ in body(handle) }
    }

    /// Runs a C function that fails by returning false and an error text; `subject` goes before the text.
    func locked(
        _ failure: (String) -> DICOMError, about subject: String? = nil,
        _ body: (OpaquePointer, UnsafeMutablePointer<cdcmtk_error>) -> Bool
    ) throws(DICOMError) {
        var error = cdcmtk_error()
        let isDone = lock.withLock { _ in body(handle, &error) }
        guard isDone else { throw DICOMError(error) { failure((subject.map { "\($0): " } ?? "") + $0) } }
    }
}

/// An item's address inside a storage, used only under that storage's lock.
struct ItemReference: @unchecked Sendable {
    let pointer: OpaquePointer
}

extension cdcmtk_error {
    var message: String {
        withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

extension cdcmtk_element {
    var vrName: String {
        withUnsafeBytes(of: vr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
