public import DICOMCore

/// Why a data set, an image or an object to write is none that this target can work with. Messages name what is wrong
/// and never the patient.
public enum DICOMError: Error, Equatable, Sendable {
    /// The bytes are no data set: the scanner's reason.
    case unreadable(DICOMCoreError)
    /// DCMTK could not take bytes that the scanner had passed.
    case malformed(why: String)
    case noPixelData
    /// A known thing that can't be decoded here.
    case unsupported(what: String)
    /// The attributes that describe the image are missing or contradict one another or the pixel data.
    case inconsistent(why: String)
    /// A size from the file is more than the limit for it.
    case overLimit(what: String, value: Int, limit: Int)
    case noSuchFrame(index: Int, frames: Int)
    /// One frame's bytes could not be decoded; `frame` counts from 0.
    case undecodable(frame: Int, why: String)
    /// The bytes broke an invariant of the codec (`CodecInvariants`), and would again; `frame` counts from 0.
    case codecFailed(frame: Int?, why: String)
    /// No thread could be started for a codec: nothing is known of the image.
    case noThread(why: String)
    /// An object can't be written.
    case unwritable(why: String)
}

extension DICOMError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let reason): reason.description
        case .malformed(let why): "the data set is malformed: \(why)"
        case .noPixelData: "the object has no pixel data, so there is no image to decode"
        case .unsupported(let what): "\(what) is not supported"
        case .inconsistent(let why): "the image's description is inconsistent: \(why)"
        case .overLimit(let what, let value, let limit): "\(what) is \(value), more than the limit of \(limit)"
        case .noSuchFrame(let index, let frames): "frame \(index + 1) was asked for, but there are \(frames) frames"
        case .undecodable(let frame, let why): "frame \(frame + 1) can't be decoded: \(why)"
        case .codecFailed(let frame?, let why): "frame \(frame + 1) can't be decoded: \(why)"
        case .codecFailed(nil, let why): why
        case .noThread(let why):
            "no thread can be started for a codec (\(why)); see which limit of threads or memory is reached, then run it again"
        case .unwritable(let why): "the object can't be written: \(why)"
        }
    }
}
