import Foundation
import Testing

@testable import Gateway
@testable import GatewayStore
@testable import Operations

struct ReadinessTests {
    private let space = StorageSpace(free: 10, size: 100, used: 90, database: 5, log: 1)

    private func running() -> NodeStatus.Value {
        var status = NodeStatus.Value()
        status.isListening = true
        status.workersWanted = 2
        status.workersRunning = 1
        return status
    }

    private func problems(
        _ status: NodeStatus.Value, database: String? = nil, space: StorageSpace? = nil, low: Int64 = 10
    ) -> [String] {
        Readiness(status, database: database, space: space ?? self.space, lowWatermark: low).problems
    }

    @Test func aNodeThatTakesAnalysesAndHasRoomIsReady() {
        #expect(problems(running()).isEmpty)
        #expect(Readiness(running(), database: nil, space: space, lowWatermark: 10).isReady)
    }

    @Test func withoutWorkersOfItsOwnANodeIsReady() {
        var status = running()
        (status.workersWanted, status.workersRunning) = (0, 0)
        #expect(problems(status).isEmpty)
    }

    @Test func eachThingThatIsMissingHasASentenceOfItsOwn() {
        var status = running()
        status.workersRunning = 0
        status.bundleProblem = "workers that start from now on have another and do none of its jobs"
        status.isStopping = true
        let said = problems(status, database: "the database refused (SQLite 5): locked", low: 11)
        #expect(said.map { $0.prefix { $0 != ":" } } == ["listener", "database", "space", "workers", "bundle"])
        #expect(said[0].contains("stopping") && said[1].contains("SQLite 5"))
        #expect(said[2].contains("10 bytes are free and 11 must stay so"))
        #expect(said[3].contains("none of the 2 worker processes"))
        #expect(said[4].contains("restart the node"))
    }

    @Test func aNodeThatStartsAndADiskThatIsGoneAreNotReady() {
        #expect(problems(NodeStatus.Value())[0].contains("starting"))
        let gone = Readiness(running(), database: nil, space: nil, lowWatermark: 0)
        #expect(
            !gone.isReady
                && gone.problems == [
                    "space: the storage folder can't be looked at; see whether its disk is mounted"
                ])
    }
}
