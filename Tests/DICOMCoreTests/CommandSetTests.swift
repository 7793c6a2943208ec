import DICOMCore
import Testing

@Suite struct CommandSetTests {
    /// C-ECHO-RQ as DCMTK's echoscu 3.6.7 sends it, taken from the wire.
    private static let echo: [UInt8] =
        [0, 0, 0, 0, 4, 0, 0, 0, 0x38, 0, 0, 0]
        + [0, 0, 2, 0, 0x12, 0, 0, 0] + Array("1.2.840.10008.1.1\0".utf8)
        + [0, 0, 0, 1, 2, 0, 0, 0, 0x30, 0] + [0, 0, 0x10, 1, 2, 0, 0, 0, 1, 0] + [0, 0, 0, 8, 2, 0, 0, 0, 1, 1]

    @Test func anEchoRequestIsReadAndWrittenAlike() throws {
        let command = try CommandSet(decoding: Self.echo)
        #expect(command[short: .commandField] == 0x0030)
        #expect(command[short: .messageID] == 1)
        #expect(command[uid: .affectedSOPClassUID] == SOPClass.verification.uid)
        #expect(command.encode() == Self.echo)
    }

    @Test func lengthsBeyondTheEndAreRefused() {
        for length in 1..<Self.echo.count where ![12, 38, 48, 58].contains(length) {
            #expect(throws: DICOMCoreError.self) { try CommandSet(decoding: Self.echo.prefix(length)) }
        }
    }

    @Test func elementsOfOtherGroupsAreRefused() {
        #expect(throws: DICOMCoreError.self) { try CommandSet(decoding: [8, 0, 0, 0, 0, 0, 0, 0]) }
    }
}
