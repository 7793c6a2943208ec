import ArgumentParser
import Imaging

/// Times of Imaging, one core; `Conformance/bench/peers_imaging.py` times peers on the same image.
struct BenchImagingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imaging", abstract: "Times enhancement, windowing and resizing of a made image.")

    @OptionGroup var options: ImageBenchOptions

    func run() async throws {
        let image = options.image()
        let side = options.side
        let stored = image.map { Int16($0) * 16 - 1024 }
        try options.report("equalize") { image.equalized().pixels.count }
        try options.report("wiener3x3") { image.wienerFiltered().pixels.count }
        try options.report("window_i16") { Windowing.grey(stored, low: -1350, high: 150).pixels.count }
        try options.report("resize_area_256") { image.resized(width: 256, height: 256).pixels.count }
        try options.report("resize_linear_2x") { image.resized(width: 2 * side, height: 2 * side).pixels.count }
    }
}
