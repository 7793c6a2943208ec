public import DICOM

/// What OHIF v3's reader of Structured Reports needs in order to list and draw a report instead of throwing: root
/// 126000, image library, imaging measurements, tracking identifier and UID in every group, and no NUM in a group
/// without SCOORD unless it shares the tracking UID of one with. It looks at every item's concept name on the way.
public enum OHIFRules {
    /// The rules that the document breaks, a clause each; empty when it will be shown.
    public static func broken(by document: StructuredDocument) -> [String] {
        let root = document.root
        var broken: [String] = []
        if root.name != Codes.DCM.imagingMeasurementReport {
            broken.append("the root is not (126000, DCM)")
        }
        let library = root.child(named: Codes.DCM.imageLibrary)
        if library == nil { broken.append("there is no image library (111028, DCM)") }
        let images = library?.child(named: Codes.DCM.imageLibraryGroup)?.children.contains(where: \.isImage)
        if library != nil, images != true { broken.append("the image library has no group with an image") }
        guard let measurements = root.child(named: Codes.DCM.imagingMeasurements) else {
            return broken + ["there are no imaging measurements (126010, DCM)"]
        }
        let groups = measurements.children(named: Codes.DCM.measurementGroup)
        if (root.children + measurements.children + groups.flatMap(\.children)).contains(where: { $0.name == nil }) {
            broken.append("an item of the root, the measurements or a group has no concept name")
        }
        if groups.isEmpty { broken.append("imaging measurements hold no group (125007, DCM)") }
        return broken + tracking(groups) + numbers(groups)
    }

    private static func tracking(_ groups: [ContentItem]) -> [String] {
        groups.enumerated().flatMap { index, group in
            [(Codes.DCM.trackingIdentifier, "identifier"), (Codes.DCM.trackingUID, "UID")].compactMap { name, what in
                let text = group.child(named: name)?.textValue ?? ""
                return text.isEmpty ? "group \(index + 1) has no tracking \(what)" : nil
            }
        }
    }

    /// Groups of one tracking UID are merged before they are looked at.
    private static func numbers(_ groups: [ContentItem]) -> [String] {
        let outlined = Set(groups.filter { $0.children.contains(where: \.isOutline) }.map(trackingUID))
        return groups.enumerated().compactMap { index, group in
            let bare = !outlined.contains(trackingUID(group)) && group.children.contains(where: \.isBareNumber)
            return bare ? "group \(index + 1) has a NUM and no SCOORD" : nil
        }
    }

    private static func trackingUID(_ group: ContentItem) -> String {
        group.child(named: Codes.DCM.trackingUID)?.textValue ?? ""
    }
}

extension ContentItem {
    fileprivate var isImage: Bool {
        if case .image = value { true } else { false }
    }

    fileprivate var isOutline: Bool {
        if case .polyline = value { true } else { false }
    }

    /// A NUM that has no SCOORD of its own either.
    fileprivate var isBareNumber: Bool {
        if case .number = value { !children.contains(where: \.isOutline) } else { false }
    }
}
