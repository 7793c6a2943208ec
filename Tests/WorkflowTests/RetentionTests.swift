import DICOMCore
import Testing

@testable import Workflow

@Suite("What of a study may be removed, and when")
struct RetentionTests {
    /// A row for each study: what becomes of its sources and of its results where no number of days is set, and where images
    /// have 30 and results 90. `space`: when space is wanted; `30`: after so many days, space or not; else why it stays.
    private static let table = """
                                     |sources    |results    |sources, 30|results, 90
        receiving                    |receiving  |receiving  |receiving  |receiving
        waiting                      |work       |work       |work       |work
        analysed, waits for one      |undelivered|undelivered|undelivered|undelivered
        analysed, one refused        |refused    |refused    |refused    |refused
        analysed, one dropped        |sentNowhere|sentNowhere|30         |90
        analysed, no destination     |sentNowhere|sentNowhere|30         |90
        reported                     |space      |space      |space, 30  |space, 90
        reported, an earlier waits   |undelivered|undelivered|undelivered|undelivered
        reported, an earlier refused |space      |refused    |space, 30  |refused
        reported, one set aside      |setAside   |setAside   |setAside   |setAside
        reported, an earlier runs    |work       |work       |work       |work
        not analysable, reported     |space      |space      |space, 30  |space, 90
        not analysable, unwanted     |space      |space      |space, 30  |space, 90
        not analysable, nobody there |sentNowhere|sentNowhere|30         |90
        no image                     |space      |space      |space, 30  |space, 90
        failed, parked               |failed     |failed     |failed     |failed
        failed, a late image         |failed     |failed     |failed     |failed
        failed, dropped              |sentNowhere|sentNowhere|30         |90
        """

    private typealias Study = KeptStudy
    private static let accepted = DeliveryCount(delivered: 2)

    private static func study(
        _ state: StudyWorkflow.State.Name, _ job: JobWorkflow.State.Name? = .done, _ current: DeliveryCount = accepted,
        _ change: (inout KeptStudy) -> Void = { _ in }
    ) -> KeptStudy {
        var study = KeptStudy(state: state, job: job, deliveries: .init(current: current), since: now)
        change(&study)
        return study
    }

    private static let none = DeliveryCount()

    static let studies: [KeptStudy] = [
        study(.receiving), study(.waiting, .waiting, none) { $0.hasOpenJob = true },
        study(.analysed, .done, DeliveryCount(waiting: 1, delivered: 1)),
        study(.analysed, .done, DeliveryCount(delivered: 1, givenUp: 1)) {
            $0.deliveries.currentRefused = 1
            $0.deliveries.refused = 1
        },
        study(.analysed, .done, DeliveryCount(delivered: 1, givenUp: 1)),
        study(.analysed, .done, none) { $0.hasDestinations = false },
        study(.reported), study(.reported) { $0.deliveries.waiting = 1 },
        study(.reported) { $0.deliveries.refused = 1 },
        study(.reported) { $0.setAside = 1 }, study(.reported) { $0.hasOpenJob = true },
        study(.notAnalysable), study(.notAnalysable, .done, none),
        study(.notAnalysable, .done, none) { $0.hasDestinations = false }, study(.notAnalysable, nil, none),
        study(.failed, .parked, none) { $0.hasOpenJob = true }, study(.failed), study(.failed, .dropped, none),
    ]

    private static func text(_ fate: RetentionRules.Fate) -> String {
        switch fate {
        case .stays(let reason): "\(reason)"
        case .mayGo(let end, let forSpace):
            ((forSpace ? ["space"] : []) + (end.map { ["\($0.milliseconds(since: now) / RetentionRules.day)"] } ?? []))
                .joined(separator: ", ")
        }
    }

    @Test("Nothing goes that waits for a worker, a destination or a person")
    func fates() {
        let table = StateTable(Self.table)
        #expect(table.rows.count == Self.studies.count)
        let rules = [RetentionRules(), RetentionRules(sourceDays: 30, resultDays: 90)]
        for (row, study) in zip(table.rows, Self.studies) {
            let found = rules.flatMap { rules in StudyPart.allCases.map { Self.text(rules.fate(of: $0, study)) } }
            #expect(found == row.cells, "\(row.state)")
        }
    }

