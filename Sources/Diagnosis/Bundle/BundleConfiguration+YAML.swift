import Imaging
import NeuralNetworks
import Texture

extension BundleConfiguration {
    /// - Parameter path: what messages call the text.
    /// - Throws: ``BundleError/configuration(path:line:key:problem:)`` for an unknown or missing key or a value outside
    ///   its limits.
    init(yaml text: String, path: String) throws {
        let file = try StrictMapping(text: text, path: path)
        _ = try file.integer("format", in: Self.format...Self.format)
        name = try file.string("name")
        version = try file.string("version")
        analysis = try AnalysisSettings(file.mapping("analysis"))
        if file.remainingKeys.contains("input_check") {
            inputCheck = try InputCheckSettings(file.mapping("input_check"))
        }
        segmentation = try SegmentationSettings(file.mapping("segmentation"))
        texture = try TextureRule(file.mapping("texture"))
        radiograph = try file.optionalMapping("radiograph").map { try ClassificationSettings($0) }
        ct = try CTSettings(file.mapping("ct"))
        claims = try Claims(file.mapping("claims"))
        triage = try TriageRules(
            file.mapping("triage"), classes: (radiograph?.classes ?? []) + (ct.classification?.classes ?? []))
        try file.finish()
    }
}

extension StrictMapping {
    /// A file of the bundle's own folder.
    fileprivate func fileName(_ key: String) throws -> String {
        let name = try string(key)
        guard !name.contains("/"), !name.hasPrefix("."), name.utf8.count <= 255 else {
            throw problem(key, "must be the plain name of a file in the bundle")
        }
        return name
    }

    /// `[low, high]`.
    func interval(_ key: String, in range: ClosedRange<Double>) throws -> ClosedRange<Double> {
        let ends = try numbers(key, count: 2, in: range)
        guard ends[0] <= ends[1] else { throw problem(key, "must be [low, high]") }
        return ends[0]...ends[1]
    }

    /// A classifier's classes, and which of them is not abnormal.
    fileprivate func classes() throws -> ([FindingClass], normal: FindingClass) {
        let classes = try strings("classes").map(FindingClass.init)
        guard (2...64).contains(classes.count), !classes.contains(where: { $0.rawValue == Outcome.review.key }) else {
            throw problem("classes", "must be 2 to 64 different keys, none of them review")
        }
        let normal = FindingClass(rawValue: try string("normal"))
        guard classes.contains(normal) else { throw problem("normal", "must be one of the classes") }
        return (classes, normal)
    }

    /// Nil where the section does not say it.
    fileprivate func tested(classes: Int) throws -> TestRecord? {
        remainingKeys.contains("tested") ? try TestRecord(mapping("tested"), classes: classes) : nil
    }

    fileprivate func activation() throws -> (threshold: Double, scale: Double) {
        let section = try mapping("activation")
        let values = (try section.number("threshold", in: 0...1e6), try section.number("scale", in: 1e-6...1e6))
        try section.finish()
        return values
    }
}

extension BundleConfiguration.AnalysisSettings {
    fileprivate init(_ section: StrictMapping) throws {
        longSide = try section.integer("long_side", in: 32...4096)
        lowPercentile = try section.number("low_percentile", in: 0...100)
        highPercentile = try section.number("high_percentile", in: lowPercentile...100)
        lungWindowCentre = try section.number("lung_window_centre", in: -2000...4000)
        lungWindowWidth = try section.number("lung_window_width", in: 1...10000)
        wienerBorder = try section.choice("wiener_border", ["replicate": .replicate, "zero": .zero])
        if section.remainingKeys.contains("quality") {
            quality = try ImageQuality.Limits(section.mapping("quality"))
        }
        try section.finish()
    }
}

extension ImageQuality.Limits {
    fileprivate init(_ section: StrictMapping) throws {
        minimumEntropy = try section.number("minimum_entropy", in: 0...8)
        maximumClipped = try section.number("maximum_clipped", in: 0...1)
        try section.finish()
    }
}

extension InputCheckSettings {
    fileprivate init(_ section: StrictMapping) throws {
        weights = try section.fileName("weights")
        inputSide = try section.integer("input_side", in: 32...256)
        mean = try section.number("mean", in: -10...10)
        deviation = try section.number("deviation", in: 0.001...10)
        minimumUpright = try section.number("minimum_upright", in: 0...1)
        minimumMirrored = try section.number("minimum_mirrored", in: 0...1)
        try section.finish()
    }
}

extension BundleConfiguration.SegmentationSettings {
    fileprivate init(_ section: StrictMapping) throws {
        _ = try section.choice("network", ["fc-densenet103": true])
        weights = try section.fileName("weights")
        inputSide = try section.integer("input_side", in: 32...2048)
        guard inputSide % 32 == 0 else { throw section.problem("input_side", "must be a multiple of 32") }
        mean = try section.number("mean", in: -10...10)
        deviation = try section.number("deviation", in: 0.001...10)
        if section.remainingKeys.contains("mirrored_too") { mirroredToo = try section.boolean("mirrored_too") }
        share = try section.interval("lung_share", in: 0...1)
        ratio = try section.interval("lung_ratio", in: 0.01...100)
        try section.finish()
    }
}

extension TextureSettings {
    init(_ section: StrictMapping) throws {
        self.init(
            levels: try section.integer("levels", in: 2...256), distance: try section.integer("distance", in: 1...64),
            form: try section.choice("form", ["lungs": .lungs, "masked_image": .maskedImage]))
    }
}

