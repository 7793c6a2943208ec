internal import Foundation

/// Where fonts lie, and which of them may hold a character.
struct FontCatalog: Sendable {
    /// File name without its ending → path.
    private let paths: [String: String]
    /// Regular sans-serif fonts of every other script, by name.
    private let others: [String]

    /// Fonts under Debian's folders and their usual neighbours.
    static let system = FontCatalog(folders: ["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/fonts-noto"])

    init(folders: [String]) {
        var paths: [String: String] = [:]
        for folder in folders {
            let files = FileManager.default.enumerator(atPath: folder)
            while let file = files?.nextObject() as? String {
                let url = URL(filePath: folder).appending(path: file)
                guard ["ttf", "otf", "ttc"].contains(url.pathExtension.lowercased()) else { continue }
                let name = url.deletingPathExtension().lastPathComponent
                guard name.hasPrefix("Noto") || name.hasPrefix("DejaVuSans") else { continue }
                paths[name] = url.path
            }
        }
        self.paths = paths
        others = paths.keys.filter { $0.hasPrefix("Noto") && $0.hasSuffix("-Regular") }
            .sorted { ($0.hasPrefix("NotoSans") ? 0 : 1, $0) < ($1.hasPrefix("NotoSans") ? 0 : 1, $1) }
    }

    /// Paths to try for a character, best first. The last hundred are for scripts that no report has seen yet.
    func candidates(for scalar: Unicode.Scalar, bold: Bool) -> [String] {
        let family = Self.family(of: scalar.value)
        var names = bold ? ["NotoSans-Bold"] : []
        names.append("NotoSans-Regular")
        if let family {
            names.insert(contentsOf: bold ? [family + "-Bold", family + "-Regular"] : [family + "-Regular"], at: 0)
        }
        names += bold ? ["DejaVuSans-Bold", "DejaVuSans"] : ["DejaVuSans"]
        var seen: Set<String> = []
        return (names + others).compactMap { seen.insert($0).inserted ? paths[$0] : nil }
    }

    private static let families: [(ClosedRange<UInt32>, String)] = [
        (0x0530...0x058F, "NotoSansArmenian"), (0x0590...0x05FF, "NotoSansHebrew"),
        (0x0600...0x06FF, "NotoSansArabic"), (0x0700...0x074F, "NotoSansSyriac"), (0x0750...0x077F, "NotoSansArabic"),
        (0x0780...0x07BF, "NotoSansThaana"), (0x07C0...0x07FF, "NotoSansNKo"), (0x08A0...0x08FF, "NotoSansArabic"),
        (0x0900...0x097F, "NotoSansDevanagari"), (0x0980...0x09FF, "NotoSansBengali"),
        (0x0A00...0x0A7F, "NotoSansGurmukhi"), (0x0A80...0x0AFF, "NotoSansGujarati"),
        (0x0B00...0x0B7F, "NotoSansOriya"), (0x0B80...0x0BFF, "NotoSansTamil"), (0x0C00...0x0C7F, "NotoSansTelugu"),
        (0x0C80...0x0CFF, "NotoSansKannada"), (0x0D00...0x0D7F, "NotoSansMalayalam"),
        (0x0D80...0x0DFF, "NotoSansSinhala"), (0x0E00...0x0E7F, "NotoSansThai"), (0x0E80...0x0EFF, "NotoSansLao"),
        (0x0F00...0x0FFF, "NotoSerifTibetan"), (0x1000...0x109F, "NotoSansMyanmar"),
        (0x10A0...0x10FF, "NotoSansGeorgian"), (0x1100...0x11FF, "NotoSansCJK"), (0x1200...0x139F, "NotoSansEthiopic"),
        (0x1780...0x17FF, "NotoSansKhmer"), (0x1800...0x18AF, "NotoSansMongolian"),
        (0x2190...0x21FF, "NotoSansMath"), (0x2200...0x22FF, "NotoSansMath"), (0x25A0...0x27BF, "NotoSansSymbols2"),
        (0x2E80...0x9FFF, "NotoSansCJK"), (0xAC00...0xD7AF, "NotoSansCJK"), (0xF900...0xFAFF, "NotoSansCJK"),
        (0xFB1D...0xFB4F, "NotoSansHebrew"), (0xFB50...0xFDFF, "NotoSansArabic"), (0xFE30...0xFE4F, "NotoSansCJK"),
        (0xFE70...0xFEFF, "NotoSansArabic"), (0xFF00...0xFFEF, "NotoSansCJK"), (0x20000...0x3134F, "NotoSansCJK"),
    ]

    private static func family(of value: UInt32) -> String? {
        families.first { $0.0.contains(value) }?.1
    }
}
