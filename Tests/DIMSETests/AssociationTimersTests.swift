import NIOCore
import Testing

@testable import DIMSE

@Suite struct AssociationTimersTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func timers() -> AssociationTimers {
        var limits = TimeLimits()
        limits.artim = .seconds(10)
        limits.idle = .seconds(5)
        limits.leastRate = 100
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

    @Test("Of what has begun, a byte is no progress: its next 500 or its end must come within the idle time")
    func slowness() {
        var timers = timers()
        timers.begin(Self.start)
        timers.arrived(1, Self.start + .seconds(4))
        for second in 5...8 { timers.arrived(1, Self.start + .seconds(Int64(second))) }
        #expect(timers.expired(Self.start + .seconds(8)) == nil)
        #expect(timers.expired(Self.start + .seconds(9)) == .slow(bytes: 4, least: 500))
        timers = self.timers()
        timers.begin(Self.start)
        timers.arrived(1, Self.start + .seconds(4))
        timers.arrived(500, Self.start + .seconds(8))
        #expect(timers.next == Self.start + .seconds(12))
        timers.ended(Self.start + .seconds(9))
        timers.arrived(1, Self.start + .seconds(10))
        #expect(timers.expired(Self.start + .seconds(11)) == nil)
    }

    @Test("A pause of ours begins the peer's turn anew, and counts no byte of before")
    func pauses() {
        var timers = timers()
        timers.begin(Self.start)
        timers.arrived(1, Self.start)
        timers.arrived(499, Self.start + .seconds(1))
        timers.touch(Self.start + .seconds(4))
        timers.arrived(1, Self.start + .seconds(5))
        #expect(timers.expired(Self.start + .seconds(8)) == nil)
        #expect(timers.expired(Self.start + .seconds(9)) == .slow(bytes: 1, least: 500))
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
