import Foundation

/// What a process prints when it crashes.
public enum CrashReport {
    /// Leaves the signals of a crash to the kernel, unless SWIFT_BACKTRACE is set. Swift's own report prints what the
    /// registers point at, which in the middle of a data set may be a patient's name, and takes half a minute. Nor does the
    /// kernel write the memory down.
    public static func leaveOut() {
        guard getenv("SWIFT_BACKTRACE") == nil else { return }
        var none = rlimit()
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        for number in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT, SIGSEGV, SIGTRAP] { signal(number, SIG_DFL) }
    }
}
