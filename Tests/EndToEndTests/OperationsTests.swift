import Foundation
import HilumTesting
import Testing

/// The built program under Prometheus's own check and a load balancer's question.
@Suite("Operators see how a node stands", .serialized, .enabled(if: Tool("curl") != nil))
struct OperationsTests {
    private func get(_ url: String) throws -> (status: String, text: String) {
        let output = try #require(Tool("curl")).run(["-s", "--max-time", "20", "-w", "\n%{http_code}", url])
        let lines = output.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
        return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
    }

    private func value(_ series: String, _ page: String) -> Double? {
        page.split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    @Test("From first object to accepted report, each stage is counted and timed; the log is JSON, a line an event")
    func studyInNumbers() async throws {
        let (http, pacs) = (try Peer.freePort(), try Peer.freePort())
        try await Workplace.inTemporaryFolder { folder in
            let storescp = try #require(Tool("storescp"))
            try await Peer.running(storescp, ["--ignore", "\(pacs)"], port: pacs, in: folder) { _ in
                try await Node.running(
                    destinations: [Node.Destination(title: "PACS", port: pacs)],
                    more: "http: {port: \(http)}\nlogging: {format: json}"
                ) { node in
                    let page = "http://127.0.0.1:\(http)/metrics"
                    let ready = try get("http://127.0.0.1:\(http)/health/ready")
                    #expect(ready.status == "200" && ready.text == "ready\n", "\(ready)")
                    let study = Sample.newUID()
                    let image = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
                    let sent = try #require(Tool("storescu")).run([
                        "-xs", "-aet", "CT1", "-aec", "HILUM", "127.0.0.1", "\(node.port)", image.path,
                    ])
                    #expect(sent.status == 0, "\(sent.all)")
                    try await node.wait(for: study, toBe: "reported")
                    let metrics = try await node.wait("both deliveries on the page") {
                        let text = try get(page).text
                        let series = "hilum_deliveries_total{destination=\"pacs\",outcome=\"accepted\"}"
                        return value(series, text) == 2 ? text : nil
                    }
                    expectNumbers(metrics)
                    if let promtool = Tool("promtool") {
                        let check = try Tool(at: "/bin/sh").run([
                            "-c", "curl -s '\(page)' | '\(promtool.path)' check metrics",
                        ])
                        #expect(check.status == 0 && check.all.isEmpty, "\(check.all)")
                    }
                    try expectObjects(node)
                }
            }
        }
    }

    private func expectNumbers(_ page: String) {
        for (series, wanted) in [
            ("hilum_associations_accepted_total{calling_ae=\"CT1\"}", 1.0),
            ("hilum_objects_received_total{calling_ae=\"CT1\",outcome=\"kept\"}", 1),
            ("hilum_object_reception_seconds_count", 1), ("hilum_study_closing_seconds_count", 1),
            ("hilum_job_queue_seconds_count", 1), ("hilum_job_analysis_seconds_count", 1),
            ("hilum_delivery_seconds_count{destination=\"pacs\"}", 2),
            ("hilum_report_seconds_count{destination=\"pacs\"}", 1),
            ("hilum_studies_analysed_total{calling_ae=\"CT1\",verdict=\"analysed\"}", 1),
            ("hilum_studies{state=\"reported\"}", 1), ("hilum_jobs{state=\"waiting\"}", 0),
            ("hilum_workers_running", 1), ("hilum_worker_starts_total", 1), ("hilum_associations_open", 0),
            ("hilum_health{check=\"workers\"}", 1),
        ] { #expect(value(series, page) == wanted, "\(series)") }
        #expect(page.contains("hilum_findings_total{calling_ae=\"CT1\","))
        #expect(value("hilum_report_seconds_sum{destination=\"pacs\"}", page).map { $0 > 1 } == true)
        #expect(value("hilum_storage_free_bytes", page).map { $0 > 0 } == true)
    }

    /// Every line but the ready line, which is for programs on standard output, is an object with time, level and message.
    private func expectObjects(_ node: Node) throws {
        let lines = node.peer.output.split(separator: "\n").filter { !$0.hasPrefix("hilum: listening") }
        let objects = try lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
        }
        for object in objects { #expect(object["time"] != nil && object["level"] != nil && object["message"] != nil) }
        let start = try #require(objects.first { $0["message"] == "hilum started" })
        #expect(start["port"] == "\(node.port)" && start["destinations"] == "1" && start["bundle"]?.isEmpty == false)
    }

    @Test("A node without room is not ready, says so in a sentence, and lives")
    func withoutRoom() async throws {
        let http = try Peer.freePort()
        try await Workplace.inTemporaryFolder { folder in
            let port = try Peer.freePort()
            try Data(
                """
                node: {host: 127.0.0.1, port: \(port)}
                storage: {folder: \(folder.path)/data, low_watermark: 1024 TiB}
                analysis: {workers: 0}
                http: {port: \(http)}
                """.utf8
            ).write(to: folder.appending(path: "hilum.yaml"))
            let node = try Peer(
                Node.program, ["serve", "--config", folder.path + "/hilum.yaml"], port: port, in: folder)
            defer { node.stop() }
            try await node.waitUntilReady(seconds: 120)
            let ready = try get("http://127.0.0.1:\(http)/health/ready")
            #expect(ready.status == "503", "\(ready)")
            #expect(ready.text.hasPrefix("not ready\nspace: ") && ready.text.contains("storage.low_watermark"))
            #expect(try get("http://127.0.0.1:\(http)/health/live").status == "200")
        }
    }
}
