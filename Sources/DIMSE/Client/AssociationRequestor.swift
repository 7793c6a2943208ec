import DICOMCore
import NIOCore

/// One association from the requestor's side, on its channel's event loop: one request at a time, and promises for what
/// is awaited.
final class AssociationRequestor: AssociationUser {
    let established: EventLoopPromise<AssociateAccept>
    let ended: EventLoopPromise<Void>
    private let loop: any EventLoop
    private let responseTime: Duration
    private var assembler = PDVAssembler(contextIDs: [])
    private var awaited: (promise: EventLoopPromise<CommandSet>, request: CommandSet)?
    private var timeout: Scheduled<Void>?
    private var hasAnswer = false
    weak var upperLayer: UpperLayerHandler?

    init(loop: any EventLoop, responseTime: Duration) {
        self.loop = loop
        self.responseTime = responseTime
        established = loop.makePromise()
        ended = loop.makePromise()
    }

    func associationRequested(_ request: AssociateRequest, _ upperLayer: UpperLayerHandler) {}

    func associationAccepted(_ accept: AssociateAccept, _ upperLayer: UpperLayerHandler) {
        assembler = PDVAssembler(contextIDs: accept.contexts.filter { $0.result == .acceptance }.map(\.id))
        hasAnswer = true
        established.succeed(accept)
    }

    /// The response to this request. Asked for before the message is sent: a quick peer answers before the
    /// last write is confirmed.
    func awaitResponse(to request: CommandSet) -> EventLoopFuture<CommandSet> {
        let promise = loop.makePromise(of: CommandSet.self)
        guard awaited == nil, upperLayer?.isEstablished == true else {
            promise.fail(UpperLayerError.notEstablished)
            return promise.futureResult
        }
        awaited = (promise, request)
        return promise.futureResult
    }

    /// The message is out: the peer's time to respond begins.
    func startResponseTime() {
        guard awaited != nil else { return }
        timeout = loop.assumeIsolated().scheduleTask(in: TimeAmount(responseTime)) { [weak self] in
            self?.upperLayer?.abort(.timedOut(waitingFor: "the response to a message"))
            return
        }
    }

    func received(_ fragment: PDVFragment, _ upperLayer: UpperLayerHandler) throws(UpperLayerError) {
        guard case .command(let command, _) = try assembler.take(fragment) else { return }
        guard command.isResponse else {
            throw .protocolViolation(.unexpectedPDUParameter, "a request, which we do not take on this association")
        }
        guard let awaited, command.responds(to: awaited.request) else {
            throw .protocolViolation(.unexpectedPDUParameter, "a response to something that was not asked")
        }
        self.awaited = nil
        timeout?.cancel()
        awaited.promise.succeed(command)
    }

    func releaseRequested(_ upperLayer: UpperLayerHandler) {
        upperLayer.respondToRelease()
    }

    func associationEnded(_ error: UpperLayerError?) {
        let error = error ?? .notEstablished
        if !hasAnswer { established.fail(error) }
        timeout?.cancel()
        awaited?.promise.fail(error)
        awaited = nil
        ended.succeed(())
    }
}
