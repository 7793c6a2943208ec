import NeuralNetworks

/// One image that a network learns from or is judged by.
public struct TrainingRow: Sendable, Equatable {
    /// The image's file.
    public var path: String
    /// Index of its class.
    public var label: Int
    public var source: String
    /// What is independent of other images, ``LabelledManifest/Row/group``.
    public var group: String
    /// The file of its lungs' labels; segmentation only.
    public var maskPath: String?
    public var convention: LungConvention
    /// For messages: file and line that name it.
    public var place: String

    public init(
        path: String, label: Int, source: String, group: String? = nil, maskPath: String? = nil,
        convention: LungConvention = .heartLeftOut, place: String
    ) {
        self.path = path
        self.label = label
        self.source = source
        self.group = group ?? path
        self.maskPath = maskPath
        self.convention = convention
        self.place = place
    }
}

/// The rows of both splits.
public struct TrainingRows: Sendable, Equatable {
    public var classes: [String]
    public var train: [TrainingRow]
    public var validation: [TrainingRow]

    /// - Throws: ``LearningError/data(_:)`` when a split is empty, or a class has no image to learn from.
    public init(classes: [String], train: [TrainingRow], validation: [TrainingRow], from place: String) throws {
        (self.classes, self.train, self.validation) = (classes, train, validation)
        for (rows, name) in [(train, "train"), (validation, "val")] where rows.isEmpty {
            throw LearningError.data(
                "\(place) has no images in its \(name) split; name other splits or another manifest")
        }
        for (index, name) in classes.enumerated() where !train.contains(where: { $0.label == index }) {
            throw LearningError.data(
                "\(place) has no images of the class \(name) to learn from; leave it out of --classes or add images")
        }
    }

    /// - Throws: ``LearningError/data(_:)`` for more classes than a network can be taught.
    public func requireFewClasses() throws {
        guard classes.count <= TrainingTarget.mostClasses else {
            throw LearningError.data(
                "\(classes.count) classes are too many, \(TrainingTarget.mostClasses) can be taught; name some with --classes, or "
                    + "count some as another with --merge")
        }
    }
}
