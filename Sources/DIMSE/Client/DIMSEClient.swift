public import DICOMCore
import NIOCore
public import NIOPosix
import NIOSSL

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

/// An established association to a peer, from which requests are sent (SCU). One request at a time; several
/// associations work side by side.
public final class DIMSEClient: Sendable {
    /// What the peer accepted.
    public let contexts: [NegotiatedContext]
    /// The title that the peer was called by.
    public let calledAE: AETitle
    /// What the peer said about itself.
    public let peer: UserInformation
    private let channel: any Channel
    private let requestor: NIOLoopBound<AssociationRequestor>
    private let upperLayer: NIOLoopBound<UpperLayerHandler>
    private let messageIDs: MessageIDs
    /// Data of one PDV.
    private let room: Int

    private init(
        _ channel: any Channel, _ parts: Parts, _ configuration: ClientConfiguration, _ contexts: [NegotiatedContext],
        _ peer: UserInformation
    ) {
        self.channel = channel
        calledAE = configuration.calledAE
        self.contexts = contexts
        self.peer = peer
        room = DataTransfer.room(maximumLength: peer.maximumLength, ours: Int(configuration.maximumLength))
        requestor = parts.requestor
        upperLayer = parts.upperLayer
        messageIDs = MessageIDs()
    }

    private struct Parts: Sendable {
        var requestor: NIOLoopBound<AssociationRequestor>
        var upperLayer: NIOLoopBound<UpperLayerHandler>
        var established: EventLoopFuture<AssociateAccept>
    }

    /// Connects and associates.
    /// - Parameters:
    ///   - configuration: the peer, and how long it may take.
    ///   - contexts: at most 128; those beyond are not proposed.
    ///   - group: whose threads serve the connection; the process's own by default.
    /// - Throws: ``UpperLayerError`` when there is no connection, TLS does not come about, or the peer rejects, aborts
    ///   or keeps silent longer than ``TimeLimits/establishment``.
    public static func connect(
        to configuration: ClientConfiguration, contexts: [ProposedContext],
        group: MultiThreadedEventLoopGroup = .singleton
    ) async throws -> DIMSEClient {
        let tls = try configuration.tls?.clientContext()
        let request = request(configuration, contexts)
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(TimeAmount(configuration.times.establishment))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
        let (channel, parts) = try await open(configuration, bootstrap, tls, request)
        let accept = try await parts.established.get()
        let accepted = negotiated(contexts, accept)
        return DIMSEClient(channel, parts, configuration, accepted, accept.user)
    }

    private static func request(_ configuration: ClientConfiguration, _ contexts: [ProposedContext]) -> AssociateRequest
    {
        var user = UserInformation(maximumLength: configuration.maximumLength)
        user.identity = configuration.identity
        return AssociateRequest(
            calledTitle: configuration.calledAE, callingTitle: configuration.callingAE,
            contexts: Array(contexts.prefix(128)), user: user)
    }

