/// Why a try ended without success.
public struct Cause: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case databaseLocked = "database locked"
        case diskFull = "disk full"
        /// EMFILE, ENFILE.
        case tooManyFiles = "too many open files"
        /// A lease ran out because the clock was set, not because somebody was silent.
        case clockJump = "clock jump"
        /// The worker was asked to stop: SIGTERM, or its gateway drains.
        case stopped
        /// A signal that neither the worker nor its gateway sent: an operator's `kill -9`, or the kernel short of
        /// memory.
        case killed
        /// The lease ran out.
        case silent
        /// The node ended while it held the work.
        case nodeEnded = "node ended"
        /// EIO, ESTALE and the like on a file that was there.
        case readFault = "read fault"
        /// Likewise while results were written.
        case writeFault = "write fault"
        /// A file is not where it was: moved away for a moment, or gone.
        case fileMissing = "file missing"
        /// The work itself ended in an error.
        case failed
        /// The worker died of the work: SIGSEGV, SIGABRT, SIGXCPU and the like.
        case crashed
        /// The work took longer than it may.
        case overdue = "took too long"
        /// A destination can't be reached or answered that it may take the object later.
        case destination
    }

    public var kind: Kind
    /// What happened, in words that name no patient.
    public var text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}

extension Cause {
    /// Whose fault it is decides what it costs.
    public enum Blame: Hashable, Sendable {
        /// Costs a try.
        case work
        /// Costs nothing, however often it happens: the work goes on when the node is well again.
        case node
        /// Costs no try either, since an innocent study can meet it. But a study that makes the kernel kill workers, or
        /// a file that never comes back, meets it too: after many times a person has to look.
        case unclear
    }

    public var blame: Blame {
        switch kind {
        case .databaseLocked, .diskFull, .tooManyFiles, .clockJump, .stopped, .destination: .node
        case .killed, .silent, .nodeEnded, .readFault, .writeFault, .fileMissing: .unclear
        case .failed, .crashed, .overdue: .work
        }
    }
}

extension Cause: CustomStringConvertible {
    public var description: String { text.isEmpty ? kind.rawValue : text }
}
