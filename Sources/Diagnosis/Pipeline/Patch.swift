package import Imaging

/// A square of the lung box as the classifier is shown it (method §5). Inference and validation share it.
package struct Patch: Hashable, Sendable {
    /// In the box.
    package var rect: PixelRect
    /// Shown as in a mirror.
    package var isMirrored = false

    /// - Parameter mirrorsEverySecond: the second, the fourth and so on are shown as in a mirror, so that both looks
    ///   count and no more squares are looked at than without.
    package static func patches(_ rects: [PixelRect], mirrorsEverySecond: Bool) -> [Patch] {
        rects.enumerated().map { Patch(rect: $1, isMirrored: mirrorsEverySecond && $0 % 2 == 1) }
    }

    /// What the network is shown of the box.
    package func grey(of box: GreyPlane) -> GreyPlane { turned(box.cropped(to: rect)) }

    /// From the box to the network's view, or back.
    func turned<Pixel>(_ plane: Plane<Pixel>) -> Plane<Pixel> { isMirrored ? plane.mirrored : plane }
}
