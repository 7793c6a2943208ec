/// The few calls that the spool makes to the operating system, so that tests can fill a disk without one. Paths are
/// absolute; every call throws `StoreError.system`.
public protocol SpoolFileSystem: Sendable {
    /// A new file; it is an error if one is there.
    func create(_ path: String) throws -> any SpoolFile
    func makeFolder(_ path: String) throws
    /// Replaces nothing: names in the spool are never used twice.
    func rename(_ path: String, to target: String) throws
    /// Makes renames, creations and removals in the folder durable.
    func syncFolder(_ path: String) throws
    /// No error if nothing is there.
    func remove(_ path: String) throws
    /// Names in the folder, without order, `.` and `..`.
    func list(_ folder: String) throws -> [String]
    /// Bytes; nil when nothing is there.
    func size(_ path: String) throws -> Int64?
    /// Bytes that an unprivileged process may still write.
    func freeBytes(_ folder: String) throws -> Int64
}

/// A file being written, from its start to its end.
public protocol SpoolFile: AnyObject, Sendable {
    func write(_ bytes: UnsafeRawBufferPointer) throws
    /// Fills `bytes` with what was written at `offset` and after it. Not at the same time as `close`.
    func read(at offset: Int64, into bytes: UnsafeMutableRawBufferPointer) throws
    /// Asks the kernel to begin writing to the disk what was written so far, without waiting.
    func startWriteback()
    /// Returns when data and length are on the disk.
    func sync() throws
    /// Once; later calls do nothing.
    func close()
}
