import Testing

@testable import NeuralNetworks

/// Every gradient of both networks, and ten steps, against PyTorch in double precision.
@Suite struct GradientTests {
    struct Case: CustomTestStringConvertible {
        var name: String
        var network: Network
        var input: Tensor
        var target: TrainingTarget
        var testDescription: String { name }
    }

    static let images = 4
    static let side = 64

    static let cases: [Case] = {
        let pixels = images * side * side
        let resNet = Case(
            name: "resnet101", network: ResNet101.network(classes: 4),
            input: Tensor(
                shape: [images, 3, side, side], values: TrainingFixture.uniform(1001, 3 * pixels)),
            target: TrainingTarget(
                labels: (0..<4).map(TrainingTarget.label), weights: [1, 1, 1, 1], smoothing: 0.05))
        let dense = Case(
            name: "fcDenseNet103", network: FCDenseNet103.network(classes: 3),
            input: Tensor(shape: [images, 1, side, side], values: TrainingFixture.uniform(1002, pixels)),
            target: TrainingTarget(
                labels: (0..<pixels).map { TrainingTarget.label(of: Int(TrainingFixture.hash(1003, $0) % 3)) },
                weights: [1, 1.5, 1.25]))
        return [resNet, dense]
    }()

    private static func trainer(_ network: Network, threads: Int = 2) throws -> Trainer {
        var settings = Trainer.Settings(threads: threads)
        settings.dropout = 0
        return try Trainer(TrainingFixture.parameters(network), settings: settings)
    }

    private static var sgd: DescentSettings {
        var sgd = DescentSettings(rate: 0.002)
        sgd.nesterov = true
        sgd.decay = 1e-4
        sgd.clip = 5
        return sgd
    }

    @Test(arguments: cases) func everyGradientIsPyTorchs(_ example: Case) throws {
        let answers = try TrainingFixture.answers(example.name)
        let trainer = try Self.trainer(example.network)
        let result = try trainer.gradients(example.input, example.target, seed: 0)
        #expect(abs(Double(result.loss) - answers.losses[0]) < 1e-5 * answers.losses[0])
        #expect(abs(Double(result.gradientNorm) - answers.norm) < 1e-3 * answers.norm)
        for parameter in example.network.trainableParameters {
            let wanted = try #require(answers.gradients[parameter.name])
            let found = TrainingFixture.summary(try #require(trainer.gradient(of: parameter.name)).values)
            // A bias before batch normalisation has no gradient but rounding.
            let norm = max(wanted[0], 1e-4 * answers.norm)
            #expect(abs(found[0] - wanted[0]) < 1e-3 * norm, "\(parameter.name): \(found[0]) instead of \(wanted[0])")
            for (a, b) in zip(found, wanted) {
                #expect(abs(a - b) < 2e-3 * norm, "\(parameter.name): \(found) instead of \(wanted)")
            }
        }
    }

    @Test(arguments: cases) func tenStepsHavePyTorchsLosses(_ example: Case) throws {
        let answers = try TrainingFixture.answers(example.name)
        let trainer = try Self.trainer(example.network)
        for wanted in answers.losses {
            let loss = try Double(trainer.step(example.input, example.target, Self.sgd, seed: 0).loss)
            #expect(abs(loss - wanted) < 2e-3 * wanted, "\(loss) instead of \(wanted)")
        }
        let parameters = trainer.parameters
        for (name, wanted) in answers.statistics {
            let found = parameters[name].values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            #expect(abs(found - wanted) < 1e-2 * wanted, "\(name): \(found) instead of \(wanted)")
        }
    }
}
