internal import CFreeType
internal import Synchronization

/// Fonts opened as characters need them, behind one lock.
final class FontLibrary: Sendable {
    static let shared = FontLibrary(catalog: .system)

    private let catalog: FontCatalog
    private let state: Mutex<State>

    init(catalog: FontCatalog) {
        self.catalog = catalog
        state = Mutex(State())
    }

    struct PlacedBitmap {
        /// From the line's start on the base line.
        var x: Int
        var y: Int
        var bitmap: FontFace.Bitmap
    }

    /// The width of a line in pixels; nil when there is no font at all.
    func width(of text: String, size: Double, bold: Bool) -> Double? {
        state.withLock { state in
            state.layout(text, size: size, bold: bold, catalog: catalog)?.width
        }
    }

    /// A line's glyphs as bitmaps; nil when there is no font at all.
    func render(_ text: String, size: Double, bold: Bool, startingAt x: Double) -> [PlacedBitmap]? {
        state.withLock { state in
            guard let line = state.layout(text, size: size, bold: bold, catalog: catalog) else { return nil }
            return line.glyphs.compactMap { glyph in
                glyph.face.select(size: size)
                let position = x + glyph.x
                let column = position.rounded(.down)
                guard let bitmap = glyph.face.bitmap(of: glyph.index, shift: position - column) else { return nil }
                return PlacedBitmap(
                    x: Int(column) + bitmap.left, y: Int(glyph.y.rounded()) + bitmap.top, bitmap: bitmap)
            }
        }
    }
}

/// What the lock guards.
private final class State {
    private var library: FT_Library?
    private var faces: [String: FontFace?] = [:]
    private var chosen: [Choice: FontFace?] = [:]

    private struct Choice: Hashable {
        var scalar: Unicode.Scalar
        var bold: Bool
    }

    struct Line {
        var glyphs: [(face: FontFace, index: UInt32, x: Double, y: Double)] = []
        var width = 0.0
    }

    init() {
        var library: FT_Library?
        self.library = FT_Init_FreeType(&library) == 0 ? library : nil
    }

    deinit {
        // Faces go first: they belong to the library.
        chosen.removeAll()
        faces.removeAll()
        if let library { FT_Done_FreeType(library) }
    }

    func layout(_ text: String, size: Double, bold: Bool, catalog: FontCatalog) -> Line? {
        let scalars = Array(text.unicodeScalars)
        let fonts = faces(for: text, bold: bold, catalog: catalog)
        guard scalars.isEmpty || fonts.contains(where: { $0 != nil }) else { return nil }
        var line = Line()
        for run in BidiText(scalars).visualRuns {
            let rightToLeft = run.level % 2 == 1
            var pieces = Self.pieces(of: run.range, fonts: fonts)
            if rightToLeft { pieces.reverse() }
            for piece in pieces {
                guard let face = fonts[piece.lowerBound] else { continue }
                face.select(size: size)
                let shaped = face.shape(scalars[piece], rightToLeft: rightToLeft)
                line.glyphs += shaped.glyphs.map { (face, $0.index, line.width + $0.x, $0.y) }
                line.width += shaped.width
            }
        }
        return line
    }

    /// Stretches of one font.
    private static func pieces(of range: Range<Int>, fonts: [FontFace?]) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        for index in range {
            if let last = pieces.last, fonts[last.lowerBound] === fonts[index] {
                pieces[pieces.count - 1] = last.lowerBound..<(index + 1)
            } else {
                pieces.append(index..<(index + 1))
            }
        }
        return pieces
    }

    /// A font for every scalar; a character's marks take the font of its base, and what is common to all scripts stays
    /// in the font before it.
    private func faces(for text: String, bold: Bool, catalog: FontCatalog) -> [FontFace?] {
        var out: [FontFace?] = []
        var previous: FontFace?
        for character in text {
            let scalars = character.unicodeScalars
            guard let base = scalars.first else { continue }
            let common = BidiClass(base) == .space || base.properties.generalCategory == .otherPunctuation
            let face: FontFace?
            if common, let previous, previous.holds(base) {
                face = previous
            } else {
                face = self.face(for: base, bold: bold, catalog: catalog)
            }
            if let face { previous = face }
            for _ in scalars { out.append(face ?? previous) }
        }
        return out
    }

    /// The first candidate that holds the scalar; where none does, the first that opens shows its missing glyph.
    private func face(for scalar: Unicode.Scalar, bold: Bool, catalog: FontCatalog) -> FontFace? {
        let choice = Choice(scalar: scalar, bold: bold)
        if let known = chosen[choice] { return known }
        var fallback: FontFace?
        for path in catalog.candidates(for: scalar, bold: bold) {
            guard let face = open(path) else { continue }
            if face.holds(scalar) {
                chosen[choice] = .some(face)
                return face
            }
            fallback = fallback ?? face
        }
        chosen[choice] = .some(fallback)
        return fallback
    }

    private func open(_ path: String) -> FontFace? {
        if let known = faces[path] { return known }
        let face = library.flatMap { FontFace(path, library: $0) }
        faces[path] = .some(face)
        return face
    }
}
