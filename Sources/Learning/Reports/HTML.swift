/// Pieces of a page that stands alone: no script, nothing loaded from elsewhere.
enum HTML {
    static func escaped(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            // XML has no other controls, not even as references.
            case "\t", "\n", "\r": out.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}", "\u{FFFE}", "\u{FFFF}": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// A table; the first cell of a row is its name.
    static func table(_ header: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "<p>none</p>" }
        let head = header.map { "<th>\(escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr>"
                + row.enumerated().map { place, cell in
                    place == 0 ? "<th scope=\"row\">\(escaped(cell))</th>" : "<td>\(escaped(cell))</td>"
                }.joined() + "</tr>"
        }
        return "<table><thead><tr>\(head)</tr></thead><tbody>\n\(body.joined(separator: "\n"))\n</tbody></table>"
    }

    static func section(_ title: String, _ body: String, note: String? = nil) -> String {
        "<section><h2>\(escaped(title))</h2>\n" + (note.map { "<p>\(escaped($0))</p>\n" } ?? "") + body + "</section>"
    }

    static func figures(_ figures: [Figure]) -> String {
        "<div class=\"figures\">" + figures.map { "<figure>\($0.svg)</figure>" }.joined(separator: "\n") + "</div>"
    }

    static func page(_ title: String, subtitle: String, _ sections: [String]) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title))</title>
        <style>
        \(style)
        </style>
        </head>
        <body>
        <header><h1>\(escaped(title))</h1><p>\(escaped(subtitle))</p></header>
        \(sections.joined(separator: "\n"))
        <footer>Research use. Not a medical device, not a diagnosis.</footer>
        </body>
        </html>

        """
    }

    private static let style = """
        body { font: 15px/1.45 system-ui, "DejaVu Sans", sans-serif; color: #222; background: #fff; margin: 2em auto;
          max-width: 74em; padding: 0 1em; }
        h1 { font-size: 1.6em; margin: 0; } h2 { font-size: 1.15em; border-bottom: 1px solid #ccc; margin: 1.6em 0 .6em; }
        header p, footer { color: #666; font-size: .9em; margin: .3em 0; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92em; }
        th, td { white-space: nowrap; text-align: right; padding: .18em .7em; border-bottom: 1px solid #eee; }
        th:first-child { text-align: left; font-weight: 600; } thead th { border-bottom: 1px solid #999; }
        .figures { display: flex; flex-wrap: wrap; gap: 1em; } figure { margin: 0; }
        svg { max-width: 100%; height: auto; }
        @page { size: A4; margin: 14mm; }
        @media print { body { margin: 0; max-width: none; padding: 0; font-size: 10.5pt; }
          section, figure, tr { break-inside: avoid; } table { font-size: .8em; } thead th { white-space: normal; } }
        """
}
