import DICOMCore
import DIMSE
import Foundation
import Testing
import Workflow

@testable import Gateway
@testable import GatewayStore
@testable import Operations

struct NodeMetricsTests {
    private let registry = MetricsRegistry()

    private func metrics(_ peers: [AETitle] = []) -> NodeMetrics { NodeMetrics(factory: registry, peers: peers) }

    private func facts(_ title: String) throws -> AssociationFacts {
        AssociationFacts(
            id: 1, callingAE: try #require(AETitle(title)), calledAE: AETitle(known: "HILUM"), peerAddress: "10.1.2.3")
    }

    private func series(_ name: String) -> [String] {
        TextExposition(registry.families()).text.split(separator: "\n").filter { $0.hasPrefix(name) }.map(String.init)
    }

    @Test("Titles that nobody configured get series of their own only so long, and never for being turned away")
    func strangers() throws {
        let metrics = metrics([AETitle(known: "CT1")])
        for number in 0..<100 {
            let title = AETitle("SCAN\(number)")
            metrics.associationRejected(
                AssociationRejection(
                    .callingTitleNotRecognized, callingAE: title, calledAE: nil, peerAddress: "10.0.0.1"))
        }
        #expect(
            series("hilum_associations_rejected_total") == [
                "hilum_associations_rejected_total{calling_ae=\"other\",reason=\"calling_title\"} 100"
            ])
        for number in 0..<100 { metrics.associationAccepted(try facts("MOD\(number)")) }
        metrics.associationAccepted(try facts("CT1"))
        let accepted = series("hilum_associations_accepted_total")
        #expect(accepted.count == 32 + 2)
        #expect(accepted.contains("hilum_associations_accepted_total{calling_ae=\"other\"} 68"))
        #expect(accepted.contains("hilum_associations_accepted_total{calling_ae=\"CT1\"} 1"))
        metrics.associationRejected(
            AssociationRejection(
                .localLimitExceeded, callingAE: AETitle(known: "MOD1"), calledAE: nil, peerAddress: "10.0.0.1"))
        metrics.associationRejected(
            AssociationRejection(.calledTitleNotRecognized, callingAE: nil, calledAE: nil, peerAddress: "10.0.0.1"))
        #expect(series("hilum_associations_rejected_total").count == 3)
        #expect(series("hilum_associations_rejected_total").last?.contains("calling_ae=\"other\"") == true)
    }

    @Test func objectsAreCountedByWhatBecameOfThem() {
        let metrics = metrics()
        let title = AETitle(known: "CT1")
        let study = UID(known: "1.2.3")
        metrics.received(from: title, .taken(.kept(study: study, opensStudy: true)), bytes: 100, seconds: 0.02)
        metrics.received(from: title, .taken(.same), bytes: 100, seconds: 0.02)
        metrics.received(from: title, .taken(.setAside), bytes: 10, seconds: 3)
        metrics.received(from: title, .refused(.outOfResources("full")), bytes: 5, seconds: 0.02)
        metrics.received(from: title, .abandoned, bytes: 1, seconds: 0.02)
        #expect(
            series("hilum_objects_received_total").map { $0.split(separator: "outcome=")[1] }.sorted() == [
                "\"abandoned\"} 1", "\"kept\"} 1", "\"refused\"} 1", "\"same\"} 1", "\"set_aside\"} 1",
            ])
        #expect(series("hilum_objects_refused") == ["hilum_objects_refused_total{reason=\"out_of_resources\"} 1"])
        #expect(series("hilum_received_bytes_total") == ["hilum_received_bytes_total{calling_ae=\"CT1\"} 216"])
        #expect(series("hilum_object_reception_seconds_count") == ["hilum_object_reception_seconds_count 3"])
        #expect(series("hilum_object_reception_seconds_bucket{le=\"0.025\"").first?.hasSuffix(" 2") == true)
    }

    @Test(
        "A job's times are the study's last object, its closing, the claim and the end; a clock set back makes no negative"
    )
    func times() {
        let start = Date(timeIntervalSince1970: 1_790_000_000)
        var analysis = StoreProgress.Analysis(
            callingAE: "CT1", lastObjectAt: start, closedAt: start + 30, startedAt: start + 32,
            finishedAt: start + 36.5, isAnalysed: true,
            findings: [
                StoreProgress.Analysis.Finding(outcome: "review", triage: 3, reasons: ["torn", "view"]),
                StoreProgress.Analysis.Finding(outcome: "normal", triage: nil, reasons: []),
            ])
        var progress = StoreProgress(lastEvent: 9)
        progress.events = [.analysed: 2, .setAside: 1]
        progress.analyses = [analysis]
        analysis.startedAt = start - 5
        analysis.findings = []
        progress.analyses.append(analysis)
        metrics().made(progress)
        #expect(series("hilum_study_closing_seconds_sum") == ["hilum_study_closing_seconds_sum 60"])
        #expect(series("hilum_job_queue_seconds_sum") == ["hilum_job_queue_seconds_sum 2"])
        #expect(series("hilum_job_analysis_seconds_sum") == ["hilum_job_analysis_seconds_sum 46"])
        #expect(
            series("hilum_findings_total") == [
                "hilum_findings_total{calling_ae=\"CT1\",outcome=\"normal\",triage=\"none\"} 1",
                "hilum_findings_total{calling_ae=\"CT1\",outcome=\"review\",triage=\"3\"} 1",
            ])
        #expect(series("hilum_review_reasons_total").count == 2)
        #expect(
            series("hilum_events_total") == [
                "hilum_events_total{kind=\"analysed\"} 2", "hilum_events_total{kind=\"set_aside\"} 1",
            ])
    }
}
