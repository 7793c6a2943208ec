import Testing

@testable import Workflow

@Suite("Times and waits")
struct TimeTests {
    @Test("Sums and differences stop at the ends of the range")
    func saturation() {
        let (start, end) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(end.adding(milliseconds: 1) == end && start.adding(milliseconds: -1) == start)
        #expect(end.adding(.seconds(Int64.max)) == end && start.adding(.seconds(Int64.min)) == start)
        #expect(end.milliseconds(since: start) == .max && start.milliseconds(since: end) == .min)
        #expect(now.adding(.milliseconds(-1500)).milliseconds(since: now) == -1500)
    }

    @Test("Waits double up to the longest, and a random share is taken off")
    func backoff() {
        let backoff = Backoff(first: .seconds(5), longest: .seconds(60), jitter: 0.5)
        let waits = (1...6).map { backoff.delay(afterTries: $0, random: 0) }
        #expect(waits == [5, 10, 20, 40, 60, 60].map { .seconds($0) })
        #expect(backoff.delay(afterTries: 1, random: 0.5) == .milliseconds(3750))
        #expect(backoff.delay(afterTries: .max, random: .nan) == .seconds(60))
    }

    @Test("No setting of the waits overflows")
    func oddSettings() {
        let endless = Backoff(first: .seconds(Int64.max), longest: .seconds(Int64.max), jitter: .infinity)
        #expect(endless.delay(afterTries: .max, random: 1) >= .zero)
        let negative = Backoff(first: .seconds(-5), longest: .seconds(-1), jitter: -2)
        #expect(negative.delay(afterTries: .min, random: 1) == .zero)
    }

    @Test("A digest has 32 bytes")
    func digests() {
        #expect(ObjectDigest([1, 2]) == nil)
        #expect(ObjectDigest([UInt8](repeating: 10, count: 32))?.description == String(repeating: "0a", count: 32))
    }
}