    private static func open(
        _ configuration: ClientConfiguration, _ bootstrap: ClientBootstrap, _ tls: NIOSSLContext?,
        _ request: AssociateRequest
    ) async throws -> (any Channel, Parts) {
        let host = configuration.host
        do {
            return try await bootstrap.connect(host: host, port: configuration.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        // Server Name Indication takes names only.
                        let isAddress = AddressRange.bytes(of: host) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host))
                    }
                    return (channel, try prepare(channel, request, configuration))
                }
            }
        } catch let error as UpperLayerError {
            throw error
        } catch {
            throw UpperLayerError.connectionFailed(host: host, port: configuration.port, why: connectionError(error))
        }
    }

    /// The system's words for what NIO reports at length.
    private static func connectionError(_ error: any Error) -> String {
        if let failed = error as? NIOConnectionError {
            guard let first = failed.connectionErrors.first else { return "the name is not known" }
            return connectionError(first.error)
        }
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        if case .connectTimeout = error as? ChannelError { return "no answer in time" }
        return "\(error)"
    }

    private static func prepare(
        _ channel: any Channel, _ request: AssociateRequest, _ configuration: ClientConfiguration
    ) throws -> Parts {
        let requestor = AssociationRequestor(loop: channel.eventLoop, responseTime: configuration.responseTime)
        let handler = UpperLayerHandler(
            .requestor(request), user: requestor,
            limits: PDUDecoder.Limits(data: Int(configuration.maximumLength)), times: configuration.times)
        requestor.upperLayer = handler
        try channel.pipeline.syncOperations.addHandler(handler)
        return Parts(
            requestor: NIOLoopBound(requestor, eventLoop: channel.eventLoop),
            upperLayer: NIOLoopBound(handler, eventLoop: channel.eventLoop),
            established: requestor.established.futureResult)
    }

    /// The accepted ones of the proposed contexts. What the acceptor answers to something not proposed is passed over.
    private static func negotiated(_ proposed: [ProposedContext], _ accept: AssociateAccept) -> [NegotiatedContext] {
        proposed.compactMap { proposal in
            guard let answer = accept.contexts.first(where: { $0.id == proposal.id }), answer.result == .acceptance,
                let sopClass = UID(proposal.abstractSyntax), let syntax = UID(answer.transferSyntax),
                proposal.transferSyntaxes.contains(answer.transferSyntax)
            else { return nil }
            return NegotiatedContext(
                id: proposal.id, sopClassUID: sopClass, transferSyntax: TransferSyntax(uid: syntax))
        }
    }

    // MARK: Requests

    /// C-ECHO (PS3.7 §9.1.5). Wants a context of the Verification class.
    /// - Throws: ``UpperLayerError``
    public func echo() async throws -> DIMSEStatus {
        let context = try self.context(for: SOPClass.verification.uid)
        var command = CommandSet(.echoRequest, messageID: messageIDs.next())
        command[uid: .affectedSOPClassUID] = SOPClass.verification.uid
        return try status(await send(command, on: context, source: nil))
    }

    /// C-STORE (PS3.7 §9.1.1) on the context that has the object's class and syntax.
    /// - Returns: what the peer answers, a refusal too. It has the object where ``DIMSEStatus/isAccepted`` says so.
    /// - Throws: ``UpperLayerError/noPresentationContext(sopClass:why:)`` before anything is sent, and the association
    ///   goes on; after any other error (of the association, or of the file that is read) it is of no use: call
    ///   ``abort()``.
    public func store(_ object: StorableObject) async throws -> DIMSEStatus {
        guard let context = context(for: object) else {
            throw UpperLayerError.noPresentationContext(
                sopClass: SOPClass(uid: object.sopClassUID), why: refusalReason(object))
        }
        let request = StoreRequest(
            messageID: messageIDs.next(), sopClassUID: object.sopClassUID, sopInstanceUID: object.sopInstanceUID,
            transferSyntax: object.transferSyntax)
        return try status(await send(request.command, on: context, source: object.source))
    }

    /// The accepted context on which `object` can go as it is.
    public func context(for object: StorableObject) -> NegotiatedContext? {
        contexts.first { $0.sopClassUID == object.sopClassUID && $0.transferSyntax == object.transferSyntax }
    }

    private func refusalReason(_ object: StorableObject) -> String {
        let others = contexts.filter { $0.sopClassUID == object.sopClassUID }.map(\.transferSyntax.name)
        return others.isEmpty
            ? "its SOP class or its transfer syntax (\(object.transferSyntax.name)) was refused"
            : "not as \(object.transferSyntax.name), only as \(others.joined(separator: ", "))"
    }

    private func context(for sopClass: UID) throws -> NegotiatedContext {
        guard let context = contexts.first(where: { $0.sopClassUID == sopClass }) else {
            throw UpperLayerError.noPresentationContext(
                sopClass: SOPClass(uid: sopClass), why: "no presentation context was accepted")
        }
        return context
    }

    private func status(_ response: CommandSet) throws -> DIMSEStatus {
        guard let status = response.status else {
            throw UpperLayerError.unexpectedResponse("it has no status")
        }
        return status
    }

    private func send(
        _ command: CommandSet, on context: NegotiatedContext, source: StorableObject.Source?
    ) async throws -> CommandSet {
        let (upperLayer, requestor, room) = (upperLayer, requestor, room)
        let response = try await channel.eventLoop.submit {
            let response = requestor.value.awaitResponse(to: command)
            upperLayer.value.send(command.encode(), contextID: context.id, isCommand: true, room: room)
            return response
        }.get()
        if let source {
            let writer = DataSetWriter(channel: channel, upperLayer: upperLayer, contextID: context.id, room: room)
            try await writer.write(source)
        }
        channel.eventLoop.execute { requestor.value.startResponseTime() }
        return try await response.get()
    }

    // MARK: End

    /// Releases the association and waits for its end.
    public func release() async {
        let (upperLayer, requestor) = (upperLayer, requestor)
        try? await channel.eventLoop.flatSubmit {
            upperLayer.value.release()
            return requestor.value.ended.futureResult
        }.get()
        try? await channel.close()
    }

    /// Ends the association at once.
    public func abort() async {
        let upperLayer = upperLayer
        channel.eventLoop.execute { upperLayer.value.abort(.notEstablished) }
        try? await channel.closeFuture.get()
    }
}
