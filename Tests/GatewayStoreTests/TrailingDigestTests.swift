import Crypto
import DICOMCore
import Foundation
import HilumTesting
import Synchronization
import Testing
import Workflow

@testable import GatewayStore

/// The digest that is made beside the writing.
struct TrailingDigestTests {
    /// Shorter and longer than what wakes a thread, in pieces of any size, of which all, every second or none are digested
    /// where they are at hand.
    @Test(
        arguments: [0, 1, 65_535, 65_537, 1 << 20, 7_000_001],
        [(1000, 0), (1000, 2), (131_060, 0), (131_060, 1), (131_060, 2), (3_000_000, 0), (3_000_000, 2)])
    func isSHA256OfTheFileBehindTheOffset(length: Int, pieces: (length: Int, atHand: Int)) async throws {
        try await Workplace.inTemporaryFolder { folder in
            let file = try POSIXFileSystem().create(folder.appending(path: "f").path)
            let bytes = Data((0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
            try Data("head".utf8).withUnsafeBytes { try file.write($0) }
            let digest = TrailingDigest(of: file, from: 4, crew: Crew(threads: 2, name: "test"))
            for (number, start) in stride(from: 0, to: length, by: pieces.length).enumerated() {
                let end = min(start + pieces.length, length)
                try bytes[start..<end].withUnsafeBytes {
                    try file.write($0)
                    if pieces.atHand > 0, number % pieces.atHand == 0 {
                        digest.advance(to: Int64(4 + end), with: $0)
                    } else {
                        digest.advance(to: Int64(4 + end))
                    }
                }
            }
            digest.advance(to: Int64(4 + length), isWhole: true)
            #expect(try digest.finish() == ObjectDigest(SHA256.hash(data: bytes)))
        }
    }

    @Test func aFileThatCannotBeReadBackIsAnError() async throws {
        try await withBench { bench async throws in
            let reception = bench.reception()
            bench.files.set([.read])
            #expect(try await SentObject().answer(from: reception) == 0xA700)
            #expect(try bench.spooled().isEmpty && bench.store.studies().isEmpty)
            bench.files.set([])
            #expect(try await SentObject().send(to: reception).refusal == nil)
        }
    }

    /// Closing what is being read could hand the descriptor to another file.
    @Test func nothingIsReadAfterAStop() async throws {
        let file = CountedFile()
        let crew = Crew(threads: 1, name: "test")
        let digest = TrailingDigest(of: file, from: 0, crew: crew)
        digest.advance(to: 100 << 20)
        digest.stop()
        let before = file.reads.withLock { $0 }
        digest.advance(to: 200 << 20, isWhole: true)
        await withCheckedContinuation { continuation in crew.run { continuation.resume() } }
        #expect(file.reads.withLock { $0 } == before)
    }
}

private final class CountedFile: SpoolFile {
    let reads = Mutex(0)
    func write(_ bytes: UnsafeRawBufferPointer) throws {}
    func read(at offset: Int64, into bytes: UnsafeMutableRawBufferPointer) throws { reads.withLock { $0 += 1 } }
    func startWriteback() {}
    func sync() throws {}
    func close() {}
}
