internal import CDCMTK

/// The invariants of the codecs behind this library, CharLS and OpenJPEG, which damaged codestreams can break.
public enum CodecInvariants {
    /// The first that failed in this process; nil while all hold. The call that met it has thrown an error, and others go on;
    /// but what the codec's library keeps for all of them is not to be relied on any more: finish, and begin a new process.
    public static var failed: String? {
        var which = cdcmtk_error()
        return cdcmtk_invariant_failed(&which) ? which.message : nil
    }
}
