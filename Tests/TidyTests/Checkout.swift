import Foundation

/// The checkout's own text.
enum Checkout {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Paths below `folder`, relative to the checkout, with one of the endings.
    static func files(in folder: String, endings: Set<String>) -> [String] {
        let base = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return walker.compactMap { $0 as? String }
            .filter { endings.contains(URL(filePath: $0).pathExtension) }
            .map { "\(folder)/\($0)" }
            .sorted()
    }

    static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// Modules that a Swift file imports.
    static func imports(of path: String) throws -> Set<String> {
        var modules: Set<String> = []
        for line in try text(path).split(separator: "\n") {
            var words = line.split(separator: " ")[...]
            while let first = words.first,
                ["public", "package", "internal", "private", "fileprivate"].contains(first) || first.hasPrefix("@")
            {
                words = words.dropFirst()
            }
            guard words.first == "import", var name = words.dropFirst().first else { continue }
            let kinds = ["class", "struct", "enum", "func", "protocol", "let", "var", "typealias"]
            if kinds.contains(String(name)), let next = words.dropFirst(2).first { name = next }
            modules.insert(String(name.split(separator: ".")[0]))
        }
        return modules
    }

    /// The manifest as SwiftPM reads it.
    static func manifest() throws -> Manifest {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        // A scratch folder of its own: the runner of these tests may hold the lock of the usual one.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "hilum-tidy-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        process.arguments = ["swift", "package", "--scratch-path", scratch.path, "dump-package"]
        process.currentDirectoryURL = root
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let json = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Manifest.self, from: json)
    }
}

/// What these tests need of `swift package dump-package`.
struct Manifest: Decodable {
    struct Target: Decodable {
        var name: String
        var type: String
        var dependencies: [Dependency]
    }

    /// `{"byName": ["DIMSE", null]}` or `{"product": ["NIOCore", "swift-nio", …]}`.
    struct Dependency: Decodable {
        var name: String
        var isProduct: Bool

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            let key = container.contains(.product) ? Key.product : container.contains(.target) ? .target : .byName
            var values = try container.nestedUnkeyedContainer(forKey: key)
            name = try values.decode(String.self)
            isProduct = key == .product
        }

        enum Key: String, CodingKey { case product, target, byName }
    }

    /// `{"name": "DIMSE", "targets": ["DIMSE", "DICOMCore"], "type": {"library": ["automatic"]}}`.
    struct Product: Decodable {
        var name: String
        var targets: [String]
        var type: [String: [String]?]
    }

    var targets: [Target]
    var products: [Product]

    /// What others can take without the rest.
    var libraries: [Product] { products.filter { $0.type.keys.contains("library") } }
}
