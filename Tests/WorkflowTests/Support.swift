import DICOMCore
import Testing

@testable import Workflow

let now = Timestamp(milliseconds: 1_790_000_000_000)
let mine = Owner(node: "a", worker: "a-1")
let theirs = Owner(node: "b", worker: "b-1")
let recipe = Recipe(bundle: "b", settings: "s", precision: "f32", software: "1")
let otherRecipe = Recipe(bundle: "c", settings: "s", precision: "f32", software: "1")
let first = UID(known: "1.2.3.1")
let second = UID(known: "1.2.3.2")

func after(_ seconds: Int64) -> Timestamp { now.adding(.seconds(seconds)) }

/// A claim of `mine`, made now for two minutes.
let claim = Claim(owner: mine, at: now, lease: .seconds(120))

/// Images whose digests follow from their UIDs, or from `bytes`.
func images(_ uids: UID..., bytes: UInt8? = nil) -> [UID: ObjectDigest] {
    var images: [UID: ObjectDigest] = [:]
    for uid in uids {
        images[uid] = ObjectDigest([UInt8](repeating: bytes ?? uid.string.utf8.last ?? 0, count: 32))
    }
    return images
}

/// A machine's table as text: a row for each state, a column for each event. A cell is the next state's name, `=` for
/// an event that means nothing there, `!` for one that is refused.
struct StateTable {
    let events: [String]
    let rows: [(state: String, cells: [String])]

    init(_ text: String) {
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).map { cell in
                String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        }
        events = lines.first.map { Array($0.dropFirst()) } ?? []
        rows = lines.dropFirst().map { ($0[0], Array($0.dropFirst())) }
    }

    /// - Parameters:
    ///   - states: in the rows' order.
    ///   - events: in the columns' order.
    ///   - handle: the machine after the event, and how many actions it wanted.
    func check<Machine: Equatable, Event>(
        _ states: [(name: String, machine: Machine)], _ events: [(name: String, event: Event)],
        handle: (inout Machine, Event) throws(Refusal) -> Int, name: (Machine) -> String
    ) {
        #expect(self.events == events.map(\.name))
        #expect(rows.map(\.state) == states.map(\.name))
        for (row, state) in zip(rows, states) {
            for (cell, event) in zip(row.cells, events) {
                var machine = state.machine
                let found: String
                do throws(Refusal) {
                    let actions = try handle(&machine, event.event)
                    found = machine == state.machine && actions == 0 ? "=" : name(machine)
                } catch {
                    found = "!"
                    #expect(machine == state.machine, "\(event.name) in \(state.name) was refused and changed it")
                    #expect(!error.description.isEmpty)
                }
                #expect(found == cell, "\(event.name) in \(state.name)")
            }
        }
    }

    /// Whether some event leads out of the state.
    func leaves(_ state: String) -> Bool {
        rows.contains { row in
            row.state == state && row.cells.contains { !["=", "!", state].contains($0) }
        }
    }
}

/// Numbers that are the same in every run (Knuth's MMIX generator).
struct FixedRandom: RandomNumberGenerator {
    var state: UInt64 = 7
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ state >> 29
    }
}

func expectRefusal(_ reason: Refusal.Reason, _ body: () throws(Refusal) -> Void) {
    do throws(Refusal) {
        try body()
        Issue.record("it was not refused")
    } catch {
        #expect(error.reason == reason)
    }
}
