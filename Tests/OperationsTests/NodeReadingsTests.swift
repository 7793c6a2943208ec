import Foundation
import Testing
import Workflow

@testable import Gateway
@testable import GatewayStore
@testable import Operations

struct NodeReadingsTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func page(_ census: Census?, space: StorageSpace? = nil) -> String {
        var facts = NodeFacts.sample
        facts.certificates = [("listener", now + 60)]
        let status = NodeStatus.Value()
        let readings = NodeReadings(
            facts: facts, status: status, census: census, space: space,
            readiness: Readiness(status, database: nil, space: space, lowWatermark: 0), now: now)
        return TextExposition(readings.families).text
    }

    @Test("Of each destination the oldest result counts that somebody still sends, and ages are never negative")
    func ages() {
        var census = Census()
        census.destinations = ["a", "c"]
        census.oldestJobs = [.waiting: now - 90, .parked: now + 5]
        census.deliveries = [
            Census.Deliveries(destination: "a", state: .waiting, count: 3, oldest: now - 20),
            Census.Deliveries(destination: "a", state: .sending, count: 1, oldest: now - 50),
            Census.Deliveries(destination: "b", state: .dead, count: 2, oldest: nil),
        ]
        let page = page(census)
        for line in [
            "hilum_job_age_seconds{state=\"waiting\"} 90", "hilum_job_age_seconds{state=\"parked\"} 0",
            "hilum_delivery_age_seconds{destination=\"a\"} 50", "hilum_delivery_age_seconds{destination=\"b\"} 0",
            "hilum_delivery_age_seconds{destination=\"c\"} 0", "hilum_deliveries{destination=\"c\",state=\"dead\"} 0",
            "hilum_deliveries{destination=\"b\",state=\"dead\"} 2",
            "hilum_deliveries{destination=\"a\",state=\"waiting\"} 3", "hilum_jobs{state=\"running\"} 0",
            "hilum_studies{state=\"not_analysable\"} 0",
            "hilum_certificate_expiry_timestamp_seconds{use=\"listener\"} 1790000060",
            "hilum_bundle_info{digest=\"b\",precision=\"f32\",software=\"1\"} 1",
        ] { #expect(page.contains(line + "\n"), "\(line)\n\(page)") }
        #expect(census.undelivered == 4)
    }

    @Test func whatCannotBeReadIsLeftOutRatherThanZero() {
        let page = page(nil)
        #expect(!page.contains("hilum_jobs") && !page.contains("hilum_storage_free_bytes"))
        #expect(page.contains("hilum_health{check=\"space\"} 0\n"))
    }
}
