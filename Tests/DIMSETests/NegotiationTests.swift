import DICOMCore
import Testing

@testable import DIMSE

@Suite struct NegotiationTests {
    private func answer(
        _ request: AssociateRequest, _ circumstances: Negotiation.Circumstances = .init(),
        _ change: (inout NegotiationPolicy) -> Void = { _ in }
    ) -> Negotiation.Answer {
        var policy = NegotiationPolicy()
        change(&policy)
        return Negotiation(policy: policy).answer(request, circumstances)
    }

    private func accepted(
        _ request: AssociateRequest, _ change: (inout NegotiationPolicy) -> Void = { _ in }
    ) throws -> (AssociateAccept, [NegotiatedContext]) {
        guard case .accept(let accept, let contexts) = answer(request, .init(), change) else {
            throw UpperLayerError.notEstablished
        }
        return (accept, contexts)
    }

    private static let ct = SOPClass.ctImageStorage.uid
    private static let syntaxes: [TransferSyntax] = [.explicitVRBigEndian, .jpeg2000Lossless, .implicitVRLittleEndian]

    @Test func thePeersOrderOfSyntaxesDecides() throws {
        let request = Requests.associate(contexts: [ProposedContext(id: 1, Self.ct, Self.syntaxes)])
        let (accept, contexts) = try accepted(request)
        #expect(contexts == [NegotiatedContext(id: 1, sopClassUID: Self.ct, transferSyntax: .explicitVRBigEndian)])
        #expect(accept.contexts.map(\.result) == [.acceptance])
    }

    @Test func ourPreferenceGoesBeforeThePeersOrder() throws {
        let request = Requests.associate(contexts: [ProposedContext(id: 1, Self.ct, Self.syntaxes)])
        let (_, contexts) = try accepted(request) {
            $0.preferredTransferSyntaxes = [.htj2kLossless, .jpeg2000Lossless]
        }
        #expect(contexts.map(\.transferSyntax) == [.jpeg2000Lossless])
    }

    @Test func whatIsNotTakenIsRefusedPerContext() throws {
        let request = Requests.associate(contexts: [
            ProposedContext(id: 1, UID(known: "1.2.3"), [.implicitVRLittleEndian]),
            ProposedContext(id: 3, abstractSyntax: Self.ct.string, transferSyntaxes: ["1.2.3.4"]),
            ProposedContext(id: 5, abstractSyntax: "no uid", transferSyntaxes: []),
        ])
        let (accept, contexts) = try accepted(request)
        #expect(
            accept.contexts.map(\.result)
                == [.abstractSyntaxNotSupported, .transferSyntaxesNotSupported, .abstractSyntaxNotSupported])
        #expect(contexts.isEmpty)
    }

    @Test func namesAreCheckedWithTheirReasons() {
        let titles: Set<AETitle> = [AETitle(known: "HILUM")]
        #expect(
            answer(Requests.associate(called: "OTHER")) { $0.calledTitles = titles }
                == .reject(.calledTitleNotRecognized))
        #expect(
            answer(Requests.associate(calling: "STRANGER")) {
                $0.peers = [PeerRule(title: AETitle(known: "MODALITY"))]
            } == .reject(.callingTitleNotRecognized))
        var request = Requests.associate()
        request.applicationContext = "1.2.3"
        #expect(answer(request) == .reject(.applicationContextNotSupported))
    }

    private func answer(
        _ request: AssociateRequest, _ change: (inout NegotiationPolicy) -> Void
    ) -> Negotiation.Answer { answer(request, .init(), change) }

    @Test func aPeerIsKnownByAddressAndCertificate() throws {
        let rule = PeerRule(
            title: AETitle(known: "PEER"), addresses: [try #require(AddressRange("10.1.0.0/16"))], certificate: [1, 2])
        let circumstances = { (address: String, certificate: [UInt8]?) in
            Negotiation.Circumstances(peerAddress: AddressRange.bytes(of: address), certificate: certificate)
        }
        func isAccepted(_ circumstances: Negotiation.Circumstances) -> Bool {
            if case .accept = answer(Requests.associate(), circumstances, { $0.peers = [rule] }) { true } else { false }
        }
        #expect(isAccepted(circumstances("10.1.255.3", [1, 2])))
        #expect(isAccepted(circumstances("::ffff:10.1.0.9", [1, 2])))
        #expect(!isAccepted(circumstances("10.2.0.1", [1, 2])))
        #expect(!isAccepted(circumstances("10.1.0.1", [1, 3])))
        #expect(!isAccepted(circumstances("10.1.0.1", nil)))
    }

    @Test(arguments: ["10.1.0.0/33", "10.1", "fd00::/129", "host", "1.2.3.4/", "1.2.3.4/-1"])
    func whatIsNoAddressRangeIsRefused(_ text: String) {
        #expect(AddressRange(text) == nil)
    }

    @Test func limitsRejectForNow() {
        #expect(answer(Requests.associate(), .init(associations: 32)) == .reject(.localLimitExceeded))
        #expect(answer(Requests.associate(), .init(associationsOfPeer: 16)) == .reject(.localLimitExceeded))
        #expect(answer(Requests.associate(), .init(isClosing: true)) == .reject(.temporaryCongestion))
    }

    @Test func operationsAreOneAtATimeAndOnlyWhoAskedIsTold() throws {
        #expect(try accepted(Requests.associate()).0.user.asynchronousOperations == nil)
        var user = UserInformation(maximumLength: 16384)
        user.asynchronousOperations = .init(invoked: 0, performed: 0)
        let (accept, _) = try accepted(Requests.associate(user: user))
        #expect(accept.user.asynchronousOperations == .init(invoked: 1, performed: 1))
    }

    @Test func rolesAndExtendedNegotiationAreAnswered() throws {
        var user = UserInformation(maximumLength: 16384)
        user.roles = [
            RoleSelection(sopClassUID: Self.ct.string, asSCU: true, asSCP: true),
            RoleSelection(sopClassUID: SOPClass.verification.uid.string, asSCU: true, asSCP: true),
        ]
        user.extended = [
            ExtendedNegotiation(sopClassUID: Self.ct.string, information: [0, 0, 0, 0, 0, 0]),
            ExtendedNegotiation(sopClassUID: SOPClass.studyRootFind.uid.string, information: [1]),
        ]
        let (accept, _) = try accepted(Requests.associate(user: user)) { $0.classesWithRequestorAsSCP = [Self.ct] }
        #expect(accept.user.roles.map(\.asSCP) == [true, false])
        #expect(accept.user.extended.map(\.sopClassUID) == [Self.ct.string])
        #expect(accept.user.extended.first?.information == [2, 0, 3, 0, 0, 0])
    }

    @Test func anIdentityIsIgnoredOrChecked() throws {
        var user = UserInformation(maximumLength: 16384)
        user.identity = UserIdentity(kind: 1, wantsResponse: true, primary: Array("user".utf8))
        let request = Requests.associate(user: user)
        #expect(try accepted(request).0.user.identityResponse == nil)
        #expect(answer(request) { $0.acceptsIdentity = { _ in false } } == .reject(.identityNotAccepted))
        #expect(try accepted(request) { $0.acceptsIdentity = { _ in true } }.0.user.identityResponse == [])
    }
}
