/// A bar for work that says how many files are done; on a terminal only.
struct FileProgress {
    private let bar: ProgressBar
    private var drawn = -1

    init(_ label: String) { bar = ProgressBar(label, total: 1) }

    /// - Parameter total: 0 where nobody knows.
    mutating func show(_ done: Int, _ total: Int) {
        // Every file would be too much to draw.
        let step = total > 0 ? done * 100 / total : done / 100
        guard step != drawn else { return }
        drawn = step
        bar.show(total > 0 ? done : 0, of: max(1, total), note: "\(done) files")
    }

    func finish() { bar.finish() }
}
