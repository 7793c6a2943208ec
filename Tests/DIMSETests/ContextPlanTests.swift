import DICOMCore
import Testing

@testable import DIMSE

@Suite struct ContextPlanTests {
    private static let ct = SOPClass.ctImageStorage.uid
    private static let cr = SOPClass.computedRadiographyImageStorage.uid

    @Test func oneContextPerClassAndSyntax() {
        let plan = ContextPlan([
            (Self.ct, .jpeg2000Lossless), (Self.cr, .explicitVRLittleEndian), (Self.ct, .jpeg2000Lossless),
            (Self.ct, .explicitVRLittleEndian),
        ])
        #expect(plan.groups.count == 1)
        #expect(plan.groups[0].contexts.map(\.id) == [1, 3, 5])
        #expect(plan.groups[0].contexts.map(\.transferSyntaxes.count) == [1, 1, 1])
        #expect(plan.groups[0].objects == [0, 1, 2, 3])
    }

    @Test func fallbacksAreProposedOncePerClass() {
        let plan = ContextPlan(
            [(Self.ct, .jpeg2000Lossless), (Self.ct, .jpegBaseline8Bit)],
            fallbacks: [.explicitVRLittleEndian, .implicitVRLittleEndian])
        #expect(plan.groups[0].contexts.map(\.transferSyntaxes.count) == [1, 2, 1])
    }

    @Test func aGroupHasAtMost128Contexts() {
        let objects = SOPClass.storageClasses.prefix(200).map { ($0.uid, TransferSyntax.explicitVRLittleEndian) }
        let plain = ContextPlan(objects)
        #expect(plain.groups.map(\.contexts.count) == [128, 72])
        #expect(plain.groups[0].contexts.last?.id == 255)
        let withFallbacks = ContextPlan(objects, fallbacks: [.implicitVRLittleEndian])
        #expect(withFallbacks.groups.map(\.contexts.count) == [128, 128, 128, 16])
        #expect(withFallbacks.groups.flatMap(\.objects) == Array(0..<200))
    }
}
