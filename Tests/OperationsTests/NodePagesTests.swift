import DICOMCore
import Foundation
import GatewayStore
import HilumTesting
import Testing
import Workflow

@testable import Gateway
@testable import Operations

struct NodePagesTests {
    private func value(_ series: String, _ page: String) -> String? {
        page.split(separator: "\n").first { $0.hasPrefix(series + " ") }.map { String($0.dropFirst(series.count + 1)) }
    }

    @Test("The page of a node that received, analysed and waits to deliver says so, once, and Prometheus takes it")
    func page() async throws {
        try await withWorkbench { bench async throws in
            try bench.store.setDestinations([
                DestinationRecord(name: "pacs", kinds: [.report], reportClasses: [ReportClass.enhanced.sopClassUID])
            ])
            let before = bench.pages.metrics()
            #expect(value("hilum_jobs{state=\"waiting\"}", before) == "0")
            #expect(value("hilum_events_total{kind=\"analysed\"}", before) == nil)
            try await bench.receive(UID(known: "1.2.3.1"), from: AETitle(known: "CT1"))
            try bench.analyse([
                Completion.Finding(
                    json: #"{"reasons":["low_probability","view"]}"#, outcome: "review", confidence: nil, triage: 3)
            ])
            let page = bench.pages.metrics()
            #expect(
                value("hilum_studies{state=\"analysed\"}", page) == "1"
                    || value("hilum_studies{state=\"reported\"}", page) == "1")
            #expect(value("hilum_findings_total{calling_ae=\"CT1\",outcome=\"review\",triage=\"3\"}", page) == "1")
            #expect(value("hilum_review_reasons_total{calling_ae=\"CT1\",reason=\"low_probability\"}", page) == "1")
            #expect(value("hilum_job_analysis_seconds_count", page) == "1")
            #expect(value("hilum_health{check=\"database\"}", page) == "1")
            // Asked again, it counts nothing again.
            #expect(value("hilum_events_total{kind=\"analysed\"}", bench.pages.metrics()) == "1")
            #expect(!page.contains("Secret"))
            if Promtool.tool != nil { #expect(try Promtool.complaints(about: page) == "") }
        }
    }

    @Test func whatWasWrittenBeforeTheNodeStartedIsNotCounted() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let first = try Workbench(folder)
            try await first.receive(UID(known: "1.2.3.1"), from: AETitle(known: "CT1"))
            try first.analyse([])
            try first.store.close()
            let second = try Workbench(folder)
            #expect(!second.pages.metrics().contains("hilum_events_total{"))
            try second.store.close()
        }
    }

    @Test("A database that is gone is a sentence, and the rest of the page is there")
    func closedDatabase() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let bench = try Workbench(folder)
            bench.metrics.workerStarted()
            try bench.store.close()
            let readiness = bench.pages.readiness()
            #expect(readiness.problems.count == 1 && readiness.problems[0].hasPrefix("database: "))
            let page = bench.pages.metrics()
            #expect(value("hilum_health{check=\"database\"}", page) == "0")
            #expect(value("hilum_worker_starts_total", page) == "1")
            #expect(!page.contains("hilum_jobs"))
        }
    }
}
