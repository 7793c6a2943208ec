/// One thing that is measured: its name after Prometheus's conventions, what it tells, and how it is kept.
public struct MetricDefinition: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Only grows, from 0 at the node's start.
        case counter
        case gauge
        /// Seconds, counted by upper bounds, of which the last one, infinity, is left out.
        case histogram(bounds: [Double])
    }

    public let name: String
    /// A sentence for those who read the exposition.
    public let help: String
    public let kind: Kind

    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

extension MetricDefinition {
    static let associationsAccepted = MetricDefinition(
        "hilum_associations_accepted_total", .counter, "Associations that peers were granted.")
    static let associationsRejected = MetricDefinition(
        "hilum_associations_rejected_total", .counter, "Associations that peers were denied, by reason.")
    static let associationsBroken = MetricDefinition(
        "hilum_associations_broken_total", .counter, "Associations that ended without a release, by reason.")
    static let connectionsFailed = MetricDefinition(
        "hilum_connections_failed_total", .counter, "Connections that ended before they had an association, by reason.")
    static let objectsReceived = MetricDefinition(
        "hilum_objects_received_total", .counter, "Objects that peers sent, by what became of them.")
    static let objectsRefused = MetricDefinition(
        "hilum_objects_refused_total", .counter, "Objects that were answered with a failure, by status.")
    static let bytesReceived = MetricDefinition(
        "hilum_received_bytes_total", .counter, "Bytes of data sets that came in, whatever became of them.")
    static let reception = MetricDefinition(
        "hilum_object_reception_seconds", .histogram(bounds: milliseconds),
        "From a C-STORE's command to its answer: the object is durable then.")
    static let closing = MetricDefinition(
        "hilum_study_closing_seconds", .histogram(bounds: minutes),
        "From a study's last object to its job: the quiet time, or the longest wait.")
    static let queue = MetricDefinition(
        "hilum_job_queue_seconds", .histogram(bounds: minutes), "From a job's making to the try that succeeded.")
    static let analysis = MetricDefinition(
        "hilum_job_analysis_seconds", .histogram(bounds: minutes), "The try that succeeded, from claim to kept results."
    )
    static let delivery = MetricDefinition(
        "hilum_delivery_seconds", .histogram(bounds: minutes), "From kept results to a destination's acceptance.")
    static let report = MetricDefinition(
        "hilum_report_seconds", .histogram(bounds: minutes),
        "From a study's last object to a destination's acceptance of the report.")
    static let deliveries = MetricDefinition(
        "hilum_deliveries_total", .counter, "Tries to deliver a result, by destination and outcome.")
    static let studiesAnalysed = MetricDefinition(
        "hilum_studies_analysed_total", .counter, "Analyses that were finished, by verdict.")
    static let findings = MetricDefinition(
        "hilum_findings_total", .counter, "Findings by class (or review) and triage; 1 is immediate, 4 routine.")
    static let reviewReasons = MetricDefinition(
        "hilum_review_reasons_total", .counter, "Reasons why findings were review; a finding may have several.")
    static let events = MetricDefinition(
        "hilum_events_total", .counter, "Lines of the node's record, by kind; hilum queue show has a study's.")
    static let workerStarts = MetricDefinition(
        "hilum_worker_starts_total", .counter, "Worker processes that were started.")
    static let workerEnds = MetricDefinition(
        "hilum_worker_ends_total", .counter, "Worker processes that ended unasked, by cause.")

    /// All that `NodeMetrics` records.
    public static let recorded = [
        associationsAccepted, associationsRejected, associationsBroken, connectionsFailed, objectsReceived,
        objectsRefused, bytesReceived, reception, closing, queue, analysis, delivery, report, deliveries,
        studiesAnalysed, findings, reviewReasons, events, workerStarts, workerEnds,
    ]

    private static let milliseconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120]
    private static let minutes = [
        0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 45, 60, 90, 120, 300, 600, 1800, 3600, 21_600, 86_400,
    ]
}
