public import DICOMCore
public import Foundation
public import Workflow

/// What a result's own file says of it and of the job that made it. Its class and UIDs are read without it.
public struct KeptResult: Hashable, Sendable {
    public var document: Document
    public var language: LanguageTag?
    /// Of its study, from 1.
    public var revision: Int
    /// The job's date, to the second.
    public var madeAt: Date
    /// Of the installation that made it.
    public var deviceUID: UID
    /// The images that it names.
    public var images: Set<UID>
    /// Parts that it does not say are empty, so that no worker has it.
    public var recipe: Recipe
    /// Nil where it says nothing of it, as pictures.
    public var verdict: JobWorkflow.Verdict?
    public var findings: [Completion.Finding]
    /// One line for people.
    public var summary: String?

    public init(
        _ document: Document, language: LanguageTag?, revision: Int, madeAt: Date, deviceUID: UID, images: Set<UID>,
        recipe: Recipe, verdict: JobWorkflow.Verdict?, findings: [Completion.Finding] = [], summary: String? = nil
    ) {
        self.document = document
        self.language = language
        self.revision = revision
        self.madeAt = madeAt
        self.deviceUID = deviceUID
        self.images = images
        self.recipe = recipe
        self.verdict = verdict
        self.findings = findings
        self.summary = summary
    }
}

/// Reads a result's file. It throws for what is no result of Hilum.
public typealias ResultReader = (URL) throws -> KeptResult
