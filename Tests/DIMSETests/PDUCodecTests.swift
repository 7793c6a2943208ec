import DICOMCore
import NIOCore
import Testing

@testable import DIMSE

@Suite struct PDUCodecTests {
    private static var user: UserInformation {
        var user = UserInformation(maximumLength: 65536)
        user.asynchronousOperations = .init(invoked: 3, performed: 1)
        user.roles = [RoleSelection(sopClassUID: "1.2.3", asSCU: true, asSCP: false)]
        user.extended = [ExtendedNegotiation(sopClassUID: "1.2.3", information: [1, 0, 1])]
        user.commonExtended = [
            CommonExtendedNegotiation(
                sopClassUID: "1.2.3", serviceClassUID: "1.2.840.10008.4.2",
                relatedGeneralSOPClassUIDs: ["1.2.4", "1.2.5"])
        ]
        user.identity = UserIdentity(kind: 2, wantsResponse: true, primary: [97, 98], secondary: [99])
        user.identityResponse = [1, 2]
        return user
    }

    private static let pdus: [PDU] = [
        .associateRequest(Requests.associate(user: user)),
        .associateAccept(
            AssociateAccept(
                calledTitle: AETitle("HILUM"), callingTitle: AETitle("PEER"),
                contexts: [
                    AnsweredContext(id: 1, result: .acceptance, transferSyntax: "1.2.840.10008.1.2"),
                    AnsweredContext(id: 3, result: .transferSyntaxesNotSupported, transferSyntax: "1.2.840.10008.1.2"),
                ], user: user)),
        .associateReject(.localLimitExceeded), .releaseRequest, .releaseResponse,
        .abort(Abort(.unexpectedPDUParameter)), .abort(.byUser),
    ]

    private func decode(_ bytes: [UInt8], piece: Int, limits: PDUDecoder.Limits = .init()) throws -> [PDUDecoder.Output]
    {
        var decoder = PDUDecoder(limits: limits)
        var outputs: [PDUDecoder.Output] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            decoder.push(ByteBuffer(bytes: rest.prefix(piece)))
            while let output = try decoder.next() { outputs.append(output) }
            rest = rest.dropFirst(piece)
        }
        #expect(decoder.isBetweenPDUs)
        return outputs
    }

    @Test func everyPDUComesBackInEverySplit() throws {
        var buffer = ByteBuffer()
        for pdu in Self.pdus { pdu.encode(into: &buffer) }
        let bytes = Array(buffer.readableBytesView)
        for piece in 1...bytes.count {
            #expect(try decode(bytes, piece: piece) == Self.pdus.map { .pdu($0) }, "in pieces of \(piece)")
        }
    }

    /// Two PDVs in one PDU, then one more that is empty.
    @Test func fragmentsCarryTheirBytesInEverySplit() throws {
        let bytes: [UInt8] =
            [4, 0, 0, 0, 0, 20, 0, 0, 0, 6, 1, 3, 10, 11, 12, 13, 0, 0, 0, 6, 3, 0, 20, 21, 22, 23]
            + [4, 0, 0, 0, 0, 6, 0, 0, 0, 2, 3, 2]
        for piece in 1...bytes.count {
            let fragments = try decode(bytes, piece: piece).compactMap { output -> PDVFragment? in
                if case .fragment(let fragment) = output { fragment } else { nil }
            }
            let command = fragments.filter { $0.contextID == 1 }
            let data = fragments.filter { $0.contextID == 3 }
            #expect(command.flatMap { Array($0.bytes.readableBytesView) } == [10, 11, 12, 13])
            #expect(data.flatMap { Array($0.bytes.readableBytesView) } == [20, 21, 22, 23])
            #expect(command.allSatisfy { $0.isCommand } && command.map(\.isLast).filter { $0 }.count == 1)
            #expect(command.last?.isLast == true)
            #expect(data.map(\.isLast).filter { $0 }.count == 1 && data.last?.isLast == true)
        }
    }

    @Test(
        arguments: [
            [4, 0, 0, 0, 0, 5, 0, 0, 0, 2, 1, 3], [4, 0, 0, 0, 0, 8, 0, 0, 0, 5, 1, 3, 0, 0],
            [4, 0, 0, 0, 0, 6, 0, 0, 0, 1, 1, 3], [4, 0, 0, 0, 0, 6, 0xFF, 0xFF, 0xFF, 0xFF, 1, 3],
            [9, 0, 0, 0, 0, 0], [5, 0, 0, 1, 0, 0], [3, 0, 0, 0, 0, 2, 0, 0], [1, 0, 0, 0, 0, 4, 0, 1, 0, 0],
        ] as [[UInt8]])
    func lengthsThatDoNotFitAreRefused(_ bytes: [UInt8]) {
        #expect(throws: UpperLayerError.self) { try decode(bytes, piece: bytes.count) }
    }

    @Test func dataOverTheAnnouncedMaximumIsRefusedBeforeItComes() {
        #expect(throws: UpperLayerError.self) {
            try decode([4, 0, 0, 0, 0x40, 1], piece: 6, limits: .init(data: 0x4000))
        }
    }

    @Test func mutatedPDUsNeverTrap() throws {
        var buffer = ByteBuffer()
        for pdu in Self.pdus { pdu.encode(into: &buffer) }
        let original = Array(buffer.readableBytesView)
        var state: UInt64 = 7
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<5000 {
            var bytes = original
            for _ in 0...random(4) { bytes[random(bytes.count)] = UInt8(random(256)) }
            var decoder = PDUDecoder(limits: .init(data: 1 << 16))
            decoder.push(ByteBuffer(bytes: bytes))
            while let output = try? decoder.next() {
                guard case .pdu(let pdu) = output else { continue }
                var again = ByteBuffer()
                pdu.encode(into: &again)
            }
        }
    }
}
