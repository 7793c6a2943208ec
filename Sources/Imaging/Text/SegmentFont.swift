/// Letters of fourteen strokes, as on a display, for machines without fonts: a picture without its words would be
/// worse than one in ugly letters. Latin capitals, digits and common signs; anything else is a crossed box.
enum SegmentFont {
    /// Ends of the strokes a, b, c, d, e, f, g (left half of the middle), h (right half), i-k (upper left, middle,
    /// right to the centre), l-n (lower left, middle, right) on a grid of 2 × 2, y down.
    private static let strokes: [Character: (Point, Point)] = {
        func stroke(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> (Point, Point) {
            (Point(x: a, y: b), Point(x: c, y: d))
        }
        return [
            "a": stroke(0, 0, 2, 0), "b": stroke(2, 0, 2, 1), "c": stroke(2, 1, 2, 2), "d": stroke(0, 2, 2, 2),
            "e": stroke(0, 1, 0, 2), "f": stroke(0, 0, 0, 1), "g": stroke(0, 1, 1, 1), "h": stroke(1, 1, 2, 1),
            "i": stroke(0, 0, 1, 1), "j": stroke(1, 0, 1, 1), "k": stroke(2, 0, 1, 1), "l": stroke(0, 2, 1, 1),
            "m": stroke(1, 2, 1, 1), "n": stroke(2, 2, 1, 1), ".": stroke(0, 2, 0, 2), "'": stroke(1, 0, 1, 0.4),
        ]
    }()

    private static let letters: [Character: String] = [
        "A": "abcefgh", "B": "abcdhjm", "C": "adef", "D": "abcdjm", "E": "adefgh", "F": "aefgh", "G": "acdefh",
        "H": "bcefgh", "I": "adjm", "J": "bcde", "K": "efgkn", "L": "def", "M": "bcefik", "N": "bcefin", "O": "abcdef",
        "P": "abefgh", "Q": "abcdefn", "R": "abefghn", "S": "acdfgh", "T": "ajm", "U": "bcdef", "V": "efkl",
        "W": "bcefln", "X": "ikln", "Y": "ikm", "Z": "adkl", "0": "abcdefkl", "1": "bck", "2": "abdegh", "3": "abcdh",
        "4": "bcfgh", "5": "acdfgh", "6": "acdefgh", "7": "abc", "8": "abcdefgh", "9": "abcdfgh", " ": "", "-": "gh",
        "–": "gh", "+": "ghjm", "/": "kl", "\\": "in", "*": "ghijklmn", "=": "dgh", "_": "d", "(": "kn", ")": "il",
        "%": "cfkl", ".": ".", ",": ".", ":": ".g", "|": "jm", "'": "'", "<": "kn", ">": "il", "…": ".d",
    ]

    private static let unknown = "abcdefikln"

    static func width(of text: String, size: Double) -> Double {
        Double(text.count) * 0.6 * size
    }

    /// Lines to draw, from a start on the base line.
    static func lines(of text: String, size: Double, x: Double, y: Double) -> [(Point, Point)] {
        text.enumerated().flatMap { number, character -> [(Point, Point)] in
            let letter = character.uppercased().first ?? character
            let left = x + (Double(number) + 0.15) * 0.6 * size
            let top = y - 0.7 * size
            func place(_ point: Point) -> Point {
                Point(x: left + point.x * 0.21 * size, y: top + point.y * 0.35 * size)
            }
            return (letters[letter] ?? unknown).compactMap { name in
                strokes[name].map { (place($0.0), place($0.1)) }
            }
        }
    }
}
