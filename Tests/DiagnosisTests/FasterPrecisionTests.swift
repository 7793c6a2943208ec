import Foundation
import HilumTesting
import NeuralNetworks
import Synchronization
import Testing

@testable import Diagnosis

@Suite("What a machine is faster in is measured once")
struct FasterPrecisionTests {
    private func choice(_ memory: URL?, _ seconds: @escaping @Sendable (Precision) throws -> Double) throws -> Precision
    {
        try FasterPrecision(bundle: StartingBundle.bundle.get(), memory: memory) { _, precision, _ in
            try seconds(precision)
        }.choice()
    }

    @Test(arguments: [Precision.f32, .bf16])
    func theFasterIsChosen(faster: Precision) throws {
        #expect(try choice(nil) { $0 == faster ? 1 : 2 } == faster)
    }

    @Test func whatWasMeasuredIsRememberedWithoutAnotherMeasurement() throws {
        struct MeasuredAgain: Error {}
        try Workplace.withTemporaryFolder { folder in
            let memory = folder.appending(path: "deep/precision.json")
            #expect(try choice(memory) { $0 == .bf16 ? 1 : 2 } == .bf16)
            #expect(try choice(memory) { _ in throw MeasuredAgain() } == .bf16)
            try Data("no JSON".utf8).write(to: memory)
            #expect(try choice(memory) { $0 == .f32 ? 1 : 2 } == .f32, "a damaged memory counts as none")
        }
    }
}
