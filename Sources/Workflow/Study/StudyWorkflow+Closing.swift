import DICOMCore

extension StudyWorkflow {
    /// Closes an open study. Whatever comes of it, the study is no longer *receiving* afterwards.
    mutating func close(_ receiving: Receiving, _ closing: Closing) throws(Refusal) -> [Action] {
        let contents = closing.contents
        // What the operator did without before is done without again.
        let unasked = contents.absent.subtracting(closing.former?.missing ?? [])
        if contents.images.isEmpty, contents.absent.isEmpty {
            let reason = "it holds no CR, DX, CT or Secondary Capture image"
            return move(
                .notAnalysable(NotAnalysable(reason: reason, revision: receiving.revision)),
                [.note(Note(.closed, "not analysable: \(reason)"))])
        }
        if let revision = receiving.revision, let former = closing.former, contents.areThose(of: former) {
            if !unasked.isDisjoint(with: contents.removed.keys) {
                return keep(revision, without: contents.removed.count)
            }
            if let actions = keep(revision, closing.recipe, receiving.reason) { return actions }
        }
        if contents.images.isEmpty || (!unasked.isEmpty && receiving.reason < .forced) {
            return fail(receiving.revision, contents)
        }
        return try revise(receiving, closing)
    }

    /// Nothing is new, and nothing could be made anew: the report that rests on the images that are no longer kept stands.
    private mutating func keep(_ revision: Revision, without removed: Int) -> [Action] {
        let text = """
            nothing new since revision \(revision.number); \(removed) of its images were removed after delivery: to have it \
            made anew, send them again and force it
            """
        return move(.closed(revision), [.note(Note(.closed, text))])
    }

    /// The objects are those of the newest revision: does it stay the newest?
    /// - Returns: nil when it has to be made anew.
    private mutating func keep(_ revision: Revision, _ recipe: Recipe, _ reason: Opening) -> [Action]? {
        let isSameRecipe = revision.recipe == recipe
        switch revision.standing {
        case .running, .done(.analysed, _):
            // Another recipe alone is no reason to report a finished study anew, unless somebody asks for it.
            guard isSameRecipe || reason == .arrivals else { return nil }
        case .waiting:
            guard isSameRecipe else { return nil }
        case .dropped where reason == .arrivals: break
        case .parked, .dropped:
            guard isSameRecipe else { return nil }
            return move(
                .closed(revision.with(.waiting)),
                [
                    .retryJob(revision: revision.number),
                    .note(Note(.closed, "nothing new since revision \(revision.number), which is tried again")),
                ])
        case .done(.notAnalysable, _), .resultsLost: return nil
        }
        return move(
            .closed(revision), [.note(Note(.closed, "nothing new since revision \(revision.number)"))])
    }

    /// A report from the images that are left would take the place of one from all of them, so nobody but the operator asks
    /// for it.
    private mutating func fail(_ revision: Revision?, _ contents: Contents) -> [Action] {
        let missing = contents.missing.sorted()
        let reasons =
            (missing.isEmpty ? [] : [JobWorkflow.reason(lost: missing)])
            + (contents.removed.isEmpty
                ? []
                : ["\(contents.removed.count) of its images were removed after delivery; send the study again"])
        let reason = reasons.joined(separator: "; ")
        let note = Action.note(Note(.closed, "not analysed: \(reason), or force it to do without"))
        guard let revision, revision.standing == .waiting else {
            return move(.failed(Failed(reason: reason, revision: revision)), [note])
        }
        return move(
            .failed(Failed(reason: reason, revision: revision)),
            [note, .loseImages(revision: revision.number, missing)])
    }

    private mutating func revise(_ receiving: Receiving, _ closing: Closing) throws(Refusal) -> [Action] {
        let former = receiving.revision
        let (number, overflows) = (former?.number ?? 0).addingReportingOverflow(1)
        guard !overflows, number > 0 else {
            throw Refusal(
                .revision(former?.number ?? 0), event: "closed", subject: "the study", state: state.name.rawValue,
                advice: "")
        }
        // The same objects and recipe as some earlier revision, under a clock that was put back, are still no second
        // time the same results.
        let madeAt = former.map { max(closing.at, $0.madeAt.adding(milliseconds: 1)) } ?? closing.at
        let revision = Revision(number: number, recipe: closing.recipe, madeAt: madeAt, madeBy: closing.node)
        let absent = closing.contents.absent.count
        let without = absent == 0 ? "" : ", \(absent) are gone"
        let note = Note(.closed, "revision \(number) with \(closing.contents.images.count) images to analyse\(without)")
        let superseding = former.map { [Action.supersede(revision: $0.number, by: number)] } ?? []
        return move(
            .waiting(Waiting(revision)), [.makeJob(revision, from: closing.contents)] + superseding + [.note(note)])
    }
}
