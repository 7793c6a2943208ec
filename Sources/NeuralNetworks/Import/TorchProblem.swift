/// What is wrong with a file of PyTorch's, without the file's name, which the caller adds.
struct TorchProblem: Error, Equatable {
    var text: String

    init(_ text: String) { self.text = text }

    /// Text from a file, fit for a message: short and without control characters.
    static func shown(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars.prefix(80).filter { $0.value >= 0x20 && $0.value != 0x7F }
        return String(String.UnicodeScalarView(scalars))
    }
}
