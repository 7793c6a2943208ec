public import Foundation
public import Gateway
import Studies
public import Workflow

/// What a worker compares objects with whose UID is taken.
public struct ContentComparer: ObjectComparer {
    public init() {}

    public func compare(_ one: URL, _ other: URL) throws -> AsideWorkflow.Comparison {
        try ContentComparison.difference(one, other).map(AsideWorkflow.Comparison.different) ?? .equal
    }
}
