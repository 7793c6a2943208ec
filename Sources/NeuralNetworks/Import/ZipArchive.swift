import Foundation

/// The entries of a zip archive that stores them as they are, as PyTorch writes it (PKWARE APPNOTE 6.3.10 §4.3). Not
/// read: compressed or encrypted entries, archives in parts, and zip64, which only archives above 4 GiB need.
struct ZipArchive {
    struct Entry: Equatable {
        /// Bytes, from the archive's start.
        var range: Range<Int>
        var checksum: UInt32
    }

    private(set) var entries: [String: Entry] = [:]

    /// - Throws: ``TorchProblem``
    init(_ file: StoredBytes) throws {
        let end = try Self.endRecord(file)
        var fields = ZipFields(end, from: 4)
        let parts = (fields.two(), fields.two())
        let counts = (fields.two(), fields.two())
        let (size, start) = (fields.four(), fields.four())
        guard parts == (0, 0), counts.0 == counts.1, start != 0xFFFF_FFFF, counts.0 != 0xFFFF else {
            throw TorchProblem("its zip archive is in parts or above 4 GiB, which is not read")
        }
        guard start + size <= file.count else { throw TorchProblem("its zip directory lies outside the file") }
        let directory = try file.read(start..<start + size)
        var position = 0
        for _ in 0..<counts.0 { position = try read(entryAt: position, of: directory, file) }
    }

    /// The fixed part of the directory's end, which stands before a comment of at most 65,535 bytes.
    private static func endRecord(_ file: StoredBytes) throws -> Data {
        let length = 22
        let start = max(0, file.count - length - 65_535)
        let tail = try file.read(start..<file.count)
        guard tail.count >= length else { throw TorchProblem("it is too short for a zip archive") }
        for position in stride(from: tail.count - length, through: 0, by: -1)
        where tail[position..<position + 4].elementsEqual([0x50, 0x4B, 5, 6]) {
            return tail.subdata(in: position..<position + length)
        }
        throw TorchProblem("its zip directory is missing; the file may be truncated")
    }

    /// - Returns: where the next entry stands.
    private mutating func read(entryAt position: Int, of directory: Data, _ file: StoredBytes) throws -> Int {
        guard position + 46 <= directory.count else { throw TorchProblem("its zip directory is cut off") }
        let header = directory.subdata(in: position..<position + 46)
        guard header.starts(with: [0x50, 0x4B, 1, 2]) else { throw TorchProblem("its zip directory is damaged") }
        var fields = ZipFields(header, from: 8)
        let (flags, method) = (fields.two(), fields.two())
        fields.skip(4)
        let checksum = UInt32(fields.four())
        let (packed, size) = (fields.four(), fields.four())
        let (nameLength, extra, comment) = (fields.two(), fields.two(), fields.two())
        fields.skip(8)
        let place = fields.four()
        let next = position + 46 + nameLength + extra + comment
        guard next <= directory.count else { throw TorchProblem("its zip directory is cut off") }
        let name = String(decoding: directory[position + 46..<position + 46 + nameLength], as: UTF8.self)
        let shown = TorchProblem.shown(name)
        guard flags & 1 == 0, method == 0, packed == size else {
            throw TorchProblem("its entry \(shown) is compressed or encrypted; PyTorch stores entries as they are")
        }
        guard entries[name] == nil else { throw TorchProblem("its zip directory names \(shown) twice") }
        let start = try Self.dataStart(of: place, file, shown)
        guard size <= file.count - start else { throw TorchProblem("its entry \(shown) lies outside the file") }
        entries[name] = Entry(range: start..<start + size, checksum: checksum)
        return next
    }

    /// Behind the entry's own header, whose extra field differs from the directory's.
    private static func dataStart(of place: Int, _ file: StoredBytes, _ name: String) throws -> Int {
        guard place + 30 <= file.count else { throw TorchProblem("its entry \(name) lies outside the file") }
        let header = try file.read(place..<place + 30)
        guard header.starts(with: [0x50, 0x4B, 3, 4]) else { throw TorchProblem("its entry \(name) has no header") }
        var fields = ZipFields(header, from: 26)
        let start = place + 30 + fields.two() + fields.two()
        guard start <= file.count else { throw TorchProblem("its entry \(name) lies outside the file") }
        return start
    }

}

/// Little-endian numbers that follow each other.
private struct ZipFields {
    private let data: Data
    private var position: Int

    /// - Precondition: what is read lies within `data`, whose indices start at 0.
    init(_ data: Data, from position: Int) {
        self.data = data
        self.position = position
    }

    mutating func two() -> Int { number(2) }
    mutating func four() -> Int { number(4) }
    mutating func skip(_ count: Int) { position += count }

    private mutating func number(_ count: Int) -> Int {
        defer { position += count }
        return (0..<count).reduce(0) { $0 | Int(data[position + $1]) << (8 * $1) }
    }
}

/// The checksum of zip (ISO 3309, polynomial 0xEDB88320 reflected).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    static func checksum(_ data: Data) -> UInt32 {
        data.withUnsafeBytes { bytes in
            table.withUnsafeBufferPointer { table in
                ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
            }
        }
    }
}
