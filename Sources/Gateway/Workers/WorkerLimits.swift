import Foundation

/// What one worker process may take from the machine, held by the kernel (setrlimit).
public struct WorkerLimits: Hashable, Sendable {
    /// Bytes of address space.
    public var memory: UInt64
    /// Seconds of processor time for one job.
    public var seconds: UInt64
    public var openFiles: UInt64

    public init(memory: UInt64 = 8 << 30, seconds: UInt64 = 900, openFiles: UInt64 = 512) {
        self.memory = memory
        self.seconds = seconds
        self.openFiles = openFiles
    }

    /// For the rest of this process's life. No core file is left: it would hold patients' pixels.
    public func applyToThisProcess() throws {
        try Self.set(RLIMIT_AS, to: memory, "memory")
        try Self.set(RLIMIT_NOFILE, to: openFiles, "open files")
        try Self.set(RLIMIT_CORE, to: 0, "core files")
    }

    /// Before each job: its processor time counts from now on. Over it, the kernel ends the process.
    public func applyToNextJob() throws {
        var usage = rusage()
        guard getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else {
            throw GatewayError.limit(what: "processor time", code: errno)
        }
        let used = UInt64(clamping: usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        try Self.set(RLIMIT_CPU, to: used + seconds, "processor time", soft: true)
    }

    private static func set(
        _ name: __rlimit_resource, to value: UInt64, _ what: String, soft: Bool = false
    ) throws {
        let resource = Int32(name.rawValue)
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { throw GatewayError.limit(what: what, code: errno) }
        let wanted = min(rlim_t(value), limit.rlim_max)
        limit = rlimit(rlim_cur: wanted, rlim_max: soft ? limit.rlim_max : wanted)
        guard setrlimit(resource, &limit) == 0 else { throw GatewayError.limit(what: what, code: errno) }
    }
}
