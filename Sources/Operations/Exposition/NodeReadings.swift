import Foundation
import Gateway
import GatewayStore
import Workflow

/// What is read of a node when a page is made, as families.
struct NodeReadings {
    var facts: NodeFacts
    var status: NodeStatus.Value
    /// Nil where the database can't be read.
    var census: Census?
    /// Nil where the folder is gone.
    var space: StorageSpace?
    var readiness: Readiness
    /// Ages count up to it.
    var now: Date

    var families: [MetricFamily] {
        about + node + (space.map(storage) ?? []) + (census.map { studies($0) + deliveries($0) } ?? [])
    }

    private var about: [MetricFamily] {
        [
            .gauge(
                "hilum_build_info", "Always 1; the program's version.", [(["version": facts.version], 1)]),
            .gauge(
                "hilum_bundle_info", "Always 1; what the node's workers analyse with.",
                [
                    (
                        [
                            "digest": facts.recipe.bundle, "precision": facts.recipe.precision,
                            "software": facts.recipe.software,
                        ], 1
                    )
                ]),
            .gauge(
                "hilum_certificate_expiry_timestamp_seconds",
                "When a certificate of ours ends: the listener's, or the one for a destination.",
                facts.certificates.map { (["use": $0.use], $0.at.timeIntervalSince1970) }),
        ]
    }

    private var node: [MetricFamily] {
        [
            .gauge(
                "hilum_health", "1 where a part of the node is well; /health/ready says why one is not.",
                readiness.checks.map { (["check": $0.name.rawValue], $0.problem == nil ? 1 : 0) }),
            .gauge("hilum_associations_open", "Associations at the moment.", Double(status.openAssociations)),
            .gauge("hilum_workers_configured", "Worker processes that should run.", Double(status.workersWanted)),
            .gauge("hilum_workers_running", "Worker processes that run.", Double(status.workersRunning)),
        ]
    }

    private func storage(_ space: StorageSpace) -> [MetricFamily] {
        [
            .gauge(
                "hilum_storage_free_bytes", "Bytes that the node may still write where its store is.",
                Double(space.free)),
            .gauge("hilum_storage_used_bytes", "Bytes in use on that disk, by whomever.", Double(space.used)),
            .gauge("hilum_storage_size_bytes", "Bytes of that disk.", Double(space.size)),
            .gauge(
                "hilum_storage_low_watermark_bytes", "With fewer bytes free, objects are refused.",
                Double(facts.lowWatermark)),
            .gauge(
                "hilum_database_bytes", "Bytes of the database and of its write-ahead log.",
                [(["file": "database"], Double(space.database)), (["file": "log"], Double(space.log))]),
        ]
    }

    private func studies(_ census: Census) -> [MetricFamily] {
        [
            .gauge(
                "hilum_studies", "Studies in the store, by state.",
                StudyState.allCases.map { (["state": Self.label($0.rawValue)], Double(census.studies[$0] ?? 0)) }),
            .gauge(
                "hilum_study_open_seconds", "For how long the oldest study has been open; 0 where none is.",
                age(census.oldestOpenStudy)),
            .gauge(
                "hilum_jobs", "Jobs that are not over, by state.",
                Self.openJobs.map { (["state": $0.rawValue], Double(census.jobs[$0] ?? 0)) }),
            .gauge(
                "hilum_job_age_seconds", "Since the oldest job of a state was made; 0 where there is none.",
                Self.openJobs.map { (["state": $0.rawValue], age(census.oldestJobs[$0])) }),
            .gauge(
                "hilum_set_aside_objects", "Objects whose UID was taken by other bytes, by state.",
                AsideState.allCases.filter { census.asides[$0] != nil }
                    .map { (["state": $0.rawValue], Double(census.asides[$0] ?? 0)) }),
        ]
    }

    private static let openJobs: [JobState] = [.waiting, .running, .parked]

    /// Of every destination, so that one without any shows 0 and not nothing.
    private func deliveries(_ census: Census) -> [MetricFamily] {
        let names = Set(census.destinations + census.deliveries.map(\.destination)).sorted()
        let counts = names.flatMap { name in
            DeliveryState.allCases.filter { $0 != .delivered }.map { state in
                let count = census.deliveries.first { $0.destination == name && $0.state == state }?.count ?? 0
                return (labels: ["destination": name, "state": state.rawValue] as LabelSet, value: Double(count))
            }
        }
        let ages = names.map { name in
            let oldest = census.deliveries.filter { $0.destination == name }.compactMap(\.oldest).min()
            return (labels: ["destination": name] as LabelSet, value: age(oldest))
        }
        return [
            .gauge("hilum_deliveries", "Results that a destination has not accepted, by state.", counts),
            .gauge(
                "hilum_delivery_age_seconds",
                "Since the oldest result was made that a destination has yet to accept; 0 where there is none.", ages),
        ]
    }

    /// A clock that was set back makes nothing younger than new.
    private func age(_ date: Date?) -> Double { date.map { max(0, now.timeIntervalSince($0)) } ?? 0 }

    private static func label(_ state: String) -> String { state.replacing(" ", with: "_") }
}
