// Data sets, files and command sets as they come from outside. The first byte chooses a transfer syntax and how the bytes
// are cut into pieces: both must make no difference to whether it ends in an answer.

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let bytes = UnsafeRawBufferPointer(start: start + 1, count: count - 1)
    let choice = Int(start[0])
    scan(bytes, piece: 1 + choice % 61, Fuzz.syntaxes[choice % Fuzz.syntaxes.count])
    file(bytes, piece: 1 + choice % 61)
    _ = try? CommandSet(decoding: Array(bytes))
    _ = try? FileMetaInformation.parse(Array(bytes))
    return 0
}

enum Fuzz {
    static let syntaxes: [TransferSyntax] = [
        .implicitVRLittleEndian, .explicitVRLittleEndian, .explicitVRBigEndian, .deflatedExplicitVRLittleEndian,
        .jpegBaseline8Bit,
    ]
    /// Small, so that a bomb shows as time.
    static let limits: DataSetScanner.Limits = {
        var limits = DataSetScanner.Limits()
        limits.inflatedLength = 1 << 20
        limits.items = 10_000
        return limits
    }()
}

private func pieces(_ bytes: UnsafeRawBufferPointer, of size: Int) -> [UnsafeRawBufferPointer] {
    stride(from: 0, to: bytes.count, by: size).map {
        UnsafeRawBufferPointer(rebasing: bytes[$0..<min($0 + size, bytes.count)])
    }
}

private func scan(_ bytes: UnsafeRawBufferPointer, piece: Int, _ syntax: TransferSyntax) {
    func outcome(_ size: Int) -> InstanceIdentity? {
        var scanner = DataSetScanner(syntax, limits: Fuzz.limits)
        do {
            for piece in pieces(bytes, of: size) { try scanner.push(piece) }
            return try scanner.finish()
        } catch {
            return nil
        }
    }
    // Cut otherwise, it is the same data set.
    precondition(outcome(piece) == outcome(max(bytes.count, 1)), "pieces of \(piece) give another answer")
}

private func file(_ bytes: UnsafeRawBufferPointer, piece: Int) {
    var scanner = FileScanner(limits: Fuzz.limits, length: UInt64(bytes.count))
    for piece in pieces(bytes, of: piece * 16) {
        guard (try? scanner.push(piece)) != nil else { return }
    }
    _ = try? scanner.finish()
}
