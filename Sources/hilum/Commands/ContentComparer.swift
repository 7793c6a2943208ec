import Foundation
import Gateway
import GatewayStore
import Studies

/// What a worker compares objects with whose UID is taken.
struct ContentComparer: ObjectComparer {
    func compare(_ one: URL, _ other: URL) throws -> Comparison {
        try ContentComparison.difference(one, other).map(Comparison.different) ?? .equal
    }
}
