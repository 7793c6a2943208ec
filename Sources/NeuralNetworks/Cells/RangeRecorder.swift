import CKernels
import Synchronization

/// Keeps the ranges of what all layers gave.
final class RangeRecorder: Sendable {
    private let calibration = Mutex(Calibration())

    var ranges: Calibration { calibration.withLock { $0 } }

    func include(_ input: Tensor) {
        let least = input.values.min() ?? 0
        let most = input.values.max() ?? 0
        calibration.withLock { $0.include(Calibration.input, least: least, most: most) }
    }

    /// What lies in the arena when a stage has ended.
    func include(_ plan: CellPlan, stage: Int, _ arena: UnsafePointer<Float>) {
        guard let output = plan.accounts[stage].output else { return }
        for block in 0..<output.blocks {
            var least: Float = 0
            var most: Float = 0
            nn_range(
                arena + output.offset + block * output.block, Int64(output.pixels * Cells.channels), &least, &most)
            calibration.withLock { $0.include(plan.accounts[stage].layer, least: least, most: most) }
        }
    }
}
