public import Foundation
import GatewayStore

/// Looks at everything that a node depends on, and changes nothing. What needs a model bundle is asked elsewhere.
public struct Doctor: Sendable {
    let configuration: GatewayConfiguration
    let now: Date

    public init(_ configuration: GatewayConfiguration, now: Date = Date()) {
        self.configuration = configuration
        self.now = now
    }

    var layout: SpoolLayout { SpoolLayout(folder: URL(filePath: configuration.storage.folder)) }

    /// - Parameter answerTime: for a destination's answer.
    public func lines(answerTime: Duration = .seconds(10)) async -> [DoctorLine] {
        let here = ports() + certificates() + notices() + folders() + [space(), openFiles()] + database()
        return await here + destinations(answerTime)
    }

    /// Whether they can be sent; nothing where nobody gets any.
    func notices(_ sender: CurlSender = CurlSender()) -> [DoctorLine] {
        guard !configuration.notices.isEmpty else { return [] }
        return [
            sender.program.map { DoctorLine("notices", .ok, "\($0.path) sends them") }
                ?? DoctorLine("notices", .error, "\(CurlSender.missing); until then they wait")
        ]
    }

    // MARK: Space and limits

    func space(files: any SpoolFileSystem = POSIXFileSystem()) -> DoctorLine {
        let place = Self.existing(layout.incoming)
        let low = Int64(configuration.storage.lowWatermark)
        do {
            let free = try files.freeBytes(place)
            let text = "\(free >> 20) MiB free at \(place), \(low >> 20) MiB must stay free (storage.low_watermark)"
            if free < low {
                return DoctorLine("space", .error, "\(text): objects are refused with 0xA700; make room")
            }
            if free < low + low / 2 { return DoctorLine("space", .warning, "\(text); make room before it is full") }
            return DoctorLine("space", .ok, text)
        } catch {
            return DoctorLine("space", .error, "\(error)")
        }
    }

    /// The folder, or the nearest one above it that is there.
    static func existing(_ path: String) -> String {
        var place = URL(filePath: path).standardizedFileURL
        while access(place.path, F_OK) != 0, place.path != "/" { place = place.deletingLastPathComponent() }
        return place.path
    }

    private func openFiles() -> DoctorLine {
        var limit = rlimit()
        guard getrlimit(Self.openFilesResource, &limit) == 0 else {
            return DoctorLine("open files", .warning, "the limit of open files can't be asked for")
        }
        return openFiles(limit: UInt64(limit.rlim_cur))
    }

    /// A connection and a file for each association, and what the node itself holds.
    func openFiles(limit: UInt64) -> DoctorLine {
        let wanted = UInt64(configuration.node.limits.associations) * 2 + 128
        let text =
            "\(limit) files may be open, \(wanted) are wanted for \(configuration.node.limits.associations) associations"
        return limit >= wanted
            ? DoctorLine("open files", .ok, text)
            : DoctorLine(
                "open files", .error,
                "\(text); raise it (LimitNOFILE= of the service, ulimit -n), or lower "
                    + "node.limits.associations")
    }

    #if canImport(Glibc)
        private static let openFilesResource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let openFilesResource = RLIMIT_NOFILE
    #endif
}
