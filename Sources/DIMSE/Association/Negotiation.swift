import DICOMCore

/// An acceptor's answer to A-ASSOCIATE-RQ, by policy alone.
struct Negotiation: Sendable {
    enum Answer: Equatable, Sendable {
        case accept(AssociateAccept, contexts: [NegotiatedContext])
        case reject(AssociateReject)
    }

    /// What the policy can't know: who calls, and how many do already.
    struct Circumstances: Sendable {
        var peerAddress: [UInt8]?
        var certificate: [UInt8]?
        var associations = 0
        var associationsOfPeer = 0
        var isClosing = false
    }

    let policy: NegotiationPolicy

    func answer(_ request: AssociateRequest, _ circumstances: Circumstances) -> Answer {
        if let reject = refusal(request, circumstances) { return .reject(reject) }
        let contexts = request.contexts.map { ($0, answer($0)) }
        let accept = AssociateAccept(
            calledTitle: request.calledTitle, callingTitle: request.callingTitle, contexts: contexts.map(\.1),
            user: answer(request.user))
        let negotiated = contexts.compactMap { proposed, answered -> NegotiatedContext? in
            guard answered.result == .acceptance, let sopClass = UID(proposed.abstractSyntax),
                let syntax = UID(answered.transferSyntax)
            else { return nil }
            return NegotiatedContext(
                id: answered.id, sopClassUID: sopClass, transferSyntax: TransferSyntax(uid: syntax))
        }
        return .accept(accept, contexts: negotiated)
    }

    /// In the order in which PS3.8 Table 9-21 leaves the checks to us: protocol first, then names, then limits.
    private func refusal(_ request: AssociateRequest, _ circumstances: Circumstances) -> AssociateReject? {
        guard request.applicationContext == AssociateRequest.dicomApplicationContext else {
            return .applicationContextNotSupported
        }
        guard let called = request.calledTitle, policy.calledTitles.isEmpty || policy.calledTitles.contains(called)
        else { return .calledTitleNotRecognized }
        guard let calling = request.callingTitle, isKnown(calling, circumstances) else {
            return .callingTitleNotRecognized
        }
        if let identity = request.user.identity, let accepts = policy.acceptsIdentity, !accepts(identity) {
            return .identityNotAccepted
        }
        if circumstances.isClosing { return .temporaryCongestion }
        guard circumstances.associations < policy.maximumAssociations,
            circumstances.associationsOfPeer < policy.maximumAssociationsPerPeer
        else { return .localLimitExceeded }
        return nil
    }

    private func isKnown(_ calling: AETitle, _ circumstances: Circumstances) -> Bool {
        policy.peers.isEmpty
            || policy.peers.contains {
                $0.matches(
                    calling, address: circumstances.peerAddress, certificate: circumstances.certificate)
            }
    }

    private func answer(_ proposed: ProposedContext) -> AnsweredContext {
        // With a rejection the syntax means nothing, but some peers want to see one of theirs.
        let fallback = proposed.transferSyntaxes.first ?? TransferSyntax.implicitVRLittleEndian.uid.string
        guard let sopClass = UID(proposed.abstractSyntax), policy.sopClasses.contains(sopClass) else {
            return AnsweredContext(id: proposed.id, result: .abstractSyntaxNotSupported, transferSyntax: fallback)
        }
        let acceptable = proposed.transferSyntaxes.compactMap { UID($0) }.map { TransferSyntax(uid: $0) }
            .filter { policy.transferSyntaxes.contains($0) }
        let preferred = policy.preferredTransferSyntaxes.first { acceptable.contains($0) }
        guard let chosen = preferred ?? acceptable.first else {
            return AnsweredContext(id: proposed.id, result: .transferSyntaxesNotSupported, transferSyntax: fallback)
        }
        return AnsweredContext(id: proposed.id, result: .acceptance, transferSyntax: chosen.uid.string)
    }

    private func answer(_ proposed: UserInformation) -> UserInformation {
        var user = UserInformation(maximumLength: policy.maximumLength)
        // One operation at a time; only who asked is told (PS3.7 §D.3.3.3.2).
        if proposed.asynchronousOperations != nil {
            user.asynchronousOperations = AsynchronousOperationsWindow(invoked: 1, performed: 1)
        }
        user.roles = proposed.roles.map { role in
            let mayBeSCP = UID(role.sopClassUID).map { policy.classesWithRequestorAsSCP.contains($0) } ?? false
            return RoleSelection(sopClassUID: role.sopClassUID, asSCU: role.asSCU, asSCP: role.asSCP && mayBeSCP)
        }
        user.extended = proposed.extended.compactMap(answer)
        if let identity = proposed.identity, identity.wantsResponse, policy.acceptsIdentity != nil {
            user.identityResponse = []
        }
        return user
    }

    /// Storage (PS3.4 §B.3.1): level 2 (everything kept), digital signatures kept, nothing coerced.
    private func answer(_ extended: ExtendedNegotiation) -> ExtendedNegotiation? {
        guard let sopClass = UID(extended.sopClassUID), SOPClass(uid: sopClass).isStorage,
            policy.sopClasses.contains(sopClass)
        else { return nil }
        return ExtendedNegotiation(sopClassUID: extended.sopClassUID, information: [2, 0, 3, 0, 0, 0])
    }
}
