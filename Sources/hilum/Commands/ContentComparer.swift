import Foundation
import Gateway
import GatewayStore
import Studies
import Workflow

/// What a worker compares objects with whose UID is taken.
struct ContentComparer: ObjectComparer {
    func compare(_ one: URL, _ other: URL) throws -> AsideWorkflow.Comparison {
        try ContentComparison.difference(one, other).map(AsideWorkflow.Comparison.different) ?? .equal
    }
}
