import CKernels

/// What the numbers of a cell are.
enum Element: Sendable, Hashable {
    case f32
    case bf16
    /// (byte − zero) · scale
    case u8(scale: Float, zero: Int32)

    var code: nn_element {
        switch self {
        case .f32: NN_F32
        case .bf16: NN_BF16
        case .u8: NN_U8
        }
    }

    /// Channels of a cell.
    var channels: Int { Cells.channels << Int(code.rawValue) }

    var scale: Float { if case .u8(let scale, _) = self { scale } else { 1 } }
    var zero: Int32 { if case .u8(_, let zero) = self { zero } else { 0 } }
}

/// Where a value lies in the arena, cell by cell: x[block][image][row][column][channels of a cell].
struct Cells: Sendable, Hashable {
    /// Channels of a cell of f32; also its floats, whatever it holds.
    static let channels = Int(NN_CELL)

    /// Cells of f32 that some channels take.
    static func blocks(_ channels: Int) -> Int { (channels + Self.channels - 1) / Self.channels }

    /// Floats between blocks: an odd number of cells, so that blocks do not meet in the same sets of a cache.
    static func blockFloats(images: Int, _ size: Program.Size) -> Int { (images * size.pixels | 1) * channels }

    /// Floats from the arena's start.
    var offset: Int
    var blocks: Int
    var images: Int
    var size: Program.Size
    /// Floats between blocks.
    var block: Int
    var element = Element.f32

    /// The part of a value that belongs to some images of the batch.
    func of(_ images: Range<Int>) -> Cells {
        var part = self
        part.offset += images.lowerBound * imageFloats
        part.images = images.count
        return part
    }

    /// Floats from the arena's start to an image's first cell in a block.
    func start(block index: Int, image: Int) -> Int { offset + index * block + image * imageFloats }

    /// Each image's cells in each block, for work that can be shared out so: images first.
    var planes: Int { blocks * images }
    func start(plane: Int) -> Int { start(block: plane / images, image: plane % images) }

    var imageFloats: Int { size.pixels * Self.channels }
    /// Floats of a row.
    var row: Int { size.width * Self.channels }
    /// Of the whole batch.
    var pixels: Int { images * size.pixels }
}

/// The memory of a run, and what a piece of work may use of it.
struct Room {
    /// All values.
    var arena: UnsafeMutablePointer<Float>
    /// What stages hand each other beside values.
    var shared: UnsafeMutablePointer<Float>
    /// This thread's own.
    var own: UnsafeMutablePointer<Float>
    /// images × channels × rows × columns.
    var input: UnsafePointer<Float>
    var level: ck_level
}

/// One round of work that ends before the next begins. Its pieces are cut by shapes alone and write to places of
/// their own.
protocol Stage: Sendable {
    var pieces: Int { get }
    /// Floats of ``Room/own`` and ``Room/shared`` that the pieces want.
    var ownFloats: Int { get }
    var sharedFloats: Int { get }
    func run(_ piece: Int, in room: Room)
}

extension Stage {
    var ownFloats: Int { 0 }
    var sharedFloats: Int { 0 }
}

/// `count` things cut into ranges of about the same length.
struct Cut: Sendable, Hashable {
    var count: Int
    /// Of each range, but for the last.
    var length: Int

    /// - Parameters:
    ///   - most: of a range, but for a remainder.
    ///   - multiple: ranges are multiples of it, but for the last.
    ///   - evenly: for an even number of ranges where there are several, since two threads would wait for an odd one.
    init(_ count: Int, most: Int, multiple: Int = 1, evenly: Bool = false) {
        self.count = count
        var ranges = max(1, (count + max(1, most) - 1) / max(1, most))
        if evenly, ranges > 1 { ranges += ranges % 2 }
        let even = (count + ranges - 1) / ranges
        length = max(1, (even + multiple - 1) / multiple * multiple)
    }

    var pieces: Int { (count + length - 1) / length }
    subscript(_ piece: Int) -> Range<Int> { piece * length..<min(count, (piece + 1) * length) }
}
