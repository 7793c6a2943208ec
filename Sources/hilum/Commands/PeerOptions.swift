import ArgumentParser
import DICOMCore
import DIMSE

/// A peer on the command line, and how to call it.
struct PeerOptions: ParsableArguments {
    @Argument(help: "The peer's name or address.")
    var host: String

    @Argument(help: "Its port.")
    var port: Int

    @Option(help: "AE title of the peer.")
    var called = "ANY-SCP"

    @Option(help: "Our AE title.")
    var calling = "HILUM"

    @Option(help: "Seconds to wait for the connection and the answer to our request.")
    var timeout = 30

    @Flag(help: "Encrypt with TLS 1.2 or later.")
    var tls = false

    @Option(help: ArgumentHelp("PEM file with our certificate, for peers that ask for one.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("PEM file with its private key.", valueName: "file"))
    var tlsKey: String?

    @Option(help: ArgumentHelp("PEM file with whom we trust; the system's list by default.", valueName: "file"))
    var tlsRoots: String?

    @Option(
        help: "How to check the peer's certificate: hostname, certificate (any name), none.", transform: verification)
    var tlsVerify: TLSSettings.Verification = .hostname

    func validate() throws {
        guard (1...65535).contains(port) else { throw ValidationError("\(port) is no port: 1 to 65535") }
        guard timeout > 0 else { throw ValidationError("--timeout must be at least 1 second") }
        for title in [called, calling] where AETitle(title) == nil {
            throw ValidationError("'\(title)' is no AE title: 1 to 16 ASCII characters, no backslash")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key go together")
        }
        guard tls || (tlsCertificate ?? tlsRoots) == nil else {
            throw ValidationError("TLS files without --tls; add it")
        }
    }

    private static func verification(_ name: String) throws -> TLSSettings.Verification {
        guard let verification = TLSSettings.Verification(rawValue: name) else {
            throw ValidationError("'\(name)' is no way to check a certificate: hostname, certificate or none")
        }
        return verification
    }

    func configuration() throws -> ClientConfiguration {
        guard let called = AETitle(called), let calling = AETitle(calling) else {
            throw ValidationError("an AE title has 1 to 16 ASCII characters and no backslash")
        }
        var configuration = ClientConfiguration(host: host, port: port, calledAE: called, callingAE: calling)
        configuration.times.establishment = .seconds(timeout)
        if tls {
            configuration.tls = TLSSettings(
                certificateFile: tlsCertificate, privateKeyFile: tlsKey, trustRootsFile: tlsRoots,
                verification: tlsVerify)
        }
        return configuration
    }
}
