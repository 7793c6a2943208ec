import DICOMCore
import DIMSE
import Foundation
import HilumTesting
import Testing

/// Our listener against SCUs that we did not write.
@Suite struct ListenerPeerTests {
    @Test(.enabled(if: Tool("echoscu") != nil)) func dcmtkEchoIsAnswered() async throws {
        let tool = try #require(Tool("echoscu"))
        try await withListener(MemoryProvider()) { port, _ in
            let output = try tool.run(["-v", "-aec", "HILUM", "127.0.0.1", "\(port)"])
            #expect(output.status == 0, "\(output.all)")
            #expect(output.all.contains("Received Echo Response (Success)"))
        }
    }

    @Test(.enabled(if: Tool("storescu") != nil), arguments: ["storescu", "dcmsend"])
    func dcmtkStoreArrivesByteForByte(_ name: String) async throws {
        let tool = try #require(Tool(name))
        let provider = MemoryProvider()
        try await withListener(provider) { port, _ in
            try await Workplace.inTemporaryFolder { folder in
                let objects = [1, 2].map { SampleObject.part10($0, pixelBytes: 700_000 + $0 * 2) }
                let files = try objects.enumerated().map {
                    try SampleObject.write($1, to: folder, "\($0).dcm").path
                }
                let output = try tool.run(["-v", "-aet", "MODALITY", "-aec", "HILUM", "127.0.0.1", "\(port)"] + files)
                #expect(output.status == 0, "\(output.all)")
                await provider.waitForClosed(1)
                let expected = try objects.map(SampleObject.dataSet)
                #expect(Set(provider.received.map(\.bytes)) == Set(expected))
                #expect(provider.received.map(\.facts.callingAE.string) == ["MODALITY", "MODALITY"])
                #expect(provider.closed == [nil])
            }
        }
    }

    @Test(.enabled(if: Tool.python != nil)) func pynetdicomStoreArrivesByteForByte() async throws {
        let python = try #require(Tool.python)
        let provider = MemoryProvider()
        try await withListener(provider) { port, _ in
            try await Workplace.inTemporaryFolder { folder in
                let object = SampleObject.part10(3, pixelBytes: 300_000)
                let file = try SampleObject.write(object, to: folder)
                let output = try python.run([
                    "-m", "pynetdicom", "storescu", "127.0.0.1", "\(port)", file.path, "-aec", "HILUM", "-v",
                ])
                #expect(output.all.contains("0x0000"), "\(output.all)")
                await provider.waitForClosed(1)
                let received = try #require(provider.received.first)
                let expected = try SampleObject.dataSet(object)
                #expect(received.bytes == expected)
            }
        }
    }
}
