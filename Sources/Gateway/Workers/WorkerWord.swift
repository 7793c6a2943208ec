/// What a worker says on its standard output, a line each, so that its gateway can tell work from waiting.
public enum WorkerWord: Hashable, Sendable {
    /// It has claimed a piece of work.
    case begins
    /// That came to an end, whatever it was.
    case ends(String)

    public var line: String {
        switch self {
        case .begins: "begins"
        case .ends(let what): "ends \(what)"
        }
    }

    /// Nil for a line that is none of these.
    public init?(line: String) {
        if line == Self.begins.line {
            self = .begins
        } else if line.hasPrefix("ends ") {
            self = .ends(String(line.dropFirst(5)))
        } else {
            return nil
        }
    }
}
