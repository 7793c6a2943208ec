import DIMSE
import Foundation

extension GatewayConfiguration {
    /// What of a readable configuration this machine, and whoever runs this, would not take: keys that do not fit their
    /// certificates, a folder that can't be made or written, a port that is not for everybody. Opens no port and makes
    /// nothing.
    /// - Parameter file: what the error names.
    public func checkMachine(file: String) throws {
        func problem(_ key: String, _ text: String) -> GatewayError {
            .configuration(file: file, line: nil, key: key, problem: text)
        }
        let settings =
            places.map { ("\($0.section).tls", $0.listener.tls, true) }
            + destinations.enumerated().map { ("destinations[\($0 + 1)].tls", $1.tls, false) }
        for (key, tls, asServer) in settings {
            do {
                try tls?.check(asServer: asServer)
            } catch {
                throw problem(key, "\(error)")
            }
        }
        if !notices.isEmpty, CurlSender().program == nil { throw problem("notices", CurlSender.missing) }
        if let obstacle = Self.obstacle(to: storage.folder) { throw problem("storage.folder", obstacle) }
        let least = Self.firstFreePort
        let ports = places.map { ("\($0.section).port", $0.listener.port) } + [("http.port", http?.port ?? 0)]
        for (key, port) in ports where (1..<least).contains(port) && !Self.mayBindAnyPort {
            throw problem(
                key, "\(port) is not for this user, who may listen from \(least) on; the packaged service may on any")
        }
    }

    /// Why a folder can't be written; nil where it can, or can be made.
    private static func obstacle(to folder: String) -> String? {
        var place = URL(filePath: folder).standardizedFileURL.path
        var isFolder: ObjCBool = false
        while !FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), place != "/" {
            place = URL(filePath: place).deletingLastPathComponent().path
        }
        guard isFolder.boolValue else { return "\(place) is a file, not a folder; name another" }
        return access(place, W_OK | X_OK) == 0
            ? nil : "this user may not write to \(place); run it as its owner, or name another"
    }

    /// Linux's ip_unprivileged_port_start.
    private static var firstFreePort: Int {
        let text = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8)
        return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 1024
    }

    /// Whether this process has CAP_NET_BIND_SERVICE (capabilities(7)).
    private static var mayBindAnyPort: Bool {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let set = UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16)
        else { return geteuid() == 0 }
        return set & (1 << 10) != 0
    }
}
