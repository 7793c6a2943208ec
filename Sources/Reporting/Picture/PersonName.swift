/// A person name (VR PN, PS3.5 §6.2.1) as people read it.
enum PersonName {
    /// Family name, given and middle names, per component group: alphabetic, then ideographic or phonetic ones.
    /// Nil when the name says nothing.
    static func displayed(_ name: String?) -> String? {
        let groups = (name ?? "").split(separator: "=", omittingEmptySubsequences: false).map(group)
        let said = groups.filter { !$0.isEmpty }
        return said.isEmpty ? nil : said.joined(separator: "  ")
    }

    private static func group(_ text: Substring) -> String {
        let parts = text.split(separator: "^", omittingEmptySubsequences: false)
            .map { $0.split(separator: " ").joined(separator: " ") }
        let family = parts.first ?? ""
        let given = parts.dropFirst().prefix(2).filter { !$0.isEmpty }.joined(separator: " ")
        let prefix = parts.count > 3 ? parts[3] : ""
        let title = prefix.isEmpty ? "" : prefix + " "
        return given.isEmpty ? title + family : "\(title)\(family), \(given)"
    }
}
