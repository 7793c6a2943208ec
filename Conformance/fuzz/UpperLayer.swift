import DICOMCore
import NIOCore

// PDUs as a peer sends them, in pieces that the first byte chooses, and what a state machine makes of them.

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let choice = Int(start[0])
    var decoder = PDUDecoder(limits: PDUDecoder.Limits(associate: 1 << 16, data: 1 << 14))
    var machine = AssociationStateMachine(state: choice < 128 ? .sta2 : .sta6(.acceptor))
    for from in stride(from: 0, to: bytes.count, by: 1 + choice % 127) {
        decoder.push(ByteBuffer(bytes: bytes[from..<min(from + 1 + choice % 127, bytes.count)]))
        do {
            while let output = try decoder.next() {
                switch output {
                case .pdu(let pdu): _ = machine.handle(AssociationEvent(pdu))
                case .fragment: _ = machine.handle(.dataReceived)
                }
            }
        } catch {
            return 0
        }
    }
    return 0
}
