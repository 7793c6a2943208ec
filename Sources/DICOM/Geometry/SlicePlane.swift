internal import DICOMCore

/// A vector or a point in the patient coordinate system (PS3.3 C.7.6.2.1.1): x to the left, y to the back, z to the
/// head, in millimetres.
public struct PatientVector: Equatable, Sendable {
    public var x: Double
    public var y: Double
    public var z: Double

    public init(x: Double, y: Double, z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    static func - (left: PatientVector, right: PatientVector) -> PatientVector {
        PatientVector(x: left.x - right.x, y: left.y - right.y, z: left.z - right.z)
    }

    func dot(_ other: PatientVector) -> Double { x * other.x + y * other.y + z * other.z }

    func cross(_ other: PatientVector) -> PatientVector {
        PatientVector(x: y * other.z - z * other.y, y: z * other.x - x * other.z, z: x * other.y - y * other.x)
    }

    var length: Double { dot(self).squareRoot() }

    /// Nil for one that is too short to have a direction.
    var unit: PatientVector? {
        let length = self.length
        guard length.isFinite, length > 1e-6 else { return nil }
        return PatientVector(x: x / length, y: y / length, z: z / length)
    }
}

/// Where a frame lies in the patient (PS3.3 C.7.6.2.1.1).
public struct SlicePlane: Equatable, Sendable {
    /// Centre of the first pixel.
    public var position: PatientVector
    /// Direction in which the columns follow one another: along a row.
    public var rowDirection: PatientVector
    /// Direction in which the rows follow one another.
    public var columnDirection: PatientVector

    public init?(position: PatientVector, rowDirection: PatientVector, columnDirection: PatientVector) {
        guard let row = rowDirection.unit, let column = columnDirection.unit, row.cross(column).unit != nil else {
            return nil
        }
        self.position = position
        self.rowDirection = row
        self.columnDirection = column
    }

    /// Perpendicular to the slice.
    public var normal: PatientVector { rowDirection.cross(columnDirection) }

    /// Where the slice lies along its normal, in millimetres.
    public var offset: Double { position.dot(normal) }
}

extension DataSet {
    /// Where a frame lies: from its functional groups in enhanced objects, else from Image Position and Orientation
    /// (Patient). Nil when the object does not say, as in radiographs.
    public func slicePlane(frame: Int = 0) -> SlicePlane? {
        let positions = functionalGroup(.planePositionSequence, frame: frame) ?? self
        let orientations = functionalGroup(.planeOrientationSequence, frame: frame) ?? self
        let position = positions.doubles(.imagePositionPatient)
        let orientation = orientations.doubles(.imageOrientationPatient)
        guard position.count == 3, orientation.count == 6 else { return nil }
        return SlicePlane(
            position: PatientVector(x: position[0], y: position[1], z: position[2]),
            rowDirection: PatientVector(x: orientation[0], y: orientation[1], z: orientation[2]),
            columnDirection: PatientVector(x: orientation[3], y: orientation[4], z: orientation[5]))
    }

    /// Distance of the pixels' centres in millimetres, between rows and between columns: Pixel Spacing of the frame's
    /// functional groups or of the object, else of a radiograph's detector Imager Pixel Spacing (0018,1164).
    public func pixelSpacing(frame: Int = 0) -> (rows: Double, columns: Double)? {
        let measured = (functionalGroup(.pixelMeasuresSequence, frame: frame) ?? self).doubles(.pixelSpacing)
        let spacing = measured.isEmpty ? doubles(Tag(0x0018, 0x1164)) : measured
        guard spacing.count == 2, spacing.allSatisfy({ $0 > 0 }) else { return nil }
        return (spacing[0], spacing[1])
    }

    /// A scout view, which is no slice: Image Type (0008,0008) says so.
    public var isLocalizer: Bool {
        strings(.imageType).contains { $0.uppercased() == "LOCALIZER" }
    }
}
