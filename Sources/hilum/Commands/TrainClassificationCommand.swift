import ArgumentParser
import Learning

/// `hilum train classification`: ResNet-101 on patches of radiographs' lung boxes (method §5).
struct TrainClassificationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classification", abstract: "Trains the classes of radiographs.",
        discussion: """
            Without other options: 3000 batches of 32 at 128², rate 0.008 falling as a cosine after 60 steps, decay \
            0.0002, smoothing 0.05; with --init, conv1, bn1 and layer1 stay as they are, and the statistics are taken \
            anew over 256 images first. Bacterial pneumonia counts as lung opacity.
            """)

    @OptionGroup var training: ClassificationTraining

    func run() throws {
        guard let (work, images) = try training.prepare() else { return }
        let task = try ClassificationTask(
            images.rows, images: images.prepared, preparation: images.key, settings: images.settings)
        work.say(images.rows, leftOut: task.withoutLungs)
        try work.run("classification", task, ClassificationTraining.defaults(task))
    }
}
