import NIOConcurrencyHelpers

/// Message IDs of one association, each other than the one before.
final class MessageIDs: Sendable {
    private let last = NIOLockedValueBox(UInt16(0))

    func next() -> UInt16 {
        last.withLockedValue { last in
            last = last == .max ? 1 : last + 1
            return last
        }
    }
}
