import DICOMCore
import Testing

@testable import Workflow

/// A study with its jobs and deliveries, wired as a store wires them: what one machine wants done is the next one's event.
private struct Life {
    var study = StudyWorkflow(first: .init(StudyTableTests.image, at: now))
    var jobs: [Int: (job: JobWorkflow, contents: Contents)] = [:]
    var deliveries: [Int: DeliveryWorkflow] = [:]
    var contents = Contents(images: images(first, second))
    /// Of the node's workers.
    var inForce = recipe
    var time = now
    var notes = 0
    private var dates: Set<Timestamp> = []

    mutating func tell(_ event: StudyWorkflow.Event) throws {
        for action in try study.handle(event) {
            switch action {
            case .makeJob(let revision, let contents):
                let job = JobWorkflow(revision: revision.number, recipe: revision.recipe, madeAt: revision.madeAt)
                jobs[revision.number] = (job, contents)
                #expect(dates.insert(revision.madeAt).inserted, "two revisions have the same date")
            case .supersede(let revision, let later): try tell(revision, .superseded(by: later, at: time))
            case .retryJob(let revision): try tell(revision, .retried(at: time))
            case .dropJob(let revision): try tell(revision, .dropped(at: time))
            case .loseImages(let revision, let uids): try tell(revision, .imagesLost(uids, at: time))
            case .note: notes += 1
            case .open: break
            }
        }
    }

    mutating func tell(_ revision: Int, _ event: JobWorkflow.Event) throws {
        for action in try jobs[revision]?.job.handle(event) ?? [] {
            switch action {
            case .enqueueDeliveries where deliveries[revision] == nil:
                deliveries[revision] = DeliveryWorkflow(
                    document: Document(.report), destination: "pacs", made: [DeliveryTests.enhanced],
                    DeliveryTests.preference, at: time)
            case .loseDeliveries: try tellDelivery(revision, .objectLost)
            case .markLost(let uids): for uid in uids { try lose(uid) }
            case .settle: try settle(revision)
            case .note: notes += 1
            case .keepResults, .enqueueDeliveries: break
            }
        }
    }

    mutating func tellDelivery(_ revision: Int, _ event: DeliveryWorkflow.Event) throws {
        let actions = try deliveries[revision]?.handle(event) ?? []
        if actions.contains(.settle) { try settle(revision) }
    }

    private mutating func settle(_ revision: Int) throws {
        guard let job = jobs[revision]?.job else { return }
        var count = DeliveryCount()
        switch deliveries[revision]?.state {
        case .waiting, .sending: count.waiting = 1
        case .delivered: count.delivered = 1
        case .dead, .dropped: count.givenUp = 1
        case nil: break
        }
        try tell(.settled(revision: revision, job.standing(count), at: time))
    }

    mutating func lose(_ uid: UID) throws {
        guard contents.images.removeValue(forKey: uid) != nil else { return }
        contents.missing.insert(uid)
        for revision in jobs.keys.sorted() { try tell(revision, .imagesLost([uid], at: time)) }
        try tell(.objectLost(uid, isImage: true, at: time))
    }

    /// It is sent again.
    mutating func repair(_ uid: UID) throws {
        guard contents.missing.remove(uid) != nil else { return }
        contents.images.merge(images(uid)) { $1 }
        try tell(.arrived(.init(StudyTableTests.image, repairs: true, at: time)))
    }

    mutating func close() throws {
        let former = study.state.revision.flatMap { jobs[$0.number]?.contents }
        try tell(.closingDue(.init(contents, former: former, recipe: inForce, node: "a", at: time)))
    }

    /// Claims a job, or lets the study hear that the node's workers can't do it.
    mutating func claim(_ revision: Int) throws {
        let claim = Claim(owner: mine, at: time, lease: .seconds(60))
        let isBusy = jobs.values.contains { $0.job.state.name == .running }
        do throws(Refusal) {
            _ = try jobs[revision]?.job.handle(.claimed(claim, recipe: inForce, studyIsBusy: isBusy))
        } catch {
            guard case .otherRecipe = error.reason else { throw error }
            try tell(.recipeInForce(inForce, node: "a", at: time))
        }
    }

    func results(of revision: Int) -> [UID: ObjectDigest] { images(first, bytes: UInt8(clamping: revision)) }

