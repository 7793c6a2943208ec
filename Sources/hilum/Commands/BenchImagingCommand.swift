import ArgumentParser
import Imaging
import Texture

/// Times of Imaging and Texture, one core; `Conformance/bench/peers_imaging.py` times peers on the same image.
struct BenchImagingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imaging", abstract: "Times enhancement, windowing, resizing and texture on a made image.")

    @Option(help: "Side of the image in pixels.")
    var side = 1024

    @Option(help: "Runs of each, after one that does not count.")
    var runs = 21

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        guard (16...8192).contains(side) else { throw ValidationError("--side must lie in 16...8192") }
        guard (1...10_000).contains(runs) else { throw ValidationError("--runs must lie in 1...10000") }
    }

    func run() async throws {
        let image = Self.syntheticImage(side: side)
        let stored = image.map { Int16($0) * 16 - 1024 }
        let mask = Self.ellipses(side: side)
        try report("equalize") { image.equalized().pixels.count }
        try report("wiener3x3") { image.wienerFiltered().pixels.count }
        try report("window_i16") { Windowing.grey(stored, low: -1350, high: 150).pixels.count }
        try report("resize_area_256") { image.resized(width: 256, height: 256).pixels.count }
        try report("resize_linear_2x") { image.resized(width: 2 * side, height: 2 * side).pixels.count }
        try report("cooccurrence") { CooccurrenceMatrix.all(of: image).count }
        try report("texture") { TextureMeasurement(image)?.means.count ?? 0 }
        try report("texture_lungs") { TextureMeasurement(image, mask: mask)?.means.count ?? 0 }
    }

    private struct Timing: Encodable {
        let name: String
        let side: Int
        let runs: Int
        let kernels: String
        let median: Double
        let min: Double
        let max: Double
    }

    private func report(_ name: String, _ work: () -> Int) throws {
        let clock = ContinuousClock()
        var times: [Double] = []
        for run in 0...runs {
            var result = 0
            let duration = clock.measure { result = work() }
            guard result > 0 else { throw ValidationError("\(name) gave nothing") }
            if run > 0 { times.append(duration / .milliseconds(1)) }
        }
        times.sort()
        let timing = Timing(
            name: name, side: side, runs: runs, kernels: KernelLevel.best.name, median: times[times.count / 2],
            min: times[0], max: times[times.count - 1])
        if json { return try JSONLine.print(timing) }
        let columns = [timing.median, timing.min, timing.max].map { milliseconds in
            let text = "\((milliseconds * 1000).rounded() / 1000)"
            return String(repeating: " ", count: Swift.max(0, 10 - text.count)) + text
        }
        print(name + String(repeating: " ", count: Swift.max(1, 18 - name.count)) + columns.joined() + " ms")
    }

    /// Slopes and noise in whole numbers, so that the peers' script makes the same bytes.
    static func syntheticImage(side: Int) -> GreyPlane {
        var pixels: [UInt8] = []
        pixels.reserveCapacity(side * side)
        for y in 0..<side {
            for x in 0..<side {
                var hash = UInt32(x) &* 73_856_093 ^ UInt32(y) &* 19_349_663
                hash ^= hash >> 13
                hash = hash &* 0x5BD1_E995
                hash ^= hash >> 15
                pixels.append(UInt8(40 + abs(x % 194 - 97) + abs(y % 122 - 61) + Int(hash & 31)))
            }
        }
        return GreyPlane(width: side, height: side, pixels: pixels)
    }

    /// Two lungs, roughly.
    private static func ellipses(side: Int) -> Mask {
        var mask = Mask(width: side, height: side, repeating: 0)
        for y in 0..<side {
            for x in 0..<side {
                let v = 2 * y - side
                let inside = [side / 2, 3 * side / 2].contains { centre in
                    let u = 2 * x - centre
                    return 9 * u * u + v * v < side * side * 7 / 10
                }
                if inside { mask[row: y, column: x] = 1 }
            }
        }
        return mask
    }
}
