public import Workflow

extension GatewayConfiguration {
    /// What is kept of studies that are delivered, and for how long.
    public struct Retention: Hashable, Sendable {
        /// Days after delivery; nil: until space is wanted.
        public var sourceDays: Int?
        /// Likewise, and not fewer.
        public var resultDays: Int?
        public var eventDays = 365
        /// Bytes: when fewer are free, space is wanted; nil: twice the low watermark; 0: never.
        public var watermark: Int?
    }

    public var retentionPolicy: RetentionPolicy {
        RetentionPolicy(
            rules: RetentionRules(sourceDays: retention.sourceDays, resultDays: retention.resultDays),
            watermark: Int64(retention.watermark ?? 2 * storage.lowWatermark), eventDays: retention.eventDays)
    }
}

extension GatewayConfiguration.Retention {
    private static let days = 0...36_500

    mutating func read(_ section: StrictSection, _ storage: GatewayConfiguration.Storage) throws {
        sourceDays = try section.integer("source_days", in: Self.days) ?? sourceDays
        resultDays = try section.integer("result_days", in: Self.days) ?? resultDays
        if let resultDays {
            guard let sourceDays else {
                throw section.problem("result_days", "wants source_days too: images go before what was made of them")
            }
            guard resultDays >= sourceDays else {
                throw section.problem(
                    "result_days", "is fewer than source_days (\(sourceDays)), which go first; make it as many")
            }
        }
        eventDays = try section.integer("event_days", in: 1...36_500) ?? eventDays
        watermark = try section.bytes("watermark", in: 0...(1 << 50)) ?? watermark
        guard let watermark, watermark > 0 else { return }
        // Reception takes objects again at a quarter more than the low watermark.
        let least = storage.lowWatermark + storage.lowWatermark / 4
        guard watermark >= least else {
            throw section.problem(
                "watermark",
                "must be 0 or at least \(StrictSection.words(bytes: least)), a quarter over storage.low_watermark: "
                    + "else objects are refused first"
            )
        }
        if let limit = storage.limit, watermark > limit / 2 {
            throw section.problem(
                "watermark",
                "leaves less than half of storage.limit (\(StrictSection.words(bytes: limit))) to keep anything in; lower it, "
                    + "or raise that")
        }
    }
}

extension GatewayConfiguration.Storage {
    static let leastLimit = 64 << 20

    /// The limit, and the low watermark, whose default it changes.
    mutating func readSpace(_ section: StrictSection) throws {
        limit = try section.bytes("limit", in: Self.leastLimit...(1 << 50)) ?? limit
        let mark = try section.bytes("low_watermark", in: 0...(1 << 50))
        lowWatermark = mark ?? min(lowWatermark, limit.map { $0 / 8 } ?? .max)
        if let mark, let limit, mark > limit / 4 {
            throw section.problem(
                "low_watermark",
                "is more than a quarter of storage.limit (\(StrictSection.words(bytes: limit))); lower it, or raise that"
            )
        }
    }
}
