public import Reporting
public import Workflow

extension ResultObject {
    /// What the document is about, as deliveries know it.
    public var subject: Document.Subject {
        if case .supersededNote(let former) = kind { .image(former) } else { .study }
    }
}
