import DICOM
import DICOMCore
import Foundation
import HilumTesting
import Testing

@Suite struct CharacterSetTests {
    static let golden: [String: [String: [String]]] =
        (try? JSONDecoder().decode(
            [String: [String: [String]]].self,
            from: Data(contentsOf: Workplace.corpus.appending(path: "text.json")))) ?? [:]

    @Test(arguments: golden.keys.sorted())
    func textEqualsPydicoms(_ file: String) throws {
        let dataSet = try DataSet(contentsOf: Workplace.corpus.appending(path: "charsets/\(file)"))
        for (name, values) in try #require(Self.golden[file]) {
            let texts = try texts(dataSet, name)
            #expect(texts.map { trimmed($0.string) } == values.map(trimmed), "\(name)")
            #expect(!texts.contains { !$0.isComplete }, "\(name)")
        }
    }

    @Test func undecodableBytesAreKeptAndMarked() throws {
        let texts = try name(characterSet: "ISO_IR 192", bytes: [0x41, 0xFF, 0x5E, 0xC3, 0xA9])
        #expect(texts == [DecodedText(string: "A\\xFF^é", isComplete: false)])
    }

    @Test(
        "Without a character set, and where UTF-8 is stated and not used, text is UTF-8 or ISO_IR 100",
        arguments: [
            (nil, [0x4A, 0xE9], "Jé"), (nil, [0x4A, 0xC3, 0xA9], "Jé"), (nil, Array("王^小東".utf8), "王^小東"),
            (nil, [0x4D, 0xFC, 0x5E, 0xDF], "Mü^ß"), ("ISO_IR 192", [0x4A, 0xE9], "Jé"),
            ("ISO_IR 192", [0xC4, 0xD6, 0x5E, 0x41], "ÄÖ^A"),
        ] as [(String?, [UInt8], String)])
    func unexplainedText(_ characterSet: String?, _ bytes: [UInt8], _ right: String) throws {
        #expect(
            try name(characterSet: characterSet, bytes: bytes) == [DecodedText(string: right, isComplete: true)])
    }

    @Test func bytesAboveASCIIInACodeStringAreMarked() throws {
        let texts = try name(characterSet: nil, bytes: [0x4A, 0xE9], vr: "CS", tag: Tag(0x0018, 0x0015))
        #expect(texts == [DecodedText(string: "J\\xE9", isComplete: false)])
    }

    @Test(arguments: ["ISO-IR 100", "ISO_IR_100", "ISO IR 100", "iso_ir 100"])
    func misspelledTermsAreUnderstood(_ term: String) throws {
        #expect(try name(characterSet: term, bytes: [0xE9]) == [DecodedText(string: "é", isComplete: true)])
    }

    @Test func aBackslashInsideACharacterSeparatesNothing() throws {
        // 0x81 0x5C is one character, as Python's gb18030 has it.
        let texts = try name(
            characterSet: "GB18030", bytes: [0x81, 0x5C, 0x5C, 0x41], vr: "LO", tag: Tag(0x0010, 0x0020))
        #expect(texts.map(\.string) == ["乗", "A"])
    }

    private func name(
        characterSet: String?, bytes: [UInt8], vr: String = "PN", tag: Tag = Tag(0x0010, 0x0010)
    ) throws -> [DecodedText] {
        let builder = try TestObject.secondaryCapture(rows: 1, columns: 1, bitsAllocated: 8, bitsStored: 8)
        if let characterSet { try builder.set(.specificCharacterSet, .text(characterSet)) }
        try builder.set(tag, .bytes(bytes), vr: vr)
        return try DataSet(bytes: try builder.part10()).texts(tag)
    }

    /// `0040,0275[0].0010,0010`: a path through sequences.
    private func texts(_ dataSet: DataSet, _ path: String) throws -> [DecodedText] {
        var current = dataSet
        var parts = path.split(separator: ".")
        let last = try tag(try #require(parts.last))
        parts.removeLast()
        for part in parts {
            let cut = try #require(part.firstIndex(of: "["))
            let index = try #require(Int(part[part.index(after: cut)...].dropLast()))
            current = current.sequence(try tag(part[..<cut]))[index]
        }
        return current.texts(last)
    }

    private func tag(_ text: Substring) throws -> Tag {
        let parts = text.split(separator: ",").compactMap { UInt16($0, radix: 16) }
        return Tag(try #require(parts.first), try #require(parts.last))
    }

    /// pydicom drops empty component groups at a name's end.
    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: CharacterSet(charactersIn: " =")) }
}
