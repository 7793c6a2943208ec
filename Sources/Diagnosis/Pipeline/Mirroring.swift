package import Imaging

/// Images that are stored mirrored are analysed as radiologists look at them, the patient's right on the left: the
/// networks learned right and left so. What was found is put back onto the image as it is stored.
extension RadiographInput {
    var mirrored: RadiographInput {
        var turned = self
        turned.grey = grey.mirrored
        turned.valid = valid?.mirrored
        turned.stated.isMirrored.toggle()
        return turned
    }
}

extension Analysis {
    /// - Parameter columns: of the original matrix.
    func mirrored(columns: Int) -> Analysis {
        var turned = self
        for index in finding.lungs.indices {
            turned.finding.lungs[index].contours = finding.lungs[index].contours.map { contour in
                // Backwards, so that the way around stays clockwise.
                contour.reversed().map { Point(x: Double(columns) - $0.x, y: $0.y) }
            }
        }
        for index in images.indices {
            turned.images[index].labels = images[index].labels?.mirrored
            turned.images[index].activation = images[index].activation?.mirrored
        }
        return turned
    }
}

extension SliceLungs {
    /// For slices that are seen from the other side.
    var withSidesExchanged: SliceLungs {
        var turned = self
        turned.labels = labels.map { $0 == 0 ? 0 : 3 - $0 }
        return turned
    }
}

extension Plane {
    /// Left and right exchanged.
    package var mirrored: Plane {
        var turned = self
        for start in stride(from: 0, to: pixels.count, by: max(1, width)) {
            turned.pixels[start..<start + width].reverse()
        }
        return turned
    }
}
