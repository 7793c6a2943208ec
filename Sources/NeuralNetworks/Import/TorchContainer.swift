import Foundation

/// What `torch.save` writes: a pickle, and storages beside it. Since PyTorch 1.6 they are entries of a zip archive; before,
/// and in torchvision's older files, they follow each other.
struct TorchContainer {
    /// A storage's bytes in the file.
    struct Place: Equatable {
        var range: Range<Int>
        /// The CRC-32 of the zip archive; the older format has none.
        var checksum: UInt32?
    }

    let pickle: Pickle
    private let places: [String: Place]

    /// The number 0x1950a86a20f9469cfc6c as a pickle of its own.
    private static let oldSignature: [UInt8] = [
        0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    /// Whether a file begins as one of PyTorch's does.
    static func isOne(_ file: StoredBytes) -> Bool {
        guard let start = try? file.read(0..<min(file.count, oldSignature.count)) else { return false }
        return start.starts(with: [0x50, 0x4B, 3, 4]) || start.starts(with: oldSignature)
    }

    /// - Throws: ``TorchProblem``; ``StoredBytes/Problem``
    init(_ file: StoredBytes) throws {
        let isOld = try file.read(0..<min(file.count, Self.oldSignature.count)).elementsEqual(Self.oldSignature)
        (pickle, places) = try isOld ? Self.old(file) : Self.zipped(file)
    }

    /// Where a storage lies.
    /// - Throws: ``TorchProblem`` when it is missing or has another size than the pickle says.
    func place(of storage: Pickle.Storage) throws -> Place {
        let key = TorchProblem.shown(storage.key)
        guard let place = places[storage.key] else { throw TorchProblem("storage \(key) is missing") }
        let (count, rest) = place.range.count.quotientAndRemainder(dividingBy: storage.type.size)
        guard count == storage.count, rest == 0 else {
            throw TorchProblem("storage \(key) has \(place.range.count) bytes for \(storage.count) values")
        }
        return place
    }

    // MARK: Zip

    private static func zipped(_ file: StoredBytes) throws -> (Pickle, [String: Place]) {
        let entries = try ZipArchive(file).entries
        let pickles = entries.keys.filter { $0.hasSuffix("/data.pkl") }
        guard let name = pickles.first, pickles.count == 1, let entry = entries[name] else {
            throw TorchProblem("its zip archive is not one of PyTorch's: it has \(pickles.count) entries data.pkl")
        }
        guard entry.range.count <= PickleMachine.largestPickle else {
            throw TorchProblem("its pickle has \(entry.range.count) bytes, too many for a state dict")
        }
        let folder = name.dropLast("data.pkl".count)
        if let order = entries[folder + "byteorder"], order.range.count <= 16,
            String(decoding: try file.read(order.range), as: UTF8.self) != "little"
        {
            throw TorchProblem("its numbers are big-endian, which is not read")
        }
        let data = try file.read(entry.range)
        guard CRC32.checksum(data) == entry.checksum else { throw TorchProblem("its pickle's checksum differs") }
        var position = 0
        let pickle = try PickleMachine.read(data, from: &position)
        let storages = folder + "data/"
        let places = entries.filter { $0.key.hasPrefix(storages) }.map {
            (String($0.key.dropFirst(storages.count)), Place(range: $0.value.range, checksum: $0.value.checksum))
        }
        return (pickle, Dictionary(places) { first, _ in first })
    }

    // MARK: Before 1.6

    /// Five pickles: the signature, the version, the machine's sizes, the objects, the storages' keys in their order; then
    /// each storage behind its count of values.
    private static func old(_ file: StoredBytes) throws -> (Pickle, [String: Place]) {
        let data = try file.read(0..<min(file.count, PickleMachine.largestPickle))
        var position = oldSignature.count
        let version = try PickleMachine.read(data, from: &position)
        guard version.top == .int(1001) else { throw TorchProblem("its format is older than PyTorch 0.1.10") }
        let machine = try PickleMachine.read(data, from: &position)
        guard machine.entries(machine.top)?["little_endian"] == .bool(true) else {
            throw TorchProblem("its numbers are big-endian, which is not read")
        }
        let pickle = try PickleMachine.read(data, from: &position)
        let keys = try PickleMachine.read(data, from: &position)
        let sizes = Dictionary(pickle.storages.map { ($0.key, $0.type.size) }) { first, _ in first }
        var places: [String: Place] = [:]
        for key in keys.items(keys.top) ?? [] {
            guard case .text(let key) = key, let size = sizes[key] else {
                throw TorchProblem("its list of storages is not that of its pickle")
            }
            guard file.count - position >= 8 else { throw TorchProblem("it ends within its storages") }
            let bytes = try file.read(position..<position + 8)
            let count = Int64(bitPattern: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
            let start = position + 8
            guard count >= 0, count <= Int64((file.count - start) / size) else {
                throw TorchProblem("storage \(TorchProblem.shown(key)) lies outside the file, which may be truncated")
            }
            position = start + Int(count) * size
            places[key] = Place(range: start..<position, checksum: nil)
        }
        return (pickle, places)
    }
}
