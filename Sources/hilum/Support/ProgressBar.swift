import Foundation
import Synchronization

/// A bar on standard error, drawn on a terminal only.
final class ProgressBar: Sendable {
    private struct State {
        var done = 0
        var drawnPercent = -1
    }

    private let label: String
    private let total: Int
    private let state = Mutex(State())
    /// Whether there is a terminal to draw on.
    let visible: Bool

    init(_ label: String, total: Int) {
        self.label = label
        self.total = total
        self.visible = total > 0 && isatty(STDERR_FILENO) == 1
    }

    func advance(by count: Int = 1) {
        let percent: Int? = state.withLock { state in
            state.done += count
            let percent = total > 0 ? min(100, state.done * 100 / total) : 100
            guard percent != state.drawnPercent else { return nil }
            state.drawnPercent = percent
            return percent
        }
        if visible, let percent { draw(percent) }
    }

    /// Draws the bar where it stands, whatever it was before.
    /// - Parameter note: what is written behind it.
    func show(_ done: Int, of total: Int, note: String) {
        if visible { draw(total > 0 ? min(100, done * 100 / total) : 100, note: note) }
    }

    func finish() {
        if visible { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    }

    private func draw(_ percent: Int, note: String = "") {
        let filled = percent * 30 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let rest = note.isEmpty ? "" : "  \(note)\u{1B}[K"
        FileHandle.standardError.write(Data("\r\(label) \(bar) \(percent) %\(rest)".utf8))
    }
}
