import DICOMCore
import NIOCore

/// Runs the protocol machine on a channel: bytes to PDUs to events, actions to writes, timers and calls of the user.
/// The only part of the upper layer that does I/O.
final class UpperLayerHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Role {
        case acceptor
        case requestor(AssociateRequest)
    }

    private let role: Role
    private let user: any AssociationUser
    private var machine = AssociationStateMachine()
    private var decoder: PDUDecoder
    private var timers: AssociationTimers
    private var scheduled: Scheduled<Void>?
    private var scheduledFor: NIODeadline?
    private var context: ChannelHandlerContext?
    private var arrived: PDVFragment?
    private var failure: UpperLayerError?
    private var hasEnded = false
    /// After bytes that are no PDU, there is nothing more to find in what follows.
    private var isDeaf = false
    private var wantsRead = false
    /// What ends the association, once the peer has the answers to what it sent whole.
    private var endings = CircularBuffer<() -> Void>()
    /// The peer waits for answers of ours, so its silence is no idleness, and nothing but its abort ends the association.
    var isBusy = false {
        didSet {
            touch()
            while !isBusy, let ending = endings.popFirst() { ending() }
            if !isBusy, closesOnceAnswered { closeOnceWritten() }
        }
    }
    /// The connection ends with the answers, after whatever ends the association.
    private var closesOnceAnswered = false

    init(_ role: Role, user: any AssociationUser, limits: PDUDecoder.Limits, times: TimeLimits) {
        self.role = role
        self.user = user
        decoder = PDUDecoder(limits: limits)
        timers = AssociationTimers(limits: times)
    }

    var state: AssociationState { machine.state }
    var isEstablished: Bool { if case .sta6 = machine.state { true } else { false } }

    // MARK: Requests of the user

    func accept(_ answer: AssociateAccept) { handle(.localAccept(answer)) }
    func reject(_ answer: AssociateReject) { handle(.localReject(answer)) }
    func respondToRelease() { handle(.localReleaseResponse) }

    func release() {
        guard isEstablished else { return }
        timers.startEstablishment(now)
        handle(.localReleaseRequest)
    }

    /// Ends the association; `error` is what the user is told then.
    func abort(_ error: UpperLayerError) {
        afterAnswers {
            if self.failure == nil { self.failure = error }
            if case .protocolViolation(let reason, _) = error {
                self.handle(.invalidPDU(reason))
            } else {
                self.handle(.localAbort)
                self.end(error)
            }
        }
    }

    /// Ends the association and the connection, whatever the peer does.
    func abortAndClose(_ error: UpperLayerError) {
        abort(error)
        closeOnceAnswered()
    }

    private func afterAnswers(_ ending: @escaping () -> Void) {
        guard isBusy else { return ending() }
        endings.append(ending)
    }

    private func closeOnceAnswered() {
        closesOnceAnswered = true
        if !isBusy { closeOnceWritten() }
    }

    private func closeOnceWritten() {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }

    /// Sends a complete command or data set that is at hand in a few PDVs.
    func send(_ bytes: [UInt8], contextID: UInt8, isCommand: Bool, room: Int) {
        var rest = bytes[...]
        repeat {
            let part = rest.prefix(room)
            rest = rest.dropFirst(part.count)
            guard var buffer = context?.channel.allocator.buffer(capacity: part.count + DataTransfer.headerLength)
            else { return }
            DataTransfer.writeHeader(
                into: &buffer, contextID: contextID, isCommand: isCommand, isLast: rest.isEmpty, length: part.count)
            buffer.writeBytes(part)
            sendData([buffer], promise: nil)
        } while !rest.isEmpty
    }

    /// Sends P-DATA-TFs whose bytes are already laid out; fails `promise` when the association is over.
    func sendData(_ buffers: [ByteBuffer], promise: EventLoopPromise<Void>?) {
        guard let context, machine.handle(.localData) == [.sendData] else {
            promise?.fail(failure ?? UpperLayerError.notEstablished)
            return
        }
        for (index, buffer) in buffers.enumerated() {
            context.write(wrapOutboundOut(buffer), promise: index == buffers.count - 1 ? promise : nil)
        }
        context.flush()
        touch()
    }

    // MARK: Back-pressure

    /// While set, nothing more is read from the connection.
    var isReadingPaused = false {
        didSet {
            // The peer's turn begins again.
            touch()
            readAgain()
        }
    }

    /// A peer that sends without taking our answers is not read from, or they would pile up. A requestor's own data may
    /// fill the connection, and the answers to it must be read all the same.
    private var mayRead: Bool {
        guard !isReadingPaused else { return false }
        return if case .acceptor = role { context?.channel.isWritable ?? true } else { true }
    }

    private func readAgain() {
        guard wantsRead, mayRead, let context else { return }
        wantsRead = false
        context.read()
    }

    func read(context: ChannelHandlerContext) {
        wantsRead = true
        readAgain()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readAgain()
        context.fireChannelWritabilityChanged()
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A connection that never came about has no channelInactive.
        end(failure ?? .connectionClosed)
        scheduled?.cancel()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    private func begin() {
        guard machine.state == .sta1, !hasEnded else { return }
        switch role {
        case .acceptor: handle(.transportIndication)
        case .requestor(let request):
            handle(.localAssociateRequest)
            timers.startEstablishment(now)
            handle(.transportConnected(request))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDeaf else { return }
        let bytes = unwrapInboundIn(data)
        timers.arrived(bytes.readableBytes, now)
        decoder.push(bytes)
        do {
            while !isDeaf, let output = try decoder.next() { receive(output) }
        } catch {
            fail(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        handle(.transportClosed)
        end(failure)
        scheduled?.cancel()
        context.fireChannelInactive()
    }

    /// The peer will send no more. It may still read: what it sent whole is answered.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { closeOnceAnswered() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if failure == nil { failure = UpperLayerError(transport: error) }
        context.close(promise: nil)
    }

    private func receive(_ output: PDUDecoder.Output) {
        switch output {
        case .pdu(.abort(let abort)): handle(.abortReceived(abort))
        case .pdu(let pdu):
            timers.ended(now)
            afterAnswers { self.handle(AssociationEvent(pdu)) }
        case .fragment(let fragment):
            if fragment.isLast { timers.ended(now) }
            arrived = fragment
            handle(.dataReceived)
        }
    }

    private func fail(_ error: UpperLayerError) {
        isDeaf = true
        if failure == nil { failure = error }
        let reason: Abort.Reason = if case .protocolViolation(let reason, _) = error { reason } else { .notSpecified }
        afterAnswers { self.handle(.invalidPDU(reason)) }
    }

    // MARK: Actions

    private func handle(_ event: AssociationEvent) {
        for action in machine.handle(event) { perform(action) }
        reschedule()
    }

    private func perform(_ action: AssociationAction) {
        switch action {
        case .openTransport, .sendData: break
        case .closeTransport: context?.close(promise: nil)
        case .send(let pdu): write(pdu)
        case .startARTIM: timers.startARTIM(now)
        case .stopARTIM: timers.stopARTIM()
        case .indicateData: deliver()
        case .indicateAssociation(let request): user.associationRequested(request, self)
        case .confirmAssociation(let accept):
            timers.stopEstablishment()
            timers.begin(now)
            user.associationAccepted(accept, self)
        case .confirmRejection(let reject):
            if case .requestor(let request) = role {
                end(.rejected(reject, called: request.calledTitle ?? AETitle(known: "the peer")))
            }
        case .indicateRelease:
            timers.stopEstablishment()
            user.releaseRequested(self)
        case .confirmRelease: end(nil)
        case .indicateAbort(let abort): end(failure ?? .aborted(abort))
        case .indicateProviderAbort(.connectionClosed): end(failure ?? .connectionClosed)
        case .indicateProviderAbort(.sent):
            end(failure ?? .protocolViolation(.unexpectedPDU, "a PDU that does not belong at this point"))
        }
    }

    private func write(_ pdu: PDU) {
        guard let context else { return }
        switch pdu {
        case .associateAccept: timers.begin(now)
        // Over for us before the peer can know.
        case .associateReject, .releaseResponse: end(failure)
        default: break
        }
        var buffer = context.channel.allocator.buffer(capacity: 1024)
        pdu.encode(into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func deliver() {
        guard let fragment = arrived else { return }
        arrived = nil
        do {
            try user.received(fragment, self)
        } catch {
            fail(error)
        }
    }

    private func end(_ error: UpperLayerError?) {
        guard !hasEnded else { return }
        hasEnded = true
        endings.removeAll()
        timers.end()
        isReadingPaused = false
        user.associationEnded(error)
    }

    // MARK: Timers

    /// While reading is paused, the peer waits for us.
    private var isPeersTurn: Bool { !isBusy && !isReadingPaused }

    private var now: NIODeadline { context?.eventLoop.now ?? .now() }

    private func touch() { timers.touch(now) }

    /// One task at a time waits for the timer that ends first. Activity only moves a value; the task looks again.
    private func reschedule() {
        guard let context, let next = timers.next else { return }
        if let scheduledFor, scheduledFor <= next { return }
        scheduled?.cancel()
        scheduledFor = next
        scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.timersDue() }
    }

    private func timersDue() {
        scheduledFor = nil
        while let timer = timers.expired(now) {
            switch timer {
            case .artim:
                handle(.artimExpired)
            case .establishment: abort(.timedOut(waitingFor: "its answer to our request"))
            case .idle: if isPeersTurn { abort(.timedOut(waitingFor: "its next message")) }
            case .slow(let bytes, let least): if isPeersTurn { abort(.tooSlow(bytes: bytes, least: least)) }
            case .total: abort(.timedOut(waitingFor: "the end of the association, which has lasted too long"))
            }
        }
        reschedule()
    }
}

extension UpperLayerError {
    /// What NIO or TLS reports.
    init(transport error: any Error) {
        if let error = error as? UpperLayerError {
            self = error
        } else if error is IOError || error is ChannelError {
            self = .connectionClosed
        } else {
            self = .tls(Self.words(of: error))
        }
    }

    /// BoringSSL gives its reason in capitals, among file names of its own build.
    private static func words(of error: any Error) -> String {
        let text = "\(error)"
        guard let reason = text.firstMatch(of: /[A-Z0-9]+(?:_[A-Z0-9]+)+/) else { return text }
        let words = reason.output.lowercased().replacing("_", with: " ")
        return
            "the handshake failed (\(words)); check that both sides want TLS on this port, and trust each other's certificates"
    }
}
