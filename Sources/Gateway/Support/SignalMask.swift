import Foundation

/// Signals that a process does not take because its parent did not.
public enum SignalMask {
    /// Lets every signal through to the calling thread. A process that Foundation starts from a thread of the concurrency
    /// pool begins with SIGTERM blocked, as such threads have it.
    public static func clear() {
        var none = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, nil)
    }
}