extension BundleConfiguration.TextureRule {
    fileprivate init(_ section: StrictMapping) throws {
        settings = try TextureSettings(section)
        reportsRanges = try section.boolean("report_ranges")
        profiles = try section.fileName("profiles")
        let profile = try section.string("profile")
        self.profile = profile == "none" ? nil : profile
        conflictMeansReview = try section.choice("on_conflict", ["review": true, "report": false])
        try section.finish()
    }
}

extension ClassificationSettings {
    fileprivate init(_ section: StrictMapping) throws {
        _ = try section.choice("network", ["resnet101": true])
        weights = try section.fileName("weights")
        if section.remainingKeys.contains("precision") {
            precision = try section.choice(
                "precision", Dictionary(uniqueKeysWithValues: Precision.allCases.map { ($0.rawValue, $0) }))
        }
        if section.remainingKeys.contains("calibration") { calibration = try section.fileName("calibration") }
        guard precision != .int8 || calibration != nil else {
            throw section.problem("precision", "is int8, which wants a calibration; run hilum bundle calibrate")
        }
        (classes, normal) = try section.classes()
        box = try LungBoxSettings(section.mapping("box"))
        let patch = try section.mapping("patch")
        patchSide = try patch.integer("side", in: 8...box.side)
        patchCount = try patch.integer("count", in: 1...1000)
        inputSide = try patch.integer("input_side", in: 32...1024)
        if patch.remainingKeys.contains("mirror_every_second") {
            mirrorsEverySecondPatch = try patch.boolean("mirror_every_second")
        }
        try patch.finish()
        mean = try section.numbers("mean", count: 3, in: -10...10)
        deviation = try section.numbers("deviation", count: 3, in: 0.001...10)
        temperature = try section.number("temperature", in: 0.01...100)
        let review = try section.mapping("review")
        minimumProbability = try review.number("minimum_probability", in: 0...1)
        minimumAgreement = try review.number("minimum_agreement", in: 0...1)
        minimumLogSumExp = try review.number("minimum_logsumexp", in: -1000...1000)
        try review.finish()
        (activationThreshold, activationScale) = try section.activation()
        tested = try section.tested(classes: classes.count)
        try section.finish()
    }
}

extension SliceClassificationSettings {
    fileprivate init(_ section: StrictMapping) throws {
        _ = try section.choice("network", ["resnet101": true])
        weights = try section.fileName("weights")
        (classes, normal) = try section.classes()
        lungsOnly = try section.choice("shows", ["lungs": true, "slice": false])
        inputSide = try section.integer("input_side", in: 32...1024)
        mean = try section.numbers("mean", count: 3, in: -10...10)
        deviation = try section.numbers("deviation", count: 3, in: 0.001...10)
        temperature = try section.number("temperature", in: 0.01...100)
        let review = try section.mapping("review")
        minimumProbability = try review.number("minimum_probability", in: 0...1)
        minimumLogSumExp = try review.number("minimum_logsumexp", in: -1000...1000)
        if review.remainingKeys.contains("texture") {
            let features = try review.mapping("texture")
            for feature in features.remainingKeys {
                guard HaralickFeatures.names.contains(feature) else {
                    throw features.problem(feature, "is not a feature that is measured")
                }
                texture[feature] = try features.interval(feature, in: -1e12...1e12)
            }
        }
        try review.finish()
        (activationThreshold, activationScale) = try section.activation()
        tested = try section.tested(classes: classes.count)
        try section.finish()
    }
}

extension LungBoxSettings {
    fileprivate init(_ section: StrictMapping) throws {
        self.init(
            margin: try section.number("margin", in: 0...1), dilation: try section.number("dilation", in: 0...1),
            equalizes: section.remainingKeys.contains("equalization") ? try section.boolean("equalization") : true,
            wiener: try section.choice(
                "wiener", Dictionary(uniqueKeysWithValues: Wiener.allCases.map { ($0.rawValue, $0) })),
            side: try section.integer("side", in: 32...2048),
            smallestShare: try section.number("smallest_share", in: 0...1))
        try section.finish()
    }
}

extension CTSettings {
    fileprivate init(_ section: StrictMapping) throws {
        if section.remainingKeys.contains("classification") {
            classification = try SliceClassificationSettings(section.mapping("classification"))
        } else {
            // That there are none is said, not left out.
            _ = try section.choice("classes", ["none": true])
        }
        lungThreshold = try section.integer("lung_threshold", in: -1000...0)
        minimumAreaOfLargest = try section.number("minimum_area_of_largest", in: 0...1)
        maximumSlices = try section.integer("maximum_slices", in: 1...512)
        minimumShare = try section.number("minimum_share", in: 0...1)
        if section.remainingKeys.contains("involvement") {
            let ends = try section.interval("involvement", in: -1024...3071)
            involvement = Int(ends.lowerBound)...Int(ends.upperBound)
        }
        try section.finish()
    }
}

extension BundleConfiguration.Claims {
    fileprivate init(_ section: StrictMapping) throws {
        bodyParts = try section.strings("body_parts")
        views = try section.strings("views")
        minimumAge = try section.optionalNumber("minimum_age", in: 0...150)
        maximumAge = try section.optionalNumber("maximum_age", in: 0...150)
        try section.finish()
    }
}
