import Foundation

/// What a process prints when it crashes.
public enum CrashReport {
    /// Leaves the signals of a crash to the kernel, unless SWIFT_BACKTRACE is set. Swift's own report prints what the
    /// registers point at, which in the middle of a data set may be a patient's name, and takes half a minute.
    public static func leaveOut() {
        guard getenv("SWIFT_BACKTRACE") == nil else { return }
        for number in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
    }
}
