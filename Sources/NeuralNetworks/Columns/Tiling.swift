/// How a matrix product of `rows` × `depth` with `depth` × `columns` is cut into pieces: by its shape alone, so that
/// every number of threads computes the same sums in the same order.
struct Tiling: Sendable, Equatable {
    let rows: Int
    let columns: Int
    /// Of one piece, but for the last ones.
    let tileRows: Int
    let tileColumns: Int

    /// Enough pieces for a few threads to end at about the same time.
    private static let wantedPieces = 8
    /// Floats of one piece's columns: half of a usual second-level cache.
    private static let columnFloats = 1 << 18

    init(rows: Int, depth: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let fitting = Self.columnFloats / max(1, depth) / 16 * 16
        tileColumns = max(1, min(columns, max(128, min(512, fitting))))
        let across = (columns + tileColumns - 1) / tileColumns
        let down = max(1, min((Self.wantedPieces + across - 1) / across, rows / 32))
        tileRows = max(1, ((rows + down - 1) / down + 7) / 8 * 8)
    }

    var piecesDown: Int { (rows + tileRows - 1) / tileRows }
    var piecesAcross: Int { (columns + tileColumns - 1) / tileColumns }
    var pieces: Int { piecesDown * piecesAcross }

    func rowRange(_ piece: Int) -> Range<Int> {
        let start = piece % piecesDown * tileRows
        return start..<min(rows, start + tileRows)
    }

    func columnRange(_ piece: Int) -> Range<Int> {
        let start = piece / piecesDown * tileColumns
        return start..<min(columns, start + tileColumns)
    }
}
