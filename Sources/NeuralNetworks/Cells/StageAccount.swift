/// What a stage belongs to and what its layer has to do for the images that it serves: ``LayerTime`` without the time.
struct StageAccount: Sendable {
    let layer: String
    let method: String
    let multiplyAdds: Int
    let bytes: Int
    /// What is complete when the stage has ended; nil after the stages before a layer's last.
    let output: Cells?

    init(_ stage: any Stage, _ account: Program.Account, images: Int, output: Cells?) {
        self.output = output
        method = String(describing: type(of: stage)).replacing("Stage", with: "").lowercased()
        layer = account.layer
        multiplyAdds = account.multiplyAdds * images
        bytes = 4 * (account.values * images + account.weights)
    }
}
