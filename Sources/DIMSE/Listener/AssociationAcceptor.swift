import DICOMCore
import Logging
import NIOCore
import NIOPosix

/// One association from the acceptor's side: negotiates, answers C-ECHO, hands C-STORE to the reception queue. Lives
/// on its channel's event loop.
final class AssociationAcceptor: AssociationUser {
    private let listener: ListenerContext
    private let peer: ConnectionFacts
    private let logger: Logger
    private weak var upperLayer: UpperLayerHandler?
    private let loop: any EventLoop
    private var assembler = PDVAssembler(contextIDs: [])
    private var contexts: [UInt8: NegotiatedContext] = [:]
    private var facts: AssociationFacts?
    private var queue: ReceptionQueue?
    private var maximumLength: UInt32?
    private var passing: PassingDataSet?
    private var unanswered = 0
    /// The request for an association got its answer, whichever.
    private var hasAnswered = false

    /// The data set that a command announced.
    private struct PassingDataSet {
        var command: CommandSet
        var contextID: UInt8
        /// The answer at its end, when it is passed over; nil when it goes to a receiver.
        var refusal: DIMSEStatus?
    }

    init(listener: ListenerContext, peer: ConnectionFacts, loop: any EventLoop) {
        self.listener = listener
        self.peer = peer
        self.loop = loop
        var logger = listener.logger
        logger[metadataKey: "association"] = "\(peer.id)"
        self.logger = logger
    }

    // MARK: Establishment

    func associationRequested(_ request: AssociateRequest, _ upperLayer: UpperLayerHandler) {
        self.upperLayer = upperLayer
        let certificate = peer.certificate()
        let answer = listener.negotiate(request, peer: peer, certificate: certificate)
        switch answer {
        case .reject(let reject):
            hasAnswered = true
            listener.provider.associationRejected(
                AssociationRejection(
                    reject, callingAE: request.callingTitle, calledAE: request.calledTitle, peerAddress: peer.address))
            upperLayer.reject(reject)
        case .accept(let accept, let contexts):
            hasAnswered = true
            guard let called = request.calledTitle, let calling = request.callingTitle else { return }
            let facts = AssociationFacts(
                id: peer.id, callingAE: calling, calledAE: called, peerAddress: peer.address,
                implementationClassUID: request.user.implementationClassUID,
                implementationVersionName: request.user.implementationVersionName, peerCertificate: certificate)
            establish(facts, contexts, request, upperLayer)
            upperLayer.accept(accept)
            listener.provider.associationOpened(facts)
        }
    }

    private func establish(
        _ facts: AssociationFacts, _ contexts: [NegotiatedContext], _ request: AssociateRequest,
        _ upperLayer: UpperLayerHandler
    ) {
        self.facts = facts
        self.contexts = Dictionary(contexts.map { ($0.id, $0) }) { first, _ in first }
        maximumLength = request.user.maximumLength
        assembler = PDVAssembler(contextIDs: contexts.map(\.id))
        let loopBound = NIOLoopBound(upperLayer, eventLoop: loop)
        let loop = loop
        queue = ReceptionQueue(
            provider: listener.provider, facts: facts, pool: listener.pool, configuration: listener.configuration,
            activity: { [listener] in listener.changed($0) },
            pause: { isPaused in loop.execute { loopBound.value.isReadingPaused = isPaused } })
        logger.debug("association accepted", metadata: ["peer": "\(peer.address)", "calling": "\(facts.callingAE)"])
    }

    func associationAccepted(_ accept: AssociateAccept, _ upperLayer: UpperLayerHandler) {}

    // MARK: Messages

    func received(_ fragment: PDVFragment, _ upperLayer: UpperLayerHandler) throws(UpperLayerError) {
        switch try assembler.take(fragment) {
        case .nothing: break
        case .command(let command, let contextID): try received(command, contextID)
        case .data(let bytes, _, let isLast):
            if let passing, passing.refusal == nil, bytes.readableBytes > 0 { queue?.add(.write(bytes)) }
            if isLast { dataSetEnded() }
        }
    }

    private func received(_ command: CommandSet, _ contextID: UInt8) throws(UpperLayerError) {
        guard let context = contexts[contextID] else { return }
        switch command.field {
        case .echoRequest where !command.hasDataSet: respond(to: command, .success, on: contextID)
        case .cancelRequest: break
        case .storeRequest where command.hasDataSet: beginStore(command, context)
        case .storeRequest:
            throw .protocolViolation(.unexpectedPDUParameter, "a C-STORE without a data set")
        default:
            guard !command.isResponse else {
                throw .protocolViolation(.unexpectedPDUParameter, "a response to nothing that we asked")
            }
            if command.hasDataSet {
                passing = PassingDataSet(command: command, contextID: contextID, refusal: .unrecognizedOperation)
            } else {
                respond(to: command, .unrecognizedOperation, on: contextID)
            }
        }
    }

    private func beginStore(_ command: CommandSet, _ context: NegotiatedContext) {
        var dataSet = PassingDataSet(command: command, contextID: context.id)
        if let request = StoreRequest(command, transferSyntax: context.transferSyntax) {
            if request.sopClassUID == context.sopClassUID {
                queue?.add(.open(request))
            } else {
                dataSet.refusal = .sopClassNotSupported.because("not the SOP class of its presentation context")
            }
        } else {
            dataSet.refusal = .mistypedArgument.because("SOP class or instance UID missing or malformed")
        }
        passing = dataSet
    }

    private func dataSetEnded() {
        guard let dataSet = passing else { return }
        passing = nil
        let (command, contextID) = (dataSet.command, dataSet.contextID)
        if let refusal = dataSet.refusal { return respond(to: command, refusal, on: contextID) }
        guard let queue, let upperLayer else { return }
        unanswered += 1
        upperLayer.isBusy = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        queue.add(
            .finish { [loop] status in
                loop.execute { bound.value.stored(command, status, on: contextID) }
            })
    }

    private func stored(_ command: CommandSet, _ status: DIMSEStatus, on contextID: UInt8) {
        unanswered -= 1
        // Why, is the receiver's to say.
        if !status.isAccepted { logger.debug("C-STORE refused", metadata: ["status": "\(status)"]) }
        respond(to: command, status, on: contextID)
        upperLayer?.isBusy = unanswered > 0
    }

    private func respond(to command: CommandSet, _ status: DIMSEStatus, on contextID: UInt8) {
        let response = CommandSet(respondingTo: command, status)
        upperLayer?.send(
            response.encode(), contextID: contextID, isCommand: true,
            room: DataTransfer.room(maximumLength: maximumLength, ours: 1 << 14))
    }

    // MARK: End

    func releaseRequested(_ upperLayer: UpperLayerHandler) {
        upperLayer.respondToRelease()
    }

    func associationEnded(_ error: UpperLayerError?) {
        // What is complete goes on to its end, answered or not; what is not, leaves nothing.
        if let passing, passing.refusal == nil { queue?.add(.abandon) }
        passing = nil
        queue = nil
        guard let facts else {
            if !hasAnswered, let error { listener.provider.connectionFailed(from: peer.address, error) }
            return
        }
        self.facts = nil
        listener.ended(peer.id)
        listener.provider.associationClosed(facts, error: error)
        guard let error else { return }
        logger.warning(
            "association ended: \(error)",
            metadata: [
                "peer": "\(peer.address)", "calling": "\(facts.callingAE)", "called": "\(facts.calledAE)",
            ])
    }
}
