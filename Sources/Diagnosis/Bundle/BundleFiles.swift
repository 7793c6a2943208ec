import Crypto
import Foundation
import NeuralNetworks

/// The files of a bundle's folder.
struct BundleFiles {
    let folder: URL

    /// Texts are read whole; this is far more than any has.
    private static let largestText = 1 << 20
    private static let mostFiles = 1000

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func text(_ name: String) throws -> String {
        let path = path(name)
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw BundleError.file(path: path, problem: "it is missing or cannot be read")
        }
        defer { try? handle.close() }
        guard let data = try? handle.read(upToCount: Self.largestText + 1) else {
            throw BundleError.file(path: path, problem: "it cannot be read")
        }
        guard data.count <= Self.largestText, let text = String(data: data, encoding: .utf8) else {
            throw BundleError.file(path: path, problem: "it is not UTF-8 text of at most \(Self.largestText) bytes")
        }
        return text
    }

    func weights(_ name: String, of network: Network) throws -> NetworkWeights {
        let path = path(name)
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw BundleError.file(path: path, problem: "it is missing or cannot be read")
        }
        return try NetworkWeights(network, from: WeightsFile(contentsOf: folder.appending(path: name)))
    }

    func calibration(_ name: String) throws -> Calibration {
        do {
            return try JSONDecoder().decode(Calibration.self, from: Data(text(name).utf8))
        } catch let error as DecodingError {
            throw BundleError.file(
                path: path(name), problem: "it is no calibration (\(error)); make it again with hilum bundle calibrate")
        }
    }

    /// SHA-256 over the names, sizes and SHA-256 of all files, sorted by name.
    func digest() throws -> String {
        var all = SHA256()
        for name in try names() {
            guard let data = try? Data(contentsOf: folder.appending(path: name), options: .mappedIfSafe) else {
                throw BundleError.file(path: path(name), problem: "it cannot be read")
            }
            all.update(data: Data("\(name)\0\(data.count)\0\(hexadecimal(SHA256.hash(data: data)))\n".utf8))
        }
        return hexadecimal(all.finalize())
    }

    /// Of all files in the folder and below, `/` between folders; hidden ones are not part of a bundle.
    private func names() throws -> [String] {
        let walk = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
        let start = folder.resolvingSymlinksInPath().pathComponents.count
        var names: [String] = []
        while let file = walk?.nextObject() as? URL {
            guard (try? file.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else { continue }
            names.append(file.resolvingSymlinksInPath().pathComponents.dropFirst(start).joined(separator: "/"))
            guard names.count <= Self.mostFiles else {
                throw BundleError.file(path: folder.path, problem: "it holds more than \(Self.mostFiles) files")
            }
        }
        return names.sorted()
    }

    private func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
