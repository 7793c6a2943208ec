public import DICOMCore
public import Foundation
public import GatewayStore
public import Workflow

/// What a worker does with a claimed job. The real one stands where the program is put together and calls
/// `Studies`; tests have a double.
public protocol StudyAnalyst: Sendable {
    /// What decides about results beside the images.
    var recipe: Recipe { get }
    /// Analyses the job's files. The same job makes the same bytes, whenever and wherever it runs.
    /// - Returns: what was made; files that could not be read, or of which no image could be made, as unread by their
    ///   content: whether a passing fault was the reason is for the worker to find out.
    /// - Throws: when the try failed; what can never be analysed is a verdict, not an error.
    func analyse(_ job: ClaimedJob, deviceUID: UID) throws -> Completion
}

/// Compares two files that have the same SOP Instance UID by content: attributes without meta header and group lengths,
/// pixels decoded where the transfer syntaxes differ.
public protocol ObjectComparer: Sendable {
    func compare(_ one: URL, _ other: URL) throws -> AsideWorkflow.Comparison
}
