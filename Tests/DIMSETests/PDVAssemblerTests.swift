import DICOMCore
import NIOCore
import Testing

@testable import DIMSE

@Suite struct PDVAssemblerTests {
    private func take(_ bytes: [UInt8]) throws {
        var assembler = PDVAssembler(contextIDs: [1])
        let fragment = PDVFragment(contextID: 1, isCommand: true, isLast: true, bytes: ByteBuffer(bytes: bytes))
        _ = try assembler.take(fragment)
    }

    /// Without them a data set would be waited for, and nothing ever answered.
    @Test func aCommandWithoutItsFieldOrDataSetTypeIsAViolation() throws {
        let whole = CommandSet(.echoRequest, messageID: 1)
        try take(whole.encode())
        for element in [CommandSet.Element.commandField, .commandDataSetType] {
            var part = whole
            part[short: element] = nil
            let bytes = part.encode()
            #expect(throws: UpperLayerError.self) { try take(bytes) }
        }
        #expect(throws: UpperLayerError.self) { try take([]) }
    }
}
