public import DICOMCore
public import Foundation
public import GatewayStore

/// What a worker does with a claimed job. The real one stands where the program is put together and calls
/// `Studies`; tests have a double.
public protocol StudyAnalyst: Sendable {
    /// What decides about results beside the objects.
    var recipe: JobRecipe { get }
    /// Analyses the job's files. The same job makes the same bytes, whenever and wherever it runs.
    /// - Throws: when the try failed; what can never be analysed is a verdict, not an error.
    func analyse(_ job: ClaimedJob, deviceUID: UID) throws -> Completion
}

/// Compares two files that have the same SOP Instance UID by content: attributes without meta header and group lengths,
/// pixels decoded where the transfer syntaxes differ.
public protocol ObjectComparer: Sendable {
    func compare(_ one: URL, _ other: URL) throws -> Comparison
}