    @Test("By age goes what has had its days, to the millisecond; for space what was delivered, however young")
    func causes() {
        let rules = RetentionRules(sourceDays: 30, resultDays: 90)
        let study = Self.study(.reported)
        let end = after(30 * 86_400)
        #expect(rules.removal(of: .sources, study, for: .age, at: end.adding(milliseconds: -1)) == nil)
        #expect(rules.removal(of: .sources, study, for: .age, at: end) == .age)
        #expect(rules.removal(of: .results, study, for: .age, at: end) == nil)
        #expect(rules.removal(of: .results, study, for: .space, at: now) == .space)
        let nowhere = Self.study(.analysed, .done, Self.none)
        #expect(rules.removal(of: .sources, nowhere, for: .space, at: end) == nil)
        #expect(rules.removal(of: .sources, nowhere, for: .age, at: end) == .age)
        #expect(RetentionRules().removal(of: .sources, study, for: .age, at: .init(milliseconds: .max)) == nil)
    }

    @Test("Days that no calendar holds end at no trap")
    func oddDays() {
        let rules = RetentionRules(sourceDays: .max / 100_000_000, resultDays: 0)
        let odd = Self.study(.reported) { $0.since = Timestamp(milliseconds: .max) }
        #expect(rules.removal(of: .sources, odd, for: .age, at: now) == nil)
        #expect(rules.latestArrival(of: .results, at: now) == now)
        #expect(RetentionRules().latestArrival(of: .results, at: now) == nil)
    }

    @Test("Below the watermark a quarter more than it is freed, above it nothing")
    func space() {
        let policy = RetentionPolicy(watermark: 1000)
        #expect([1000, 5000].map { policy.wanted(free: $0) } == [0, 0])
        #expect([999, 0].map { policy.wanted(free: $0) } == [251, 1250])
        #expect(RetentionPolicy(watermark: 0).wanted(free: 0) == 0)
        #expect(RetentionPolicy(watermark: .max / 2).wanted(free: .min) == .max)
    }

    @Test("Events are kept by whole days of UTC")
    func eventDays() {
        let policy = RetentionPolicy(watermark: 0, eventDays: 1)
        let day = RetentionRules.day
        #expect(policy.firstKeptEvent(at: Timestamp(milliseconds: 10 * day + 5)).milliseconds == 9 * day)
        #expect(policy.firstKeptEvent(at: Timestamp(milliseconds: 10 * day)).milliseconds == 9 * day)
        #expect(policy.firstKeptEvent(at: Timestamp(milliseconds: -1)).milliseconds == -2 * day)
    }

    private func trusts(_ calendar: inout CalendarWatch, _ wall: Timestamp, _ passed: Duration) -> Bool {
        calendar.trusts(wall: wall, passed: passed)
    }

    @Test("A clock that woke up in another year is doubted for an hour, one that was set by a day is not")
    func calendar() {
        var calendar = CalendarWatch(last: now)
        #expect(trusts(&calendar, after(86_400), .seconds(0)))
        #expect(trusts(&calendar, after(86_460), .seconds(60)))
        let year: Int64 = 366 * 86_400
        #expect(!trusts(&calendar, after(year), .seconds(120)))
        #expect(!trusts(&calendar, after(86_460), .seconds(180)))
        #expect(!trusts(&calendar, after(86_460 + 3500), .seconds(3680)))
        #expect(trusts(&calendar, after(86_460 + 3600), .seconds(3780)))
        // A machine that was off for a month.
        var late = CalendarWatch(last: now)
        #expect(!trusts(&late, after(30 * 86_400), .zero))
        #expect(trusts(&late, after(30 * 86_400 + 3600), .seconds(3600)))
        var new = CalendarWatch(last: nil)
        #expect(trusts(&new, now, .zero))
    }
}
