import NeuralNetworks

/// How fast a run goes. Times are seconds of one clock.
struct TrainingPace {
    /// Steps after which the pace can be told: the first ones prepare what the others find ready.
    static let stepsToTell = 20

    private let before: Double
    private let start: Double
    private var last: Double
    private var images = 0
    private var imageSeconds = 0.0
    /// Of the steps after the first few.
    private var pixels = 0.0
    private var seconds = 0.0
    private var steps = 0
    /// Seconds of the last validation.
    private(set) var lastPause: Double?

    /// - Parameter seconds: of the run's earlier processes.
    init(seconds: Double, now: Double) {
        before = seconds
        start = now
        last = now
    }

    /// A step ended.
    mutating func count(_ stage: TrainingStage, now: Double) {
        images += stage.batch
        imageSeconds += now - last
        steps += 1
        if steps > Self.stepsToTell / 4 {
            pixels += Double(stage.work)
            seconds += now - last
        }
        last = now
    }

    /// A time without steps.
    mutating func pause(from start: Double, to end: Double) {
        lastPause = end - start
        last += end - start
    }

    func elapsed(now: Double) -> Double { before + now - start }

    /// Nil before it can be told.
    var secondsPerPixel: Double? { pixels > 0 && seconds > 0 ? seconds / pixels : nil }

    /// Since it was asked for the last time.
    mutating func imagesPerSecond() -> Double {
        defer { (images, imageSeconds) = (0, 0) }
        return imageSeconds > 0 ? Double(images) / imageSeconds : 0
    }
}

extension TrainingRecipe {
    /// How a step changes the weights. The average forgets its first, far values quickly.
    func descent(rate: Float, step: Int) -> DescentSettings {
        var settings = DescentSettings(rate: rate)
        settings.momentum = momentum
        settings.nesterov = nesterov
        settings.decay = decay
        settings.clip = clip
        settings.adam = secondMoment.map { DescentSettings.Adam(secondMoment: $0) }
        settings.averaging = averaging.map { min($0, Float(step + 1) / Float(step + 10)) }
        return settings
    }
}

extension Network {
    /// Prefixes of all layers but the last, which makes the logits.
    var body: [String] {
        let names = trainableParameters.map { $0.name.split(separator: ".").first.map(String.init) ?? $0.name }
        var seen: [String] = []
        for name in names where !seen.contains(name) { seen.append(name) }
        return Array(seen.dropLast())
    }
}
