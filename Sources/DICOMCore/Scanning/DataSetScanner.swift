/// Walks the bytes of one data set as they arrive, in any split and in constant memory: checks lengths and nesting,
/// inflates a deflated data set up to a limit, and reads the attributes that identify the object. It decodes nothing
/// else; that is done by DCMTK, elsewhere and later.
///
/// After an error the scanner is spent: further pushes throw the same error again.
public struct DataSetScanner: ~Copyable, Sendable {
    /// What a data set may ask of who reads it.
    public struct Limits: Sendable {
        /// Sequences inside sequences.
        public var nesting = 64
        /// Of all sequences together. Readers keep a kilobyte and more for each, so that few bytes, deflated above all, could
        /// take all their memory.
        public var items = 1_000_000
        /// Bytes that a deflated data set may grow to: no more than the decoder takes later.
        public var inflatedLength: UInt64 = 1 << 30

        /// 64 deep, a million items, 1 GiB inflated.
        public init() {}
    }

    private var walker: ElementWalker
    private var inflater: Inflater?
    private var failure: DICOMCoreError?

    /// - Parameters:
    ///   - syntax: in which the bytes are written; no other is tried.
    ///   - limits: what the data set may ask of who reads it.
    ///   - length: the number of bytes that will come, where it is known: a length that reaches beyond is then refused
    ///     at once, not at the end.
    public init(_ syntax: TransferSyntax, limits: Limits = Limits(), length: UInt64? = nil) {
        walker = ElementWalker(
            syntax, limits: limits, length: syntax.isDeflated ? nil : length)
        inflater = syntax.isDeflated ? Inflater(limit: limits.inflatedLength) : nil
    }

    /// What has been read so far.
    public var identity: InstanceIdentity { walker.identity }

    /// Bytes to the end of the last element so far, inflated where the data set is deflated. What else was pushed are zeros
    /// that some writers leave behind the data set, which readers must not take for elements.
    public var dataSetLength: UInt64 { walker.end }

    /// Takes the next bytes.
    /// - Throws: what is wrong with the data set so far.
    public mutating func push(_ bytes: UnsafeRawBufferPointer) throws(DICOMCoreError) {
        if let failure { throw failure }
        do throws(DICOMCoreError) {
            if inflater != nil {
                try inflater?.push(bytes, into: &walker)
            } else {
                try walker.push(bytes)
            }
        } catch {
            failure = error
            throw error
        }
    }

    /// Takes the next bytes.
    /// - Throws: what is wrong with the data set so far.
    public mutating func push(_ bytes: [UInt8]) throws(DICOMCoreError) {
        try push(bytes[...])
    }

    /// Takes the next bytes.
    /// - Throws: what is wrong with the data set so far.
    public mutating func push(_ bytes: ArraySlice<UInt8>) throws(DICOMCoreError) {
        // withUnsafeBytes has no typed throws here, so the outcome is carried out by hand.
        var outcome: DICOMCoreError?
        bytes.withUnsafeBytes { buffer in
            do throws(DICOMCoreError) { try push(buffer) } catch { outcome = error }
        }
        if let outcome { throw outcome }
    }

    /// Says that all bytes have come.
    /// - Throws: what is wrong with the data set, an early end above all.
    public mutating func finish() throws(DICOMCoreError) -> InstanceIdentity {
        if let failure { throw failure }
        try inflater?.finish()
        try walker.finish()
        return walker.identity
    }
}
