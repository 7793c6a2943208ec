import Imaging

/// Pixels that a damaged stream left as noise: rows that have nothing to do with the row above them. A stream of JPEG
/// Lossless with a few bytes overwritten decodes without complaint, and the rest of the film is streaks.
enum TornImage {
    /// Mean difference to the row above, in grey levels of 0…255, over which a row is torn.
    private static let difference = 32
    /// Share of torn rows over which the image is. Of 7,308 radiographs the most has 3.8 % (edges of fields and of
    /// pictures in pictures); eight overwritten bytes make 13 %.
    private static let share = 0.06
    private static let leastRows = 10

    static func holds(_ grey: GreyPlane) -> Bool {
        guard grey.width > 0, grey.height > leastRows else { return false }
        let torn = grey.pixels.withUnsafeBufferPointer { pixels in
            (1..<grey.height).count { row in
                let here = pixels[row * grey.width..<(row + 1) * grey.width]
                let above = pixels[(row - 1) * grey.width..<row * grey.width]
                let sum = zip(here, above).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                return sum > difference * grey.width
            }
        }
        return torn >= leastRows && Double(torn) > share * Double(grey.height)
    }
}
