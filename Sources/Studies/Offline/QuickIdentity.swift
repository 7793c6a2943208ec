import DICOMCore
import Foundation

/// Reads no more of a DICOM file than tells which study it belongs to.
enum QuickIdentity {
    /// The SOP class is the meta information's where the data set has none, as in a DICOMDIR.
    /// - Throws: `DICOMCoreError` for what is no data set; Foundation's error for what can't be read.
    static func read(_ file: URL) throws -> InstanceIdentity {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        var prefix: [UInt8] = []
        var head: FileHead?
        while head == nil {
            let piece = try handle.read(upToCount: pieceLength) ?? Data()
            prefix += piece
            head = try FileHead.read(prefix, isWhole: piece.isEmpty)
            if head == nil, piece.isEmpty {
                throw DICOMCoreError.notDICOM(why: "the file ends before a data set begins")
            }
        }
        guard let head else { return InstanceIdentity() }
        var scanner = DataSetScanner(head.transferSyntax)
        try scanner.push(prefix[head.dataSetOffset...])
        while scanner.identity.seriesInstanceUID == nil {
            let piece = try handle.read(upToCount: pieceLength) ?? Data()
            if piece.isEmpty {
                var identity = try scanner.finish()
                identity.sopClassUID = identity.sopClassUID ?? head.meta?.sopClassUID
                return identity
            }
            try scanner.push([UInt8](piece))
        }
        return scanner.identity
    }

    /// Where the data set starts in the file, so that its digest leaves the meta information out.
    static func dataSetOffset(_ file: URL) throws -> UInt64 {
        UInt64(try FileReader.head(path: file.path).head.dataSetOffset)
    }

    private static let pieceLength = 1 << 15
}
