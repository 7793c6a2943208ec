internal import CKernels

/// The instruction sets that kernels were compiled for. Every variant gives the same bits; tests hold one against
/// another, everything else runs the best.
package struct KernelLevel: Sendable {
    let value: ck_level

    package var name: String { String(cString: ck_level_name(value)) }

    package static let best: KernelLevel = available[available.count - 1]

    /// From the plainest to the best that this processor offers.
    package static let available: [KernelLevel] = [
        CK_LEVEL_BASELINE, CK_LEVEL_AVX2, CK_LEVEL_AVX512, CK_LEVEL_AVX512_VBMI,
    ].filter { $0.rawValue <= ck_best_level().rawValue }.map(KernelLevel.init)
}
