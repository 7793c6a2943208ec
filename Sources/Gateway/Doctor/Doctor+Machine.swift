import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import Workflow

extension Doctor {
    // MARK: Ports

    /// Each free, or taken by the node that runs on the configured store.
    func ports() -> [DoctorLine] {
        configuration.places.map { section, listener in
            port(section == "node" ? "port" : "\(section).port", listener.host, listener.port)
        }
    }

    private func port(_ name: String, _ host: String, _ port: Int) -> DoctorLine {
        let place = "\(host) port \(port)"
        let runs = layout.isLocked
        guard port > 0 else { return DoctorLine(name, .ok, "any that is free") }
        switch (PortProbe.bind(host: host, port: port), runs) {
        case (nil, false): return DoctorLine(name, .ok, "\(place) is free")
        case (nil, true):
            return DoctorLine(
                name, .warning,
                "a node runs on \(layout.root) and does not listen on \(place); was the configuration "
                    + "changed since? restart it")
        case (EADDRINUSE?, true): return DoctorLine(name, .ok, "\(place) is the running node's")
        case (let code?, _): return DoctorLine(name, .error, PortProbe.sentence(host: host, port: port, code: code))
        }
    }

    // MARK: Folders

    /// That they are there, may be written, and belong to one user.
    func folders() -> [DoctorLine] {
        let root = layout.root
        guard access(root, F_OK) == 0 else {
            let above = Self.existing(root)
            return [
                access(above, W_OK | X_OK) == 0
                    ? DoctorLine("folder", .ok, "\(root) is made at the first start")
                    : DoctorLine("folder", .error, "\(root) can't be made: this user may not write to \(above)")
            ]
        }
        let database = layout.database
        let inside = [layout.incoming, layout.objects, layout.results, layout.strays, database, "\(database)-wal"]
        let there = [root] + inside.filter { access($0, F_OK) == 0 }
        let owners = there.map { ($0, Self.owner($0)) }
        if let other = owners.first(where: { $0.1 != owners[0].1 }) {
            return [
                DoctorLine(
                    "folder", .error,
                    "\(other.0) belongs to \(other.1) and \(root) to \(owners[0].1); make them one "
                        + "user's (chown -R), and run hilum as that user")
            ]
        }
        if let closed = there.first(where: { access($0, W_OK) != 0 }) {
            return [
                DoctorLine(
                    "folder", .error,
                    "\(closed) may not be written (\(String(cString: strerror(errno)))) by this user; "
                        + "it belongs to \(owners[0].1)")
            ]
        }
        return [DoctorLine("folder", .ok, "\(root) belongs to \(owners[0].1) and may be written")]
    }

    private static func owner(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) == 0 else { return "nobody known" }
        let name = getpwuid(status.st_uid).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
        return name ?? "user \(status.st_uid)"
    }

    // MARK: Database and clock

    /// That it opens, and that the clock goes on from what it says.
    func database() -> [DoctorLine] {
        do {
            guard access(layout.database, F_OK) == 0 || access(layout.objects, F_OK) == 0 else {
                return [clock(newest: nil), DoctorLine("database", .ok, "none yet; the first start makes it")]
            }
            let summary = try StoreSummary(of: URL(filePath: layout.root))
            let waiting = summary.waitingJobs + summary.waitingDeliveries
            return [
                clock(newest: summary.newestEvent),
                DoctorLine(
                    "database", .ok,
                    "\(layout.database): \(summary.studies) studies, \(waiting) jobs and deliveries wait"),
            ]
        } catch {
            return [clock(newest: nil), DoctorLine("database", .error, "\(error)")]
        }
    }

    /// This version's first day: no clock that goes is before it.
    private static let firstDay = Date(timeIntervalSince1970: 1_767_225_600)

    /// - Parameter newest: when the record's last line was written.
    func clock(newest: Date?) -> DoctorLine {
        let zone = configuration.analysis.timeZone.flatMap { TimeZone(identifier: $0) } ?? .current
        let time = "\(now.formatted(.iso8601)) (\(zone.identifier))"
        if now < Self.firstDay {
            return DoctorLine("clock", .error, "it says \(time); set the clock, and let NTP keep it")
        }
        if let newest, newest.timeIntervalSince(now) > 60 {
            return DoctorLine(
                "clock", .error,
                "it says \(time), which is before the record's last line (\(newest.formatted(.iso8601))): "
                    + "the clock was put back, or was ahead then; set it, and let NTP keep it")
        }
        return DoctorLine("clock", .ok, time)
    }

    // MARK: Destinations

    /// Asks each as the node would: C-ECHO, and whether it takes what it is to get.
    func destinations(_ answerTime: Duration) async -> [DoctorLine] {
        await withTaskGroup(of: (Int, DoctorLine).self) { group in
            for (index, destination) in configuration.destinations.enumerated() {
                group.addTask { (index, await ask(destination, answerTime)) }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func ask(_ destination: GatewayConfiguration.Destination, _ answerTime: Duration) async -> DoctorLine {
        let name = "destination \(destination.name)"
        let place = "\(destination.title) at \(destination.host) port \(destination.port)"
        var peer = ClientConfiguration(
            host: destination.host, port: destination.port, calledAE: destination.title,
            callingAE: destination.callingTitle ?? configuration.node.titles.first ?? AETitle(known: "HILUM"))
        peer.tls = destination.tls
        peer.times.establishment = answerTime
        peer.responseTime = answerTime
        let wanted = [SOPClass.verification.uid] + destination.reportClasses
        let contexts = wanted.enumerated().map { index, uid in
            ProposedContext(
                id: UInt8(clamping: 2 * index + 1), uid, [.explicitVRLittleEndian, .implicitVRLittleEndian])
        }
        do {
            let client = try await DIMSEClient.connect(to: peer, contexts: contexts)
            let status = try await client.echo()
            await client.release()
            guard status.isAccepted else {
                return DoctorLine(name, .error, "\(place) answers C-ECHO with \(status); its log should say why")
            }
            let takesReports = client.contexts.contains { destination.reportClasses.contains($0.sopClassUID) }
            if destination.kinds.contains(.report), !takesReports {
                return DoctorLine(
                    name, .error, "\(place) answers, and takes no Structured Report; let it take one of their classes")
            }
            return DoctorLine(name, .ok, "\(place) answers C-ECHO")
        } catch {
            return DoctorLine(name, .error, "\(place): \(error)")
        }
    }
}
