public import Foundation

/// A CSV file (RFC 4180) with one image a line: the columns `path`, `class`, `source` and `split`, and where it has them
/// `patient`, `group`, `mask_path` and `convention`. Paths are relative to the file's folder.
public struct LabelledManifest: Sendable {
    /// One image.
    public struct Row: Hashable, Sendable {
        public var path: String
        public var name: String
        /// ``unnamed`` where the column holds the name of a file alone.
        public var source: String
        public var split: String
        /// What is independent of other images: near-duplicate group, else patient, else the image alone.
        public var group: String
        public var maskPath: String?
        /// How the mask's lungs are drawn: `heart left out` or `heart included`.
        public var convention: String?
        /// Of the file, from 1.
        public var line = 0
    }

    /// The source of rows that name none.
    public static let unnamed = "unnamed"

    /// Where an image comes from: a colon parts it from the name of a file.
    private static func source(_ text: String) -> String {
        if let colon = text.firstIndex(of: ":") { return String(text[..<colon]) }
        let isFile = ["png", "jpg", "jpeg"].contains(URL(filePath: text).pathExtension.lowercased())
        return isFile || text.isEmpty ? unnamed : text
    }

    /// Why a manifest cannot be used.
    public struct Problem: Error, Equatable, CustomStringConvertible {
        public let description: String
    }

    public let file: URL
    public let rows: [Row]

    /// - Throws: ``Problem`` for a file that cannot be read, and for a missing column or a line of another length.
    public init(contentsOf file: URL) throws {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw Problem(description: "\(file.path): cannot be read as UTF-8 text, name the manifest of the images")
        }
        try self.init(text: text, file: file)
    }

    /// - Parameter file: what paths are relative to, and what messages name.
    public init(text: String, file: URL) throws {
        self.file = file
        let lines = CSV.lines(of: text)
        let header = lines.first?.fields ?? []
        func column(_ name: String) throws -> Int {
            guard let index = header.firstIndex(of: name) else {
                throw Problem(
                    description: "\(file.path): has no column \(name), needs path, class, source and split")
            }
            return index
        }
        let (path, name) = (try column("path"), try column("class"))
        let (source, split) = (try column("source"), try column("split"))
        let optional = ["group", "patient", "mask_path", "convention"].map { header.firstIndex(of: $0) }
        let folder = file.deletingLastPathComponent()
        rows = try lines.dropFirst().map { line in
            let fields = line.fields
            guard fields.count == header.count else {
                throw Problem(
                    description: "\(file.path):\(line.number): has \(fields.count) fields where the first line has "
                        + "\(header.count)")
            }
            let values = optional.map { index in index.map { fields[$0] }.flatMap { $0.isEmpty ? nil : $0 } }
            return Row(
                path: URL(filePath: fields[path], relativeTo: folder).path, name: fields[name],
                source: Self.source(fields[source]),
                split: fields[split], group: values[0] ?? values[1] ?? fields[path],
                maskPath: values[2].map { URL(filePath: $0, relativeTo: folder).path }, convention: values[3],
                line: line.number)
        }
    }
}

/// Comma-separated values as RFC 4180 has them.
enum CSV {
    /// Without empty lines; `number` is that of the line's start in the file, from 1.
    static func lines(of text: String) -> [(number: Int, fields: [String])] {
        var lines: [(number: Int, fields: [String])] = []
        var (fields, field, quoted) = ([String](), "", false)
        var (number, start) = (1, 1)
        func end() {
            fields.append(field)
            if fields != [""] { lines.append((start, fields)) }
            (fields, field, start) = ([], "", number + 1)
        }
        var characters = text.makeIterator()
        var next = characters.next()
        while let character = next {
            next = characters.next()
            switch character {
            case "\"" where quoted && next == "\"":
                field.append("\"")
                next = characters.next()
            case "\"": quoted.toggle()
            case "," where !quoted:
                fields.append(field)
                field = ""
            // "\r\n" is one Character.
            case let newline where newline.isNewline && !quoted:
                end()
                number += 1
            case let other:
                if other.isNewline { number += 1 }
                field.append(other)
            }
        }
        end()
        return lines
    }
}
