/// What can be wrong with weights, inputs or the linear-algebra library.
public enum NeuralNetworkError: Error, Equatable, CustomStringConvertible {
    /// A weights file cannot be read or is not what safetensors describes.
    case weightsFile(path: String, problem: String)
    /// A weights file could not be written.
    case weightsNotWritten(path: String, problem: String)
    /// The file's tensors are not those of the network.
    case weightsDiffer(path: String, network: String, problem: String)
    /// An input's shape does not suit the network.
    case input(network: String, problem: String)
    /// Bytes want a calibration that covers the network.
    case calibration(network: String, problem: String)
    /// OpenBLAS is missing or unusable.
    case library(problem: String)

    public var description: String {
        switch self {
        case .weightsFile(let path, let problem):
            "\(path): not usable as a weights file: \(problem); fetch or export the file again"
        case .weightsNotWritten(let path, let problem):
            "\(path): the weights are not written: \(problem); mend that and write them again"
        case .weightsDiffer(let path, let network, let problem):
            "\(path): does not fit \(network): \(problem); use the weights that belong to this network"
        case .input(let network, let problem):
            "\(network): \(problem)"
        case .calibration(let network, let problem):
            "\(network) in int8: its calibration does not serve: \(problem); run hilum bundle calibrate"
        case .library(let problem):
            "OpenBLAS: \(problem); install libopenblas0-pthread (Scripts/bootstrap does)"
        }
    }
}
