#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// Files as the scanner wants them: opened once, read in pieces.
public enum FileReader {
    /// What a scan of a whole file finds.
    public struct Scan: Sendable {
        /// What stands before the data set.
        public var head: FileHead
        /// What the data set says about itself.
        public var identity: InstanceIdentity
        /// Of the file, in bytes.
        public var length: UInt64
        /// See `DataSetScanner`.
        public var dataSetLength: UInt64
    }

    /// Scans the file at `path` whole.
    public static func scan(
        path: String, limits: DataSetScanner.Limits = .init()
    ) throws(DICOMCoreError) -> Scan {
        let (file, length) = try openFile(path)
        defer { close(file) }
        var scanner = FileScanner(limits: limits, length: length)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try readSome(file, path, into: buffer)
            if count == 0 { break }
            try scanner.push(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
        }
        let (head, identity) = try scanner.finish()
        return Scan(head: head, identity: identity, length: length, dataSetLength: scanner.dataSetLength)
    }

    /// Reads no more of the file at `path` than its head.
    public static func head(path: String) throws(DICOMCoreError) -> (head: FileHead, length: UInt64) {
        let start = try start(path: path) { _ in true }
        return (start.head, start.length)
    }

    /// Reads no more of the file at `path` than its head and as much of the data set as `isEnough` asks for; to the end
    /// where that never comes, which must then be whole.
    public static func start(
        path: String, until isEnough: (InstanceIdentity) -> Bool
    ) throws(DICOMCoreError) -> (head: FileHead, identity: InstanceIdentity, length: UInt64) {
        let (file, length) = try openFile(path)
        defer { close(file) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: FileHead.usualLength, alignment: 16)
        defer { buffer.deallocate() }
        let (head, prefix) = try readHead(file, path, buffer)
        var scanner = DataSetScanner(head.transferSyntax)
        // Nothing is asked of a damaged data set whose head is enough.
        guard !isEnough(scanner.identity) else { return (head, scanner.identity, length) }
        try scanner.push(prefix[head.dataSetOffset...])
        while !isEnough(scanner.identity) {
            let count = try readSome(file, path, into: buffer)
            if count == 0 { return (head, try scanner.finish(), length) }
            try scanner.push(UnsafeRawBufferPointer(rebasing: buffer.prefix(count)))
        }
        return (head, scanner.identity, length)
    }

    /// The head, and all that was read for it.
    private static func readHead(
        _ file: Int32, _ path: String, _ buffer: UnsafeMutableRawBufferPointer
    ) throws(DICOMCoreError) -> (FileHead, prefix: [UInt8]) {
        var prefix: [UInt8] = []
        while true {
            let count = try readSome(file, path, into: buffer)
            prefix.append(contentsOf: buffer.prefix(count))
            if let head = try FileHead.read(prefix, isWhole: count == 0) { return (head, prefix) }
            if count == 0 { throw .notDICOM(why: "the file ends before a data set begins") }
        }
    }

    private static func openFile(_ path: String) throws(DICOMCoreError) -> (Int32, UInt64) {
        // A pipe would be waited for; it is refused below.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .file(path: path, why: String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw .file(path: path, why: "not a regular file")
        }
        return (file, UInt64(clamping: status.st_size))
    }

    private static func readSome(
        _ file: Int32, _ path: String, into buffer: UnsafeMutableRawBufferPointer
    ) throws(DICOMCoreError) -> Int {
        while true {
            let count = read(file, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .file(path: path, why: String(cString: strerror(errno))) }
        }
    }
}
