public import DICOMCore

/// Which presentation contexts a batch of objects needs, in groups that each fit into one association.
public struct ContextPlan: Sendable {
    /// What one association proposes, and for which objects.
    public struct Group: Equatable, Sendable {
        /// At most 128 (PS3.8 §9.3.2.2 leaves the odd ids from 1 to 255).
        public var contexts: [ProposedContext]
        /// Indices of the batch's objects that these contexts are for.
        public var objects: [Int]
    }

    /// In the order in which the objects first need them; together they name every object once.
    public let groups: [Group]

    /// One context for each pair of SOP class and transfer syntax, so that the peer answers each by itself.
    /// - Parameters:
    ///   - objects: the batch, in the order in which it is to be sent.
    ///   - fallbacks: syntaxes to propose for every class as well, for objects whose own syntax the peer refuses.
    public init(_ objects: [(sopClass: UID, syntax: TransferSyntax)], fallbacks: [TransferSyntax] = []) {
        var groups: [Group] = []
        var places: [Pair: Int] = [:]
        var classesWithFallback: Set<ClassInGroup> = []
        for (index, object) in objects.enumerated() {
            let pair = Pair(sopClass: object.sopClass, syntax: object.syntax)
            if let place = places[pair] {
                groups[place].objects.append(index)
                continue
            }
            let needed = fallbacks.isEmpty ? 1 : 2
            if groups.isEmpty || groups[groups.count - 1].contexts.count + needed > 128 {
                groups.append(Group(contexts: [], objects: []))
            }
            let place = groups.count - 1
            places[pair] = place
            groups[place].objects.append(index)
            groups[place].propose(object.sopClass, [object.syntax])
            if !fallbacks.isEmpty, classesWithFallback.insert(.init(sopClass: object.sopClass, group: place)).inserted {
                groups[place].propose(object.sopClass, fallbacks)
            }
        }
        self.groups = groups
    }

    private struct Pair: Hashable {
        var sopClass: UID
        var syntax: TransferSyntax
    }

    private struct ClassInGroup: Hashable {
        var sopClass: UID
        var group: Int
    }
}

extension ContextPlan.Group {
    fileprivate mutating func propose(_ sopClass: UID, _ syntaxes: [TransferSyntax]) {
        // Odd, from 1 to 255: there are 128 of them, and no more contexts are put into a group.
        let id = UInt8(clamping: contexts.count * 2 + 1)
        contexts.append(ProposedContext(id: id, sopClass, syntaxes))
    }
}
