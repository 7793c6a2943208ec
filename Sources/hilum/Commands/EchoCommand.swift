import ArgumentParser
import DICOMCore
import DIMSE
import Foundation

/// `hilum echo`: does a peer answer?
struct EchoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Ask a DICOM node whether it is there (C-ECHO).")

    @OptionGroup var peer: PeerOptions

    @Flag(help: "Print one JSON object.")
    var json = false

    private struct Answer: Encodable {
        var host: String
        var port: Int
        var called: String
        var status: String
        var milliseconds: Double
        var implementation: String?
        var error: String?
    }

    func run() async throws {
        let start = ContinuousClock.now
        do {
            let client = try await DIMSEClient.connect(
                to: try peer.configuration(),
                contexts: [ProposedContext(id: 1, SOPClass.verification.uid, [.implicitVRLittleEndian])])
            let status = try await client.echo()
            await client.release()
            let answer = answer("\(status)", since: start, client.peer.implementationVersionName)
            if json {
                try JSONLine.print(answer)
            } else {
                print("\(peer.called) at \(peer.host):\(peer.port): \(status), \(answer.milliseconds) ms")
            }
            if !status.isAccepted { throw Exit.failed }
        } catch let error as UpperLayerError {
            guard json else { throw error }
            var answer = answer("failed", since: start, nil)
            answer.error = "\(error)"
            try JSONLine.print(answer)
            throw Exit.failed
        }
    }

    private func answer(_ status: String, since start: ContinuousClock.Instant, _ name: String?) -> Answer {
        let milliseconds = Double((ContinuousClock.now - start) / .microseconds(100)).rounded() / 10
        return Answer(
            host: peer.host, port: peer.port, called: peer.called, status: status, milliseconds: milliseconds,
            implementation: name)
    }
}
