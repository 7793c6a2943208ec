/// How soon a worker that ended is replaced: at once, but one that keeps dying young is given more and more time, so
/// that a broken bundle does not become a busy loop.
public struct RestartPolicy: Hashable, Sendable {
    private var earlyDeaths = 0
    /// One that lived this long was healthy.
    public var healthyAfter: Duration = .seconds(30)
    public var longest: Duration = .seconds(60)

    public init() {}

    /// A worker ended after `lifetime`.
    /// - Returns: how long to wait before the next one.
    public mutating func ended(after lifetime: Duration) -> Duration {
        earlyDeaths = lifetime >= healthyAfter ? 0 : earlyDeaths + 1
        guard earlyDeaths > 1 else { return .zero }
        return min(.seconds(1) * Int64(1 << min(earlyDeaths - 2, 10)), longest)
    }
}
