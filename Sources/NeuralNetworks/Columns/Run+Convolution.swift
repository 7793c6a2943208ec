import CKernels

extension Run {
    func convolve(
        _ kernel: ConvolutionKernel, _ input: Network.NodeID, residual: Network.NodeID?, _ output: Network.NodeID
    ) {
        let tiling = Tiling(rows: kernel.layer.outputs, depth: kernel.depth, columns: plan.area(output))
        let product = Product(
            kernel: kernel, tiling: tiling, result: pointer(output), residual: residual.map { pointer($0) }, blas: blas)
        if kernel.isPointwise {
            let x = pointer(input)
            crew.run(tiling.pieces) { piece, _ in
                product.run(piece, columns: x + tiling.columnRange(piece).lowerBound, stride: tiling.columns)
            }
            return
        }
        let layer = kernel.layer
        let window = window(
            input, output, kernel: layer.kernel, stride: layer.stride, padding: layer.padding)
        if tiling.piecesDown == 1 {
            convolveByColumns(product, window, pointer(input))
        } else {
            convolveByRows(product, window, pointer(input), area: plan.area(input))
        }
    }

    /// Each piece makes its own columns.
    private func convolveByColumns(_ product: Product, _ window: nn_window, _ x: UnsafeMutablePointer<Float>) {
        let tiling = product.tiling
        crew.run(tiling.pieces) { piece, worker in
            let range = tiling.columnRange(piece)
            let columns = own(worker)
            withUnsafePointer(to: window) { window in
                nn_im2col(
                    x, window, Int64(product.kernel.inputs), Int64(range.lowerBound), Int64(range.upperBound), columns)
            }
            product.run(piece, columns: columns, stride: range.count)
        }
    }

    /// All columns first, since pieces of several rows share them.
    private func convolveByRows(
        _ product: Product, _ window: nn_window, _ x: UnsafeMutablePointer<Float>, area: Int
    ) {
        let tiling = product.tiling
        let kernel = product.kernel
        let columns = shared
        let rows = kernel.layer.kernel * kernel.layer.kernel
        byChannels(kernel.inputs, floats: rows * tiling.columns) { range in
            withUnsafePointer(to: window) { window in
                nn_im2col(
                    x + range.lowerBound * area, window, Int64(range.count), 0, Int64(tiling.columns),
                    columns + range.lowerBound * rows * tiling.columns)
            }
        }
        crew.run(tiling.pieces) { piece, _ in
            product.run(piece, columns: columns + tiling.columnRange(piece).lowerBound, stride: tiling.columns)
        }
    }

    func convolveTransposed(_ kernel: TransposedKernel, _ input: Network.NodeID, _ output: Network.NodeID) {
        let layer = kernel.layer
        let from = plan.size(input)
        let to = plan.size(output)
        let tiling = Tiling(rows: kernel.height, depth: kernel.inputs, columns: plan.area(input))
        let x = pointer(input)
        let y = pointer(output)
        let columns = shared
        let made = plan.area(output)
        kernel.weight.withUnsafeBufferPointer { weight in
            let weight = weight.baseAddress!
            crew.run(tiling.pieces) { piece, _ in
                let rows = tiling.rowRange(piece)
                let range = tiling.columnRange(piece)
                blas.multiply(
                    transposeA: true, m: rows.count, n: range.count, k: kernel.inputs, a: weight + rows.lowerBound,
                    lda: kernel.height, b: x + range.lowerBound, ldb: tiling.columns,
                    c: columns + rows.lowerBound * tiling.columns + range.lowerBound, ldc: tiling.columns)
            }
        }
        let window = window(input, output, kernel: layer.kernel, stride: layer.stride, padding: 0)
        // What the uncropped result has too much, halved: the crop is about the centre.
        let top = ((from.height - 1) * layer.stride + layer.kernel - to.height) / 2
        let left = ((from.width - 1) * layer.stride + layer.kernel - to.width) / 2
        byChannels(layer.outputs, floats: made) { range in
            withUnsafePointer(to: window) { window in
                kernel.bias.withUnsafeBufferPointer { bias in
                    nn_col2im(
                        columns + range.lowerBound * layer.kernel * layer.kernel * tiling.columns, window,
                        Int64(range.count), Int64(top), Int64(left), bias.baseAddress! + range.lowerBound,
                        y + range.lowerBound * made)
                }
            }
        }
    }
}

/// The matrix product of a convolution and what is done to each piece of it while it is in the cache.
struct Product {
    let kernel: ConvolutionKernel
    let tiling: Tiling
    let result: UnsafeMutablePointer<Float>
    let residual: UnsafeMutablePointer<Float>?
    let blas: BLAS

    /// - Parameters:
    ///   - columns: of the piece's first column.
    ///   - stride: floats between the columns matrix's rows.
    func run(_ piece: Int, columns: UnsafePointer<Float>, stride: Int) {
        let rows = tiling.rowRange(piece)
        let range = tiling.columnRange(piece)
        let start = rows.lowerBound * tiling.columns + range.lowerBound
        kernel.weight.withUnsafeBufferPointer { weight in
            blas.multiply(
                m: rows.count, n: range.count, k: kernel.depth, a: weight.baseAddress! + rows.lowerBound * kernel.depth,
                lda: kernel.depth, b: columns, ldb: stride, c: result + start, ldc: tiling.columns)
        }
        kernel.bias.withUnsafeBufferPointer { bias in
            nn_bias_residual_relu(
                result + start, Int64(rows.count), Int64(range.count), Int64(tiling.columns),
                bias.baseAddress! + rows.lowerBound, residual.map { UnsafePointer($0 + start) }, kernel.relu ? 1 : 0)
        }
    }
}
