import Foundation
import Imaging

/// Planes that look enough like a chest to judge a picture by.
enum Phantom {
    static let chest = radiograph(width: 300, height: 350)
    static let slice = radiograph(width: 128, height: 128)
    static let marked = activation(110, 128)

    static func radiograph(width: Int, height: Int) -> GreyPlane {
        var plane = GreyPlane(width: width, height: height, repeating: 0)
        for row in 0..<height {
            for column in 0..<width {
                let x = (Double(column) + 0.5) / Double(width)
                let y = (Double(row) + 0.5) / Double(height)
                let body = 150 - 260 * pow(x - 0.5, 2)
                let lungs = [0.3, 0.7].map { exp(-pow((x - $0) / 0.13, 4) - pow((y - 0.47) / 0.29, 4)) }.reduce(0, +)
                let ribs = 18 * sin(y * 60 + 8 * abs(x - 0.5)) * lungs
                let spine = 45 * exp(-pow((x - 0.5) / 0.05, 2))
                plane[row: row, column: column] = UInt8(min(max(body - 100 * lungs + ribs + spine, 0), 255))
            }
        }
        return plane
    }

    /// 0…1, highest in the lower right lung.
    static func activation(_ width: Int, _ height: Int) -> Plane<Float> {
        var plane = Plane<Float>(width: width, height: height, repeating: 0)
        for row in 0..<height {
            for column in 0..<width {
                let x = Double(column) / Double(width)
                let y = Double(row) / Double(height)
                let value = exp(-pow((x - 0.3) / 0.1, 2) - pow((y - 0.6) / 0.12, 2))
                plane[row: row, column: column] = value < 0.05 ? 0 : Float(value)
            }
        }
        return plane
    }
}
