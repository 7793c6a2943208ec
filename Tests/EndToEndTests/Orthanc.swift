import Foundation
import HilumTesting
import Testing

/// Orthanc as the PACS, asked by its REST interface.
struct Orthanc {
    let dicomPort: Int
    let httpPort: Int
    private let peer: Peer

    static func running<Result>(_ body: (Orthanc) async throws -> Result) async throws -> Result {
        let tool = try #require(Tool("Orthanc"), "Orthanc is missing: Scripts/bootstrap installs it")
        return try await Workplace.inTemporaryFolder { folder in
            let dicomPort = try Peer.freePort()
            let httpPort = try Peer.freePort()
            let configuration: [String: Any] = [
                "Name": "peer", "StorageDirectory": folder.path, "IndexDirectory": folder.path,
                "HttpPort": httpPort, "DicomPort": dicomPort, "DicomAet": "ORTHANC",
                "RemoteAccessAllowed": false, "AuthenticationEnabled": false, "DicomCheckCalledAet": false,
                "DicomAlwaysAllowEcho": true, "DicomAlwaysAllowStore": true, "UnknownSopClassAccepted": true,
                "Plugins": [String](),
            ]
            let file = folder.appending(path: "orthanc.json")
            try JSONSerialization.data(withJSONObject: configuration).write(to: file)
            return try await Peer.running(tool, [file.path], port: dicomPort, in: folder) { peer in
                return try await body(Orthanc(dicomPort: dicomPort, httpPort: httpPort, peer: peer))
            }
        }
    }

    var asDestination: Node.Destination { Node.Destination(title: "ORTHANC", port: dicomPort) }

    func get(_ path: String) throws -> Data {
        let curl = try #require(Tool("curl"), "curl is missing: Scripts/bootstrap installs it")
        return try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "answer")
            let output = try curl.run(["-sf", "-o", file.path, "http://127.0.0.1:\(httpPort)\(path)"])
            guard output.status == 0 else { throw Peer.Failure(description: "Orthanc has no \(path)") }
            return try Data(contentsOf: file)
        }
    }

    func json(_ path: String) throws -> Any {
        try JSONSerialization.jsonObject(with: get(path), options: .fragmentsAllowed)
    }

    /// Orthanc's ids of the instances it holds.
    func instances() throws -> [String] { try json("/instances") as? [String] ?? [] }

    /// The simple tags of an instance.
    func tags(_ instance: String) throws -> [String: Any] {
        try json("/instances/\(instance)/simplified-tags") as? [String: Any] ?? [:]
    }
}
