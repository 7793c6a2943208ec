import Texture

// The three YAML files: a gateway's configuration, a model bundle's and its texture profiles. The first byte chooses.

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let start, count > 1 else { return 0 }
    let text = String(decoding: UnsafeBufferPointer(start: start + 1, count: count - 1), as: UTF8.self)
    switch start[0] % 3 {
    case 0:
        guard let read = try? GatewayConfiguration(yaml: text, file: "/tmp/hilum.yaml") else { return 0 }
        // What `hilum config` prints is the same configuration, but for peers' certificates.
        let printed = read.yaml
        do {
            let again = try GatewayConfiguration(yaml: printed, file: "/tmp/hilum.yaml").yaml
            precondition(again == printed, "read again it is another:\n\(printed)\n\(again)")
        } catch {
            preconditionFailure("it can't be read again: \(error)\n\(printed)")
        }
    case 1: _ = try? BundleConfiguration(yaml: text, path: "bundle.yaml")
    default: _ = try? TextureProfile.profiles(yaml: text, path: "profiles.yaml")
    }
    return 0
}
