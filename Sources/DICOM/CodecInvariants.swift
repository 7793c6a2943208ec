internal import CDCMTK

/// The invariants of the codecs behind this library, CharLS and OpenJPEG, which damaged codestreams can break.
public enum CodecInvariants {
    /// The first that failed in this process; nil while all hold. The call that met it has thrown
    /// ``DICOMError/codecFailed(frame:why:)``, and others go on; but what the codec's library keeps for all of them is not
    /// to be relied on any more: finish, and begin a new process.
    public static var failed: String? {
        var which = cdcmtk_error()
        return cdcmtk_invariants_failed(&which) > 0 ? which.message : nil
    }

    /// How often one failed in this process. Each time leaves a thread and what it held standing for good.
    public static var failures: Int {
        var which = cdcmtk_error()
        return cdcmtk_invariants_failed(&which)
    }

    /// Breaks one, as damaged data may. For tests, since no data is known that does it every time.
    static func breakOne() throws(DICOMError) {
        var error = cdcmtk_error()
        guard cdcmtk_break_invariant(&error) else { throw DICOMError(error, other: DICOMError.unwritable(why:)) }
    }
}

extension DICOMError {
    /// What a codec's error says: `other` where it tells neither of an invariant nor of a thread.
    init(_ error: cdcmtk_error, other: (String) -> DICOMError) {
        self =
            switch error.fault {
            case CDCMTK_FAULT_INVARIANT: .codecFailed(frame: nil, why: error.message)
            case CDCMTK_FAULT_NO_THREAD: .noThread(why: error.message)
            default: other(error.message)
            }
    }
}
