import DICOM

/// Ends the work on many files before codecs that stand still have taken the process's threads and memory.
struct CodecLimit: Sendable {
    /// Failed invariants of codecs in one process, after which no further file is begun.
    static let most = 16
    /// How many there are.
    var failures: @Sendable () -> Int = { CodecInvariants.failures }

    /// - Throws: `StudiesError.codecsSpent`.
    func check(keepsFinished: Bool) throws {
        let failures = failures()
        guard failures < Self.most else {
            throw StudiesError.codecsSpent(failures: failures, keepsFinished: keepsFinished)
        }
    }
}
