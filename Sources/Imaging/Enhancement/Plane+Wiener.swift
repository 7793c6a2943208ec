internal import CKernels

/// What lies beyond the border of a filtered image.
public enum WienerBorder: String, Codable, Hashable, Sendable {
    /// The edge pixels repeated (OpenCV's BORDER_REFLECT at this window).
    case replicate
    /// Zeros, as `scipy.signal.wiener`.
    case zero
}

extension Plane where Pixel == UInt8 {
    /// Adaptive Wiener filter over 3 × 3 pixels (method §2, MATLAB's `wiener2`):
    /// μ + max(σ² − ν², 0) / max(σ², ν²) · (x − μ), with ν² the mean of σ²; rounded to the nearest level.
    public func wienerFiltered(border: WienerBorder = .replicate) -> GreyPlane {
        wienerFiltered(border: border, level: .best)
    }

    package func wienerFiltered(border: WienerBorder = .replicate, level: KernelLevel) -> GreyPlane {
        let count = pixels.count
        guard count > 0 else { return self }
        let out = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            let scratch = UnsafeMutableRawPointer.allocate(byteCount: ck_wiener3_scratch(Int32(width)), alignment: 64)
            defer { scratch.deallocate() }
            ck_wiener3_u8(
                level.value, pixels, Int32(width), Int32(height), border == .zero ? 1 : 0, scratch,
                buffer.baseAddress!)
            filled = count
        }
        return GreyPlane(width: width, height: height, pixels: out)
    }

    /// The same with μ, σ² and ν² over the mask's pixels only; pixels outside stay as they are.
    public func wienerFiltered(mask: Mask) -> GreyPlane {
        precondition(mask.width == width && mask.height == height)
        let count = pixels.count
        guard count > 0 else { return self }
        let out = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            ck_wiener3_masked_u8(pixels, mask.pixels, Int32(width), Int32(height), buffer.baseAddress!)
            filled = count
        }
        return GreyPlane(width: width, height: height, pixels: out)
    }

    /// Equalisation, then the Wiener filter (method §2). With a mask of what is image, neither sees the rest, which
    /// becomes 0.
    public func enhanced(mask: Mask? = nil) -> GreyPlane {
        guard let mask else { return equalized().wienerFiltered() }
        return equalized(mask: mask).wienerFiltered(mask: mask)
    }
}
