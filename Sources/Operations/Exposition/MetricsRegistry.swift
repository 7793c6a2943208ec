public import CoreMetrics
public import Gateway
import Synchronization

/// Keeps what is counted and measured while the node runs, for the metrics that it was given. Others are let pass.
public final class MetricsRegistry: MetricsFactory {
    private struct State {
        var counters: [String: [LabelSet: CounterSeries]] = [:]
        var histograms: [String: [LabelSet: HistogramSeries]] = [:]
    }
    private let definitions: [MetricDefinition]
    private let byName: [String: MetricDefinition]
    /// Of one metric. Nothing should come near it; without it, a mistake in labels would fill the memory.
    private let seriesLimit: Int
    private let state = Mutex(State())

    public init(_ definitions: [MetricDefinition] = MetricDefinition.recorded, seriesLimit: Int = 2000) {
        self.definitions = definitions
        self.seriesLimit = seriesLimit
        byName = Dictionary(definitions.map { ($0.name, $0) }) { first, _ in first }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        guard byName[label]?.kind == .counter else { return NOOPMetricsHandler.instance }
        let labels = LabelSet(dimensions)
        let series: CounterSeries? = state.withLock { state in
            Self.series(in: &state.counters[label, default: [:]], labels, seriesLimit) { CounterSeries() }
        }
        if let series { return series }
        return NOOPMetricsHandler.instance
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        guard case .histogram(let bounds)? = byName[label]?.kind else { return NOOPMetricsHandler.instance }
        let labels = LabelSet(dimensions)
        let series: HistogramSeries? = state.withLock { state in
            Self.series(in: &state.histograms[label, default: [:]], labels, seriesLimit) {
                HistogramSeries(bounds: bounds)
            }
        }
        if let series { return series }
        return NOOPMetricsHandler.instance
    }

    /// Nothing of ours is a gauge that services set: those are read when a page is made.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    // A series stays: what was counted must not begin anew.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}

    private static func series<Series>(
        in all: inout [LabelSet: Series], _ labels: LabelSet, _ limit: Int, make: () -> Series
    ) -> Series? {
        if let known = all[labels] { return known }
        guard all.count < limit else { return nil }
        let series = make()
        all[labels] = series
        return series
    }

    /// In the definitions' order; those that nothing was recorded of have no series.
    func families() -> [MetricFamily] {
        let (counters, histograms) = state.withLock { ($0.counters, $0.histograms) }
        return definitions.map { definition in
            let name = definition.name
            switch definition.kind {
            case .counter:
                let samples = (counters[name] ?? [:]).map {
                    MetricFamily.Sample(labels: $0.key, value: Double($0.value.value))
                }
                return MetricFamily(
                    name: name, help: definition.help, kind: .counter,
                    samples: samples.sorted { $0.labels < $1.labels })
            case .histogram:
                let series = (histograms[name] ?? [:]).sorted { $0.key < $1.key }
                return MetricFamily(
                    name: name, help: definition.help, kind: .histogram,
                    samples: series.flatMap { labels, series in
                        series.value.samples(labels.pairs.map { ($0.name, $0.value) })
                    })
            case .gauge: return MetricFamily(name: name, help: definition.help, kind: .gauge, samples: [])
            }
        }
    }
}

private final class CounterSeries: CounterHandler {
    private let count = Atomic<Int64>(0)
    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

private final class HistogramSeries: TimerHandler {
    private let histogram: Mutex<Histogram>
    var value: Histogram { histogram.withLock { $0 } }

    init(bounds: [Double]) { histogram = Mutex(Histogram(bounds: bounds)) }

    func recordNanoseconds(_ duration: Int64) {
        histogram.withLock { $0.record(Double(duration) / 1e9) }
    }
}
