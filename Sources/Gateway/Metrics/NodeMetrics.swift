public import CoreMetrics
public import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import Synchronization
import Workflow

/// What the node's services say when something worth counting has happened. Where it goes is the factory's business: one
/// that keeps nothing by default.
public final class NodeMetrics: Sendable {
    private let factory: any MetricsFactory
    private let titles: Mutex<TitleBudget>

    public init(factory: any MetricsFactory = NOOPMetricsHandler.instance, peers: [AETitle] = []) {
        self.factory = factory
        titles = Mutex(TitleBudget(known: peers))
    }

    /// The configuration was read again.
    func peersChanged(_ peers: [AETitle]) { titles.withLock { $0.add(peers) } }

    private func count(_ metric: MetricDefinition, _ labels: [(String, String)] = [], by amount: Int = 1) {
        Counter(label: metric.name, dimensions: labels, factory: factory).increment(by: amount)
    }

    private func measure(_ metric: MetricDefinition, _ labels: [(String, String)] = [], seconds: Double) {
        // A clock that was set makes some of them negative, or huge.
        CoreMetrics.Timer(label: metric.name, dimensions: labels, factory: factory)
            .recordSeconds(min(max(0, seconds), 1e9))
    }

    private func calling(_ title: String?, isLetIn: Bool = true) -> (String, String) {
        ("calling_ae", titles.withLock { $0.label(title, isLetIn: isLetIn) })
    }

    // MARK: Associations

    func associationAccepted(_ facts: AssociationFacts) {
        count(.associationsAccepted, [calling(facts.callingAE.string)])
    }

    func associationRejected(_ rejection: AssociationRejection) {
        let reason = ("reason", rejection.reject.label)
        count(.associationsRejected, [calling(rejection.callingAE?.string, isLetIn: false), reason])
    }

    func associationBroken(_ facts: AssociationFacts, _ error: UpperLayerError) {
        count(.associationsBroken, [calling(facts.callingAE.string), ("reason", error.label)])
    }

    /// - Parameter error: nil where there are too many.
    func connectionFailed(_ error: UpperLayerError?) {
        count(.connectionsFailed, [("reason", error?.label ?? "too_many")])
    }

    // MARK: Objects

    enum ObjectOutcome: Hashable, Sendable {
        case taken(Disposition)
        case refused(ReceptionRefusal)
        /// The association ended in mid-object.
        case abandoned
    }

    func received(from title: AETitle, _ outcome: ObjectOutcome, bytes: Int, seconds: Double) {
        let label: String
        switch outcome {
        case .taken(.kept): label = "kept"
        case .taken(.same): label = "same"
        case .taken(.setAside): label = "set_aside"
        case .taken(.refused): label = "refused"
        case .refused(let refusal):
            label = "refused"
            count(.objectsRefused, [("reason", refusal.label)])
        case .abandoned: label = "abandoned"
        }
        count(.objectsReceived, [calling(title.string), ("outcome", label)])
        count(.bytesReceived, [calling(title.string)], by: bytes)
        if case .taken = outcome { measure(.reception, seconds: seconds) }
    }

    // MARK: Workers

    func workerStarted() { count(.workerStarts) }
    func workerEnded(_ cause: Cause) { count(.workerEnds, [("cause", cause.kind.label)]) }

    /// What worker processes wrote into the store.
    func made(_ progress: StoreProgress) {
        for (kind, number) in progress.events { count(.events, [("kind", kind.label)], by: number) }
        for analysis in progress.analyses { made(analysis) }
    }

    private func made(_ analysis: StoreProgress.Analysis) {
        let title = calling(analysis.callingAE)
        count(.studiesAnalysed, [title, ("verdict", analysis.isAnalysed ? "analysed" : "not_analysable")])
        for finding in analysis.findings {
            let triage = ("triage", finding.triage.map(String.init) ?? "none")
            count(.findings, [title, ("outcome", finding.outcome), triage])
            for reason in finding.reasons { count(.reviewReasons, [title, ("reason", reason)]) }
        }
        if let last = analysis.lastObjectAt {
            measure(.closing, seconds: analysis.closedAt.timeIntervalSince(last))
        }
        guard let started = analysis.startedAt else { return }
        measure(.queue, seconds: started.timeIntervalSince(analysis.closedAt))
        measure(.analysis, seconds: analysis.finishedAt.timeIntervalSince(started))
    }

    // MARK: Deliveries

    func tried(_ delivery: Delivery, _ outcome: DeliveryOutcome) {
        count(.deliveries, [("destination", delivery.destination), ("outcome", outcome.label)])
    }

    func delivered(_ delivery: Delivery, _ course: DeliveryCourse) {
        let destination = [("destination", delivery.destination)]
        measure(.delivery, destination, seconds: course.deliveredAt.timeIntervalSince(course.madeAt))
        guard delivery.document.kind == .report, let last = course.lastObjectAt else { return }
        measure(.report, destination, seconds: course.deliveredAt.timeIntervalSince(last))
    }
}
