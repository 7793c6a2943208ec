internal import CFreeType

/// One open font: FreeType draws its glyphs, HarfBuzz shapes with it. Not safe to share; `FontLibrary` holds the lock.
final class FontFace {
    private let face: FT_Face
    private let shaper: OpaquePointer
    private var size = 0.0

    init?(_ path: String, library: FT_Library) {
        var face: FT_Face?
        guard FT_New_Face(library, path, 0, &face) == 0, let face else { return nil }
        guard FT_Set_Char_Size(face, 0, 64 * 16, 72, 72) == 0, let shaper = hb_ft_font_create_referenced(face) else {
            FT_Done_Face(face)
            return nil
        }
        // Fractional advances: what is measured at one size holds at another.
        hb_ft_font_set_load_flags(shaper, FontFace.loadFlags)
        self.face = face
        self.shaper = shaper
    }

    deinit {
        hb_font_destroy(shaper)
        FT_Done_Face(face)
    }

    /// FT_LOAD_NO_HINTING; FreeType's flags are macros that Swift does not see alike on every platform.
    private static let loadFlags: Int32 = 1 << 1

    func holds(_ scalar: Unicode.Scalar) -> Bool {
        FT_Get_Char_Index(face, FT_ULong(scalar.value)) != 0
    }

    /// - Parameter size: pixels per em.
    func select(size: Double) {
        guard size != self.size else { return }
        self.size = size
        FT_Set_Char_Size(face, 0, FT_F26Dot6((size * 64).rounded()), 72, 72)
        hb_ft_font_changed(shaper)
    }

    struct ShapedGlyph {
        var index: UInt32
        /// Pixels from the run's start; y down.
        var x: Double
        var y: Double
    }

    /// The glyphs of a run of one font and direction, left to right, and the run's width.
    func shape(_ scalars: ArraySlice<Unicode.Scalar>, rightToLeft: Bool) -> (glyphs: [ShapedGlyph], width: Double) {
        guard let buffer = hb_buffer_create() else { return ([], 0) }
        defer { hb_buffer_destroy(buffer) }
        let codes = scalars.map(\.value)
        hb_buffer_add_utf32(buffer, codes, Int32(codes.count), 0, Int32(codes.count))
        hb_buffer_set_direction(buffer, rightToLeft ? HB_DIRECTION_RTL : HB_DIRECTION_LTR)
        hb_buffer_guess_segment_properties(buffer)
        hb_shape(shaper, buffer, nil, 0)
        var count: UInt32 = 0
        var positioned: UInt32 = 0
        let infos = hb_buffer_get_glyph_infos(buffer, &count)
        let positions = hb_buffer_get_glyph_positions(buffer, &positioned)
        guard let infos, let positions else { return ([], 0) }
        var glyphs: [ShapedGlyph] = []
        var pen = 0.0
        for index in 0..<Int(min(count, positioned)) {
            let position = positions[index]
            glyphs.append(
                ShapedGlyph(
                    index: infos[index].codepoint, x: pen + Double(position.x_offset) / 64,
                    y: -Double(position.y_offset) / 64))
            pen += Double(position.x_advance) / 64
        }
        return (glyphs, pen)
    }

    struct Bitmap {
        /// From the pen to the bitmap's top left corner.
        var left: Int
        var top: Int
        var width: Int
        var height: Int
        /// 0…255, row-major.
        var coverage: [UInt8]
    }

    /// - Parameter shift: 0 ..< 1 pixel to the right, so that letters stand where the shaper put them.
    func bitmap(of glyph: UInt32, shift: Double) -> Bitmap? {
        var shift = FT_Vector(x: FT_Pos((shift * 64).rounded()), y: 0)
        FT_Set_Transform(face, nil, &shift)
        defer { FT_Set_Transform(face, nil, nil) }
        guard FT_Load_Glyph(face, glyph, FontFace.loadFlags) == 0, let slot = face.pointee.glyph else { return nil }
        guard FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) == 0 else { return nil }
        let bitmap = slot.pointee.bitmap
        let (width, height) = (Int(bitmap.width), Int(bitmap.rows))
        guard width > 0, height > 0, let start = bitmap.buffer, bitmap.pixel_mode == FT_PIXEL_MODE_GRAY.rawValue else {
            return nil
        }
        var coverage: [UInt8] = []
        coverage.reserveCapacity(width * height)
        for row in 0..<height {
            coverage += UnsafeBufferPointer(start: start + row * Int(bitmap.pitch), count: width)
        }
        return Bitmap(
            left: Int(slot.pointee.bitmap_left), top: -Int(slot.pointee.bitmap_top), width: width, height: height,
            coverage: coverage)
    }
}
