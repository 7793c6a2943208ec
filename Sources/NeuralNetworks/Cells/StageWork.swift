/// The present stage of a run: one object for all of them.
final class StageWork: CrewWork {
    var stage: (any Stage)?
    private let room: Room
    private let ownFloats: Int

    /// - Parameters:
    ///   - room: of the first thread; the others' own memory follows it.
    ///   - ownFloats: of each thread.
    init(_ room: Room, ownFloats: Int) {
        self.room = room
        self.ownFloats = ownFloats
    }

    override func run(_ piece: Int, worker: Int) {
        var room = room
        room.own += worker * ownFloats
        stage?.run(piece, in: room)
    }
}
