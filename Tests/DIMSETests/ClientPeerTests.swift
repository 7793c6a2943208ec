import DICOMCore
import DIMSE
import Foundation
import HilumTesting
import Testing

/// Our SCU against SCPs that we did not write, and against our own listener.
@Suite struct ClientPeerTests {
    private func configuration(_ port: Int, called: AETitle = AETitle(known: "STORE")) -> ClientConfiguration {
        ClientConfiguration(host: "127.0.0.1", port: port, calledAE: called)
    }

    private func dataSets(in folder: URL) throws -> Set<[UInt8]> {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return Set(
            try files.map { file in
                let head = try FileReader.head(path: file.path).head
                return Array(try Data(contentsOf: file).dropFirst(head.dataSetOffset))
            })
    }

    @Test(.enabled(if: Tool("storescp") != nil), arguments: [1, 3])
    func dcmtkStoresWhatWeSend(_ associations: Int) async throws {
        let tool = try #require(Tool("storescp"))
        try await Workplace.inTemporaryFolder { folder in
            let stored = folder.appending(path: "stored")
            try FileManager.default.createDirectory(at: stored, withIntermediateDirectories: true)
            let port = try Peer.freePort()
            let fork = associations > 1 ? ["--fork"] : []
            let arguments = fork + ["-aet", "STORE", "+B", "-od", stored.path, "\(port)"]
            try await Peer.running(tool, arguments, port: port, in: folder) { _ in
                let objects = (1...5).map { SampleObject.part10($0, pixelBytes: 200_000 * $0) }
                let files = try objects.enumerated().map { try SampleObject.write($1, to: folder, "\($0).dcm") }
                var batch = StoreBatch(to: configuration(port))
                batch.associations = associations
                let outcomes = await batch.send(try files.map { try StorableObject(file: $0.path) })
                #expect(outcomes.map(\.isStored) == [true, true, true, true, true], "\(outcomes)")
                let expected = try objects.map(SampleObject.dataSet)
                #expect(try dataSets(in: stored) == Set(expected))
            }
        }
    }

    @Test(.enabled(if: Tool("storescp") != nil)) func aSyntaxThatThePeerRefusesIsSaidForThatFile() async throws {
        let tool = try #require(Tool("storescp"))
        try await Workplace.inTemporaryFolder { folder in
            let port = try Peer.freePort()
            // Uncompressed only.
            try await Peer.running(tool, ["-aet", "STORE", "--ignore", "\(port)"], port: port, in: folder) { _ in
                let bytes = try SampleObject.dataSet(SampleObject.part10(1))
                let objects = [TransferSyntax.htj2kLossless, .explicitVRLittleEndian].map {
                    StorableObject(
                        sopClassUID: SOPClass.ctImageStorage.uid, sopInstanceUID: UID(known: "1.2.3"),
                        transferSyntax: $0, source: .bytes(bytes))
                }
                let outcomes = await StoreBatch(to: configuration(port)).send(objects)
                #expect(outcomes.map(\.isStored) == [false, true])
                guard case .notSendable(let why) = outcomes[0].result else {
                    Issue.record("\(outcomes[0].result)")
                    return
                }
                #expect(why.contains("only as Explicit VR Little Endian"), "\(why)")
                #expect(outcomes[0].retryClass == .never)
                var transcoding = StoreBatch(to: configuration(port))
                transcoding.transcoder = { object, syntaxes in
                    var other = object
                    other.transferSyntax = syntaxes[0]
                    return other
                }
                #expect(await transcoding.send(objects).map(\.isStored) == [true, true])
            }
        }
    }

    @Test(.enabled(if: Tool.python != nil)) func pynetdicomStoresWhatWeSend() async throws {
        let python = try #require(Tool.python)
        try await Workplace.inTemporaryFolder { folder in
            let stored = folder.appending(path: "stored")
            try FileManager.default.createDirectory(at: stored, withIntermediateDirectories: true)
            let port = try Peer.freePort()
            let arguments = [
                "-m", "pynetdicom", "storescp", "\(port)", "-ba", "127.0.0.1", "-aet", "STORE", "-od", stored.path,
            ]
            try await Peer.running(python, arguments, port: port, in: folder) { _ in
                let object = SampleObject.part10(4, pixelBytes: 500_000)
                let client = try await DIMSEClient.connect(
                    to: configuration(port),
                    contexts: [
                        ProposedContext(id: 1, SOPClass.verification.uid, [.implicitVRLittleEndian]),
                        ProposedContext(id: 3, SOPClass.ctImageStorage.uid, [.explicitVRLittleEndian]),
                    ])
                #expect(try await client.echo().isSuccess)
                #expect(try await client.store(try StorableObject(part10: object)).isSuccess)
                await client.release()
                let expected = try SampleObject.dataSet(object)
                #expect(try dataSets(in: stored) == [expected])
            }
        }
    }

