import Foundation
import Synchronization

/// SIGINT and SIGTERM as a word to stop at the next good moment; a second one ends the process at once.
enum StopSignal {
    private static let isAsked = Atomic(false)

    /// True once a signal came.
    static var wasAsked: Bool { isAsked.load(ordering: .relaxed) }

    /// From here on signals are heard instead of ending the process.
    static func listen() {
        // Made before a handler may ask for it.
        _ = wasAsked
        // Who starts this program may have blocked them, and a child inherits that.
        var heard = sigset_t()
        sigemptyset(&heard)
        sigaddset(&heard, SIGINT)
        sigaddset(&heard, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &heard, nil)
        for number in [SIGINT, SIGTERM] {
            signal(number) { number in
                StopSignal.isAsked.store(true, ordering: .relaxed)
                signal(number, SIG_DFL)
            }
        }
    }
}
