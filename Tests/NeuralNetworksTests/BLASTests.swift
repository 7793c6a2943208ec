import Foundation
import NeuralNetworks
import Testing

/// The trap: OpenBLAS takes its slowest kernels for a processor that it does not know, or what the user's shell says.
/// Each test is a process of its own, since a process opens the library once.
@Suite struct BLASTests {
    static let variable = "OPENBLAS_CORETYPE"

    #if arch(x86_64)
        @Test("With nothing in the environment the kernels are those of the processor's instructions")
        func coreIsChosenWhenUnset() async {
            await #expect(processExitsWith: .success) {
                unsetenv("OPENBLAS_CORETYPE")
                try Self.expectChosenCore()
                #expect(ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] == nil)
            }
        }

        @Test("An empty variable changes nothing")
        func coreIsChosenWhenEmpty() async {
            await #expect(processExitsWith: .success) {
                setenv("OPENBLAS_CORETYPE", "", 1)
                try Self.expectChosenCore()
            }
        }

        @Test("A wrong variable changes nothing, and is left as it was")
        func coreIsChosenWhenWrong() async {
            await #expect(processExitsWith: .success) {
                setenv("OPENBLAS_CORETYPE", "Prescott", 1)
                setenv("OPENBLAS_NUM_THREADS", "64", 1)
                try Self.expectChosenCore()
                #expect(getenv("OPENBLAS_CORETYPE").map { String(cString: $0) } == "Prescott")
                #expect(getenv("OPENBLAS_NUM_THREADS").map { String(cString: $0) } == "64")
            }
        }

        static func expectChosenCore() throws {
            let report = try BLAS.load().report(rounds: 1)
            #expect(["SkylakeX", "Haswell", "Sandybridge", "Nehalem"].contains(report.requestedCore))
            #expect(report.core.lowercased() == report.requestedCore.lowercased())
            #expect(report.core.lowercased() != "prescott")
        }
    #endif

    @Test("The report says what runs and how fast")
    func reportIsFilled() throws {
        let report = try BLAS.load().report()
        #expect(report.config.contains("OpenBLAS"))
        #expect(!report.core.isEmpty)
        #expect(report.gigaflops > 0.1)
    }
}
