/// Scans a file's bytes, pushed in any split, from preamble to the end of its data set.
public struct FileScanner: ~Copyable, Sendable {
    private var prefix: [UInt8] = []
    private var scanner: DataSetScanner?
    private let limits: DataSetScanner.Limits
    private let fileLength: UInt64?
    /// Nil until enough bytes have come.
    public private(set) var head: FileHead?
    /// See `DataSetScanner`.
    public var dataSetLength: UInt64 {
        switch scanner {
        case .some(let scanner): scanner.dataSetLength
        case nil: 0
        }
    }

    /// - Parameters:
    ///   - limits: of the data set.
    ///   - length: of the file, where it is known; see `DataSetScanner`.
    public init(limits: DataSetScanner.Limits = .init(), length: UInt64? = nil) {
        self.limits = limits
        fileLength = length
    }

    /// Takes the file's next bytes.
    /// - Throws: what is wrong with the file so far.
    public mutating func push(_ bytes: UnsafeRawBufferPointer) throws(DICOMCoreError) {
        if head != nil {
            try scanner?.push(bytes)
        } else {
            prefix.append(contentsOf: bytes)
            try readHead(isWhole: false)
        }
    }

    /// Says that the whole file has come.
    /// - Throws: what is wrong with the file, an early end above all.
    public mutating func finish() throws(DICOMCoreError) -> (head: FileHead, identity: InstanceIdentity) {
        if head == nil { try readHead(isWhole: true) }
        guard let head, let identity = try scanner?.finish() else {
            throw .notDICOM(why: "the file ends before a data set begins")
        }
        return (head, identity)
    }

    private mutating func readHead(isWhole: Bool) throws(DICOMCoreError) {
        guard let read = try FileHead.read(prefix, isWhole: isWhole) else { return }
        head = read
        let length = fileLength.map { $0 - min($0, UInt64(read.dataSetOffset)) }
        scanner = DataSetScanner(read.transferSyntax, limits: limits, length: length)
        try scanner?.push(prefix[read.dataSetOffset...])
        prefix = []
    }
}
