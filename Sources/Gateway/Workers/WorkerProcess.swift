public import Foundation
import Synchronization
public import Workflow

/// Starts worker processes. Tests have a double.
public protocol WorkerLauncher: Sendable {
    /// - Parameter said: gets each line that the worker prints.
    func launch(name: String, said: @escaping @Sendable (String) -> Void) throws -> any RunningWorker
}

/// A worker process that was started.
public protocol RunningWorker: Sendable {
    /// Says that there may be work.
    func look()
    /// Asks it to end after what it works on.
    func finish()
    /// Ends it now.
    func kill()
    /// Waits for its end.
    /// - Returns: nil when it ended as asked; else how it ended.
    func end() async -> Cause?
}

/// Workers as processes of the program itself: `look` lines go to their standard input, whose end tells them to finish,
/// so that none outlives its gateway.
public struct ProcessLauncher: WorkerLauncher {
    private let executable: URL
    private let arguments: @Sendable (_ name: String) -> [String]

    public init(executable: URL, arguments: @escaping @Sendable (_ name: String) -> [String]) {
        self.executable = executable
        self.arguments = arguments
    }

    public func launch(name: String, said: @escaping @Sendable (String) -> Void) throws -> any RunningWorker {
        try WorkerProcess(executable: executable, arguments: arguments(name), said: said)
    }
}

private final class WorkerProcess: RunningWorker {
    private struct State {
        var ended: Cause??
        var waiters: [CheckedContinuation<Cause?, Never>] = []
        var input: FileHandle?
    }
    private let process: ProcessBox
    private let state: Shared

    /// Process is not Sendable; after `run` only its identifier is used, and that doesn't change.
    private struct ProcessBox: @unchecked Sendable { let process: Process }
    private final class Shared: Sendable {
        let value = Mutex(State())

        func ended(_ cause: Cause?) {
            let waiters = value.withLock { state in
                state.ended = .some(cause)
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume(returning: cause) }
        }
    }

    init(executable: URL, arguments: [String], said: @escaping @Sendable (String) -> Void) throws {
        let process = Process()
        let input = Pipe()
        let output = Pipe()
        let shared = Shared()
        // A worker that no longer reads must not hold up whoever has news for it: such news is dropped.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFL, O_NONBLOCK)
        process.executableURL = executable
        process.arguments = arguments
        process.standardInput = input
        process.standardOutput = output
        process.terminationHandler = { process in
            shared.ended(Cause(process.terminationStatus, process.terminationReason))
        }
        do {
            try process.run()
        } catch {
            throw GatewayError.workerNotStarted(executable, error)
        }
        shared.value.withLock { $0.input = input.fileHandleForWriting }
        self.process = ProcessBox(process: process)
        state = shared
        let lines = output.fileHandleForReading
        Thread.detachNewThread { readLines(from: lines, said) }
    }

    func look() {
        state.value.withLock { state in
            // A worker that is gone can't be written to; its end is heard of otherwise.
            try? state.input?.write(contentsOf: Data("look\n".utf8))
        }
    }

    func finish() {
        state.value.withLock { state in
            try? state.input?.close()
            state.input = nil
        }
    }

    func kill() {
        // Once it has ended, its number may be another process's.
        state.value.withLock { state in
            if state.ended == nil { _ = Foundation.kill(process.process.processIdentifier, SIGKILL) }
        }
    }

    func end() async -> Cause? {
        await withCheckedContinuation { continuation in
            let ended = state.value.withLock { state -> Cause?? in
                if state.ended == nil { state.waiters.append(continuation) }
                return state.ended
            }
            if let ended { continuation.resume(returning: ended) }
        }
    }
}

extension Cause {
    /// How a process ended; nil when it ended by itself and well.
    fileprivate init?(_ status: Int32, _ reason: Process.TerminationReason) {
        switch (reason, status) {
        case (.exit, 0): return nil
        case (.uncaughtSignal, SIGXCPU): self.init(.crashed, "the worker used up its processor time")
        case (.uncaughtSignal, SIGKILL):
            self.init(.killed, "the worker was killed (signal 9), perhaps for want of memory")
        case (.uncaughtSignal, SIGTERM), (.uncaughtSignal, SIGINT):
            self.init(.stopped, "the worker was told to stop (signal \(status))")
        case (.uncaughtSignal, let signal): self.init(.crashed, "the worker crashed (signal \(signal))")
        default: self.init(.failed, "the worker ended with status \(status)")
        }
    }
}

/// Reads to the end, in a thread that may block.
private func readLines(from handle: FileHandle, _ said: (String) -> Void) {
    var rest = Data()
    while case let piece = handle.availableData, !piece.isEmpty {
        rest.append(piece)
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            said(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
            rest = Data(rest[(end + 1)...])
        }
        // A line is short; a worker that floods is not listened to.
        if rest.count > 1 << 16 { rest = Data() }
    }
}
