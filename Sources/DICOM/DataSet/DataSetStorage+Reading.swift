internal import CDCMTK
internal import DICOMCore
internal import Foundation

extension DataSetStorage {
    /// Scans the file, then lets DCMTK read it from where its data set begins.
    static func reading(path: String) throws(DICOMError) -> (DataSetStorage, FileHead) {
        let scan: FileReader.Scan
        do throws(DICOMCoreError) {
            scan = try FileReader.scan(path: path)
        } catch {
            throw .unreadable(error)
        }
        let head = scan.head
        // DCMTK would take what lies behind the last element for another one.
        let isPadded = scan.length > UInt64(head.dataSetOffset) + scan.dataSetLength
        if head.transferSyntax.isDeflated || isPadded {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                throw .unreadable(.file(path: path, why: "it can't be read"))
            }
            return (try reading(Array(bytes.dropFirst(head.dataSetOffset)), head, length: scan.dataSetLength), head)
        }
        let storage = try make { error in
            cdcmtk_read_file(path, UInt64(head.dataSetOffset), head.transferSyntax.encoding, error)
        }
        return (storage, head)
    }

    static func reading(bytes: [UInt8]) throws(DICOMError) -> (DataSetStorage, FileHead) {
        let (head, length) = try scan(bytes)
        return (try reading(Array(bytes[head.dataSetOffset...]), head, length: length), head)
    }

    /// - Parameters:
    ///   - bytes: all that comes after the head.
    ///   - length: of the data set itself, inflated.
    private static func reading(
        _ bytes: [UInt8], _ head: FileHead, length: UInt64
    ) throws(DICOMError) -> DataSetStorage {
        let length = Int(clamping: length)
        if head.transferSyntax.isDeflated {
            return try reading(dataSet: inflated(bytes).prefix(length), CDCMTK_EXPLICIT_LITTLE_ENDIAN)
        }
        return try reading(dataSet: bytes.prefix(length), head.transferSyntax.encoding)
    }

    private static func scan(_ bytes: [UInt8]) throws(DICOMError) -> (FileHead, dataSetLength: UInt64) {
        do throws(DICOMCoreError) {
            var scanner = FileScanner(length: UInt64(bytes.count))
            // withUnsafeBytes has no typed throws here, so the outcome is carried out by hand.
            var outcome: DICOMCoreError?
            bytes.withUnsafeBytes { buffer in
                do throws(DICOMCoreError) { try scanner.push(buffer) } catch { outcome = error }
            }
            if let outcome { throw outcome }
            let head = try scanner.finish().head
            return (head, scanner.dataSetLength)
        } catch {
            throw .unreadable(error)
        }
    }

    private static func inflated(_ deflated: [UInt8]) throws(DICOMError) -> [UInt8] {
        let limit = DecodingLimits.standard.inflatedBytes
        // The scanner read raw deflate. Bytes that are zlib's too would inflate to something that it has not seen.
        return try Inflation.inflate(deflated, mayBeWrapped: false, limit: limit) { .malformed(why: $0) }
    }

    private static func reading(
        dataSet: ArraySlice<UInt8>, _ encoding: cdcmtk_encoding
    ) throws(DICOMError) -> DataSetStorage {
        try make { error in
            dataSet.withUnsafeBufferPointer { cdcmtk_read_bytes($0.baseAddress, $0.count, encoding, error) }
        }
    }

    private static func make(
        _ read: (UnsafeMutablePointer<cdcmtk_error>) -> OpaquePointer?
    ) throws(DICOMError) -> DataSetStorage {
        var error = cdcmtk_error()
        guard let handle = read(&error) else { throw .malformed(why: error.message) }
        return DataSetStorage(owning: handle)
    }
}

extension TransferSyntax {
    /// How DCMTK is to read the data set, once inflated.
    var encoding: cdcmtk_encoding {
        if isEncapsulated { return CDCMTK_ENCAPSULATED }
        if !isLittleEndian { return CDCMTK_EXPLICIT_BIG_ENDIAN }
        return isExplicitVR ? CDCMTK_EXPLICIT_LITTLE_ENDIAN : CDCMTK_IMPLICIT_LITTLE_ENDIAN
    }
}

/// Deflated bytes, of a whole data set or of one frame.
enum Inflation {
    /// Grows its buffer as the bytes come out, never beyond `limit`.
    /// - Parameter mayBeWrapped: whether zlib's header and check sum around them are accepted.
    static func inflate(
        _ deflated: [UInt8], mayBeWrapped: Bool, limit: Int, failure: (String) -> DICOMError
    ) throws(DICOMError) -> [UInt8] {
        // Deflate shrinks no more than 1032-fold, so this ends at the true size or at the limit.
        var capacity = min(limit, max(1 << 16, deflated.count * 8))
        while true {
            var produced = 0
            var error = cdcmtk_error()
            var isDone = false
            let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, filled in
                isDone = cdcmtk_inflate(
                    deflated, deflated.count, mayBeWrapped, buffer.baseAddress, capacity, &produced, &error)
                filled = produced
            }
            if isDone { return bytes }
            guard produced == capacity, capacity < limit else { throw failure(error.message) }
            capacity = min(limit, capacity * 8)
        }
    }
}