    /// The peer compares the request with the data set, and refuses what differs (0xA900).
    @Test func anObjectGoesUnderTheUIDsOfItsDataSet() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let file = folder.appending(path: "copied.dcm")
            let pydicom = """
                import pydicom, sys
                ds = pydicom.dcmread(sys.argv[1])
                ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
                ds.save_as(sys.argv[2])
                """
            let source = Workplace.corpus.appending(path: "images/CT_small.dcm").path
            guard let python = Tool.python else { return }
            let output = try python.run(["-c", pydicom, source, file.path])
            #expect(output.status == 0, "\(output.all)")
            let identity = try FileReader.scan(path: source).identity
            let object = try StorableObject(file: file.path)
            #expect(object.sopInstanceUID == identity.sopInstanceUID && object.sopClassUID == identity.sopClassUID)
        }
    }

    @Test func aPeerThatDoesNotListenIsAConnectionFailure() async throws {
        let port = try Peer.freePort()
        await #expect(
            throws: UpperLayerError.connectionFailed(host: "127.0.0.1", port: port, why: "Connection refused")
        ) {
            try await DIMSEClient.connect(to: configuration(port), contexts: Requests.contexts)
        }
        let outcomes = await StoreBatch(to: configuration(port)).send([
            try StorableObject(part10: SampleObject.part10(1)), try StorableObject(part10: SampleObject.part10(2)),
        ])
        #expect(outcomes.map(\.retryClass) == [.later, .later])
    }

    @Test func aWrongCalledTitleIsRejectedWithItsReason() async throws {
        try await withListener(MemoryProvider(), .loopback { $0.policy.calledTitles = [AETitle(known: "HILUM")] }) {
            port, _ in
            await #expect(throws: UpperLayerError.rejected(.calledTitleNotRecognized, called: AETitle(known: "STORE")))
            {
                try await DIMSEClient.connect(to: configuration(port), contexts: Requests.contexts)
            }
        }
    }

    @Test func refusalsComeBackAsTheirStatus() async throws {
        let provider = MemoryProvider(refusal: { _ in .outOfResources.because("disk is full") })
        try await withListener(provider) { port, _ in
            let outcomes = await StoreBatch(to: configuration(port)).send([
                try StorableObject(part10: SampleObject.part10(1, pixelBytes: 400_000))
            ])
            guard case .answered(let status) = outcomes[0].result else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(status.code == 0xA700 && status.comment == "disk is full")
            #expect(status.retryClass == .later)
        }
    }

    @Test func anObjectOverTheLimitIsRefusedAndLeavesNothing() async throws {
        let provider = MemoryProvider()
        try await withListener(provider, .loopback { $0.maximumObjectSize = 100_000 }) { port, _ in
            let objects = try [400_000, 1000].enumerated().map {
                try StorableObject(part10: SampleObject.part10($0.offset, pixelBytes: $0.element))
            }
            let outcomes = await StoreBatch(to: configuration(port)).send(objects)
            #expect(outcomes.map(\.isStored) == [false, true])
            #expect(provider.abandoned == 1)
        }
    }

    @Test(arguments: [0xB000, 0xB006, 0xB007] as [UInt16]) func warningsAreSuccessAndKept(_ code: UInt16) async throws {
        let provider = MemoryProvider(answer: { DIMSEStatus(code: code) })
        try await withListener(provider) { port, _ in
            let outcomes = await StoreBatch(to: configuration(port)).send([
                try StorableObject(part10: SampleObject.part10(1))
            ])
            #expect(outcomes[0].isStored)
            guard case .answered(let status) = outcomes[0].result else { return }
            #expect(status.code == code && status.isWarning)
        }
    }

    @Test func moreThan128ContextsTakeSeveralAssociations() async throws {
        let provider = MemoryProvider()
        try await withListener(provider) { port, _ in
            let bytes = try SampleObject.dataSet(SampleObject.part10(1, pixelBytes: 16))
            let objects = SOPClass.storageClasses.prefix(150).enumerated().map { index, sopClass in
                StorableObject(
                    sopClassUID: sopClass.uid, sopInstanceUID: UID("1.2.\(index)") ?? UID(known: "1.2"),
                    transferSyntax: .explicitVRLittleEndian, source: .bytes(bytes))
            }
            let outcomes = await StoreBatch(to: configuration(port)).send(objects)
            #expect(outcomes.count(where: \.isStored) == 150)
            await provider.waitForClosed(2)
            #expect(provider.received.count == 150)
        }
    }
}
