import DICOMCore
import Foundation
import Workflow

extension Arrival {
    /// A whole object of the spool that has no row, from its file. What came with the request but is not in the file is
    /// gone.
    /// - Parameter path: relative to the store's folder.
    /// - Returns: nil for what is no whole object.
    init?(file path: String, in layout: SpoolLayout, receivedAt: Date) {
        let absolute = layout.absolute(path)
        guard let scan = try? FileReader.scan(path: absolute), let meta = scan.head.meta,
            let syntax = meta.transferSyntaxUID, let identity = try? ObjectIdentity(scan.identity),
            let digest = try? FileCheck.dataSetDigest(of: absolute, bytes: Int64(clamping: scan.length))
        else { return nil }
        self.init(
            identity: identity, transferSyntax: syntax, path: path, bytes: Int64(clamping: scan.length),
            digest: digest, receivedAt: receivedAt,
            callingAE: meta.sourceApplicationEntityTitle?.string ?? "", association: "recovery")
    }
}
