public import DICOMCore
public import Foundation
public import Workflow

public typealias NoticeState = NoticeWorkflow.State.Name

/// One notice on its way to one receiver.
public struct NoticeRecord: Hashable, Sendable, Identifiable {
    public var id: Int64
    public var receiver: String
    public var study: UID
    public var revision: Int
    public var subject: NoticeRule.Subject
    public var state: NoticeState
    /// When the finding was made.
    public var createdAt: Date
    /// That ended without success.
    public var tries: Int
    public var nextTry: Date
    public var lastError: String?
}