    /// The worker that claimed it hands in its result.
    mutating func finish(_ revision: Int) throws {
        guard let entry = jobs[revision], case .running = entry.job.state else { return }
        let unread = entry.contents.images.keys.filter { contents.images[$0] == nil }.sorted()
        let handIn = JobWorkflow.HandIn(
            recipe: entry.job.recipe, verdict: .analysed, results: results(of: revision),
            unread: unread.map { .init($0, .damaged) })
        try tell(revision, .finished(by: mine, handIn, at: time, random: 0))
    }

    /// Nothing fails any more, and nobody intervenes.
    mutating func calm() {
        for _ in 0..<40 {
            time = time.adding(.seconds(1000))
            if study.state.name == .receiving { try? close() }
            for revision in jobs.keys.sorted() {
                try? claim(revision)
                try? finish(revision)
                try? tellDelivery(revision, .claimed(Claim(owner: mine, at: time, lease: .seconds(60))))
                if deliveries[revision]?.state.name == .sending {
                    try? tellDelivery(revision, .accepted(DeliveryTests.enhanced, warning: nil, at: time))
                }
            }
        }
    }
}

@Suite("The machines together")
struct LifeTests {
    /// One thing that goes wrong, or right.
    private func step(_ life: inout Life, _ random: inout FixedRandom) throws {
        let revision = Int.random(in: 1...max(life.jobs.count, 1), using: &random)
        let uid = Bool.random(using: &random) ? first : second
        let kind = Cause.Kind.allCases.randomElement(using: &random) ?? .failed
        switch Int.random(in: 0..<17, using: &random) {
        case 0: try life.close()
        case 1, 2: try life.claim(revision)
        case 3: try life.finish(revision)
        case 4: try life.tell(revision, .failed(by: mine, Cause(kind, "x"), at: life.time, random: 0))
        case 5: try life.tell(revision, .nodeStarted("a", at: life.time, random: 0))
        case 6: try life.tell(revision, .swept(at: life.time, clockJumped: false, random: 0))
        case 7: try life.lose(uid)
        case 8: try life.repair(uid)
        case 9:
            let results = life.results(of: revision)
            try life.tell(revision, .resultLost(results: results, recipe: life.inForce, at: life.time))
        case 10: life.inForce = life.inForce == recipe ? otherRecipe : recipe
        case 11: try life.tell(.forced(at: life.time))
        case 12: try life.tell(.dropped(at: life.time))
        case 13: try life.tell(.retried(recipe: life.inForce, at: life.time))
        case 14: try life.tellDelivery(revision, .claimed(Claim(owner: mine, at: life.time, lease: .seconds(60))))
        case 15: try life.tellDelivery(revision, .refused(by: mine, reason: "0xC000"))
        default: life.time = life.time.adding(.seconds(Int64.random(in: -50...500, using: &random)))
        }
    }

    @Test("Whatever happened, a study that is left in peace comes to a state that says what it is")
    func everyLifeComesToRest() {
        var random = FixedRandom()
        for number in 0..<150 {
            var life = Life()
            for _ in 0..<Int.random(in: 1...60, using: &random) { try? step(&life, &random) }
            life.calm()
            #expect(["analysed", "reported", "failed"].contains(life.study.state.name.rawValue), "life \(number)")
            let open = life.jobs.values.filter { ["waiting", "running"].contains($0.job.state.name.rawValue) }
            #expect(open.isEmpty, "life \(number) leaves \(open.map(\.job.state)) in \(life.study.state)")
        }
    }

    @Test("Whatever happened, sending again and forcing lead to one current report of the whole study")
    func everyLifeCanBeMended() throws {
        var random = FixedRandom(state: 11)
        for number in 0..<150 {
            var life = Life()
            for _ in 0..<Int.random(in: 1...60, using: &random) { try? step(&life, &random) }
            life.calm()
            for uid in [first, second] { try life.repair(uid) }
            try life.tell(.forced(at: life.time))
            life.calm()
            let current = try #require(life.study.state.revision, "life \(number)")
            guard case .done(.analysed, _) = current.standing else {
                Issue.record("life \(number) is \(life.study.state)")
                continue
            }
            #expect(current.number == life.jobs.count)
            #expect(life.jobs[current.number]?.contents == Contents(images: images(first, second)))
            #expect(life.deliveries.values.allSatisfy { !["waiting", "sending"].contains($0.state.name.rawValue) })
        }
    }
}
