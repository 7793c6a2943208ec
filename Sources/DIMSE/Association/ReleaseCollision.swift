/// The end of an association, and what happens when both sides ask for it at once (PS3.8 §7.2.2.7, Sta7, Sta9-12).
extension AssociationStateMachine {
    mutating func handleRelease(_ event: AssociationEvent) -> [AssociationAction] {
        switch (event, state) {
        case (.releaseResponseReceived, .sta7), (.releaseResponseReceived, .sta11):
            move(.sta1, [.confirmRelease, .closeTransport])  // AR-3
        case (.releaseRequestReceived, .sta7(.requestor)): move(.sta9, [.indicateRelease])  // AR-8
        case (.releaseRequestReceived, .sta7(.acceptor)): move(.sta10, [.indicateRelease])  // AR-8
        case (.releaseResponseReceived, .sta10): move(.sta12, [.confirmRelease])  // AR-10
        default: abort(event)
        }
    }
}
