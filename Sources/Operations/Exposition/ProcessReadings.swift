import Foundation

/// What Linux says of this process, under the names that Prometheus's own libraries use (proc(5)).
struct ProcessReadings: Hashable, Sendable {
    var cpuSeconds: Double
    var residentBytes: Double
    var startedAt: Double
    var openFiles: Int

    /// - Parameters:
    ///   - stat: of `/proc/self/stat`.
    ///   - bootedAt: seconds since 1970.
    ///   - ticks: in a second, of `stat`'s times.
    /// - Returns: nil where the text is none.
    init?(stat: String, bootedAt: Double, ticks: Double, pageBytes: Double, openFiles: Int) {
        // The name, in brackets, may hold anything.
        guard ticks > 0, let name = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[name...].split(separator: " ").dropFirst().compactMap { Double($0) ?? .nan }
        guard fields.count > 21 else { return nil }
        cpuSeconds = (fields[11] + fields[12]) / ticks
        startedAt = bootedAt + fields[19] / ticks
        residentBytes = fields[21] * pageBytes
        self.openFiles = openFiles
    }

    static func current() -> ProcessReadings? {
        guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let machine = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
            let line = machine.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootedAt = Double(line.dropFirst(6))
        else { return nil }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
        return ProcessReadings(
            stat: stat, bootedAt: bootedAt, ticks: Double(sysconf(Int32(_SC_CLK_TCK))),
            pageBytes: Double(sysconf(Int32(_SC_PAGESIZE))), openFiles: files)
    }

    var families: [MetricFamily] {
        [
            MetricFamily(
                name: "process_cpu_seconds_total", help: "Processor time of the node's own process.", kind: .counter,
                samples: [MetricFamily.Sample(labels: [:], value: cpuSeconds)]),
            .gauge("process_resident_memory_bytes", "Memory of the node's own process.", residentBytes),
            .gauge("process_start_time_seconds", "When it was started, since 1970.", startedAt),
            .gauge("process_open_fds", "Its open files.", Double(openFiles)),
        ]
    }
}
