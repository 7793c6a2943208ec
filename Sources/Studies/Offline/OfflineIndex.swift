public import DICOMCore
public import Foundation

/// What lies below some files and folders, by one walk that reads heads only. It holds a path per DICOM file and
/// nothing per picture, which are walked again when their turn comes.
public struct OfflineIndex: Sendable {
    /// One thing to analyse.
    public enum Unit: Sendable {
        /// A study's files, in the walk's order.
        case study(UID, files: [URL])
        case picture(ArchiveWalk.Entry)
    }

    public private(set) var studies: [(uid: UID, files: [URL])] = []
    public private(set) var pictureCount = 0
    /// Files that the caller named, that are DICOM, or that may not even be opened.
    public private(set) var broken: [UnreadableFile] = []
    /// A sentence for each file that somebody might take for an image, and that is none.
    public private(set) var passedOver: [String] = []
    /// How many files were passed over for what reason, those included that nobody would take for an image.
    public private(set) var passedOverReasons: [String: Int] = [:]
    private let walk: ArchiveWalk

    /// - Parameter output: where results go; pictures in it from a former run are not looked at.
    public init(_ roots: [URL], leavingOut output: URL? = nil) {
        walk = ArchiveWalk(roots, leavingOut: output)
        var places: [UID: Int] = [:]
        for entry in walk {
            switch FileKind(of: entry.file) {
            case .dicom: take(dicom: entry, &places)
            case .jpeg, .png: pictureCount += 1
            case nil where entry.isNamed || !entry.isReadable: broken.append(Self.unknown(entry))
            case nil:
                let remark = Bystander.remark(entry.file, endings: OutputNames.endings)
                passedOverReasons[remark ?? "is neither DICOM nor JPEG nor PNG", default: 0] += 1
                if let remark { passedOver.append("\(entry.shown) \(remark)") }
            }
        }
    }

    public var count: Int { studies.count + pictureCount }

    /// Studies in the order in which they were met, then pictures.
    public var units: some Sequence<Unit> {
        let pictures = walk.lazy.filter { entry in
            let kind = FileKind(of: entry.file)
            return kind == .jpeg || kind == .png
        }
        let first = studies.map { Unit.study($0.uid, files: $0.files) }
        return Chain(first: first.makeIterator(), second: pictures.map { Unit.picture($0) }.makeIterator())
    }

    private mutating func take(dicom entry: ArchiveWalk.Entry, _ places: inout [UID: Int]) {
        do {
            let identity = try QuickIdentity.read(entry.file)
            guard identity.sopClassUID != .mediaStorageDirectory else {
                if entry.isNamed {
                    broken.append(UnreadableFile(file: entry.file, reason: "\(StudiesError.fileSetDirectory)"))
                } else {
                    passedOverReasons["is a DICOMDIR", default: 0] += 1
                }
                return
            }
            guard let study = identity.studyInstanceUID else {
                broken.append(UnreadableFile(file: entry.file, reason: "has no Study Instance UID"))
                return
            }
            if let place = places[study] {
                studies[place].files.append(entry.file)
            } else {
                places[study] = studies.count
                studies.append((study, [entry.file]))
            }
        } catch {
            broken.append(UnreadableFile(file: entry.file, reason: "\(error)"))
        }
    }

    private static func unknown(_ entry: ArchiveWalk.Entry) -> UnreadableFile {
        UnreadableFile(
            file: entry.file,
            reason: entry.isReadable ? "is neither DICOM nor JPEG nor PNG" : "doesn't exist or may not be read")
    }
}

/// One iterator's elements, then another's.
private struct Chain<First: IteratorProtocol, Second: IteratorProtocol<First.Element>>: Sequence, IteratorProtocol {
    var first: First
    var second: Second

    mutating func next() -> First.Element? { first.next() ?? second.next() }
}
