import NIOCore
import Testing

@testable import DIMSE

@Suite struct AssociationTimersTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func timers() -> AssociationTimers {
        var limits = TimeLimits()
        limits.artim = .seconds(10)
        limits.idle = .seconds(5)
        limits.total = .seconds(12)
        limits.establishment = .seconds(3)
        return AssociationTimers(limits: limits)
    }

    @Test func nothingRunsAtFirst() {
        var timers = timers()
        timers.touch(Self.start)
        #expect(timers.next == nil)
        #expect(timers.expired(Self.start + .hours(1)) == nil)
    }

    @Test func artimRunsOnceAndCanBeStopped() {
        var timers = timers()
        timers.startARTIM(Self.start)
        #expect(timers.next == Self.start + .seconds(10))
        #expect(timers.expired(Self.start + .seconds(9)) == nil)
        #expect(timers.expired(Self.start + .seconds(10)) == .artim)
        #expect(timers.expired(Self.start + .seconds(10)) == nil)
        timers.startARTIM(Self.start)
        timers.stopARTIM()
        #expect(timers.next == nil)
    }

    @Test func activityPutsIdlenessOffButNotTheWhole() {
        var timers = timers()
        timers.begin(Self.start)
        timers.touch(Self.start + .seconds(4))
        #expect(timers.expired(Self.start + .seconds(8)) == nil)
        #expect(timers.expired(Self.start + .seconds(9)) == .idle)
        timers.touch(Self.start + .seconds(11))
        #expect(timers.expired(Self.start + .seconds(12)) == .total)
    }

    @Test func theEndStopsAllButARTIM() {
        var timers = timers()
        timers.begin(Self.start)
        timers.startEstablishment(Self.start)
        timers.startARTIM(Self.start)
        timers.end()
        #expect(timers.next == Self.start + .seconds(10))
    }
}
