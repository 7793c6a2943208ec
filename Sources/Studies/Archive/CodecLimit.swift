import DICOM

extension DICOMError {
    /// Whether nothing is known of the image because this process can't go on: then the work ends, and no answer is given
    /// for the image.
    var endsWork: Bool { if case .noThread = self { true } else { false } }
}

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
