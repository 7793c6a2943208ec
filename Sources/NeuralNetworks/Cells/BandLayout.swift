import CKernels

/// How a band of rows is laid out so that every tap of a convolution's kernel finds its cells at a constant distance; see
/// `nn_band`.
struct BandLayout: Sendable {
    let stride: Int
    let remainders: Int
    let pitch: Int
    /// Rows of the input between rows of the layout: a 1×1 kernel skips those that it does not read.
    let rowStep: Int
    /// Rows of the layout between rows of output.
    let outputStep: Int
    var rowFloats: Int { remainders * pitch * Cells.channels }

    /// - Parameter width: of the output.
    init(_ layer: Network.Convolution, width: Int) {
        stride = layer.stride
        remainders = min(layer.stride, layer.kernel)
        pitch = width + (layer.kernel - 1) / layer.stride
        rowStep = layer.kernel == 1 ? layer.stride : 1
        outputStep = layer.kernel == 1 ? 1 : layer.stride
    }

    /// Rows of the layout that some rows of output read.
    func rows(_ outputs: Int, kernel: Int) -> Int { (outputs - 1) * outputStep + kernel }

    /// Floats between the blocks of a gathered band: an odd number of cells.
    func blockFloats(rows outputs: Int, kernel: Int) -> Int {
        (rows(outputs, kernel: kernel) * rowFloats / Cells.channels | 1) * Cells.channels
    }

    func taps(kernel: Int) -> [Int] {
        (0..<kernel).flatMap { ky in
            (0..<kernel).map { kx in ky * rowFloats + ((kx % stride) * pitch + kx / stride) * Cells.channels }
        }
    }

    /// What some rows of output read of an image of `size`.
    func band(
        _ outputs: Range<Int>, _ layer: Network.Convolution, of size: Program.Size, _ element: Element
    ) -> nn_band {
        nn_band(
            height: Int64(size.height), width: Int64(size.width),
            top: Int64(outputs.lowerBound * layer.stride - layer.padding), left: Int64(-layer.padding),
            rows: Int64(rows(outputs.count, kernel: layer.kernel)), row_step: Int64(rowStep),
            stride: Int64(stride), remainders: Int64(remainders), pitch: Int64(pitch),
            outside: element.zero)
    }
}
