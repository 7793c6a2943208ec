/// How an element's header changes the nesting.
extension ElementWalker {
    mutating func enter(_ header: Header) throws(DICOMCoreError) {
        guard offset <= top.bound else { throw .endedEarly(at: offset, inside: "the tag and length of \(header.tag)") }
        switch top.kind {
        case .elements: try enterElement(header)
        case .sequence: try enterItem(header)
        case .fragments: try enterFragment(header)
        case .possibleSequence:
            if header.tag == .item {
                frames[frames.count - 1].kind = .sequence
                try enterItem(header)
            } else {
                leaveGuess(frames.count - 1)
            }
        }
    }

    private mutating func enterElement(_ header: Header) throws(DICOMCoreError) {
        switch header.tag {
        case .itemDelimitation:
            if frames.count > 1, top.end == nil { frames.removeLast() }
        case .sequenceDelimitation:
            // The item's own delimiter was left out; the sequence's closes both.
            if frames.count > 2, top.end == nil { frames.removeLast(2) }
        case .item:
            throw .unexpectedElement(tag: header.tag, at: offset, expected: "an element of the data set")
        default:
            try enterValue(header)
        }
    }

    private mutating func enterValue(_ header: Header) throws(DICOMCoreError) {
        guard let length = header.length else { return try enterUndefinedLength(header) }
        try check(length, of: header.tag)
        let isUntyped = header.vr == nil || header.vr == .un
        if header.vr == .sq {
            try open(.sequence, length: length)
        } else if isUntyped, length >= 8, header.tag != .pixelData, !InstanceIdentity.wants(header.tag) {
            try open(.possibleSequence, length: length, encoding: header.vr == .un ? .unknown : .implicit)
        } else {
            beginValue(header.tag, length)
        }
    }

    private mutating func enterUndefinedLength(_ header: Header) throws(DICOMCoreError) {
        if header.tag == .pixelData { markPixelData() }
        switch header.vr {
        case .ob?, .ow?: try open(.fragments, length: nil)
        case nil where header.tag == .pixelData: try open(.fragments, length: nil)
        case .un?: try open(.sequence, length: nil, encoding: .unknown)
        default: try open(.sequence, length: nil)
        }
    }

    private mutating func enterItem(_ header: Header) throws(DICOMCoreError) {
        switch header.tag {
        case .item:
            if let length = header.length { try check(length, of: header.tag) }
            try open(.elements, length: header.length)
        case .sequenceDelimitation:
            if top.end == nil { frames.removeLast() }
        case .itemDelimitation:
            break
        default:
            throw .unexpectedElement(tag: header.tag, at: offset, expected: "an item of a sequence")
        }
    }

    private mutating func enterFragment(_ header: Header) throws(DICOMCoreError) {
        switch (header.tag, header.length) {
        case (.item, let length?):
            try check(length, of: header.tag)
            beginValue(header.tag, length)
        case (.sequenceDelimitation, _):
            frames.removeLast()
        default:
            throw .unexpectedElement(tag: header.tag, at: offset, expected: "a fragment of pixel data")
        }
    }

    private func check(_ length: UInt64, of tag: Tag) throws(DICOMCoreError) {
        let room = top.bound - min(top.bound, offset)
        guard length <= room else { throw .lengthBeyondEnd(tag: tag, at: offset, length: length, room: room) }
    }

    /// How a sequence's items are written.
    private enum Encoding {
        /// As what is around them.
        case same
        /// Without VR.
        case implicit
        /// A value of VR UN is always implicit little endian, whatever is around it (PS3.5 §6.2.2).
        case unknown
    }

    private mutating func open(
        _ kind: Frame.Kind, length: UInt64?, encoding: Encoding = .same
    ) throws(DICOMCoreError) {
        let end = length.map { offset + $0 }
        frames.append(
            Frame(
                kind: kind, end: end, bound: end ?? top.bound, isExplicit: encoding == .same && top.isExplicit,
                isLittleEndian: encoding == .unknown || top.isLittleEndian, isGuess: kind == .possibleSequence))
        if kind == .elements {
            items += 1
            guard items <= limits.items else { throw .tooManyItems(limit: limits.items, at: offset) }
        } else if frames.count / 2 > limits.nesting {
            // Only sequences count: each has at most one open item.
            throw .nestedTooDeep(limit: limits.nesting, at: offset)
        }
    }

    mutating func closeFinishedFrames() {
        guard isBetweenElements else { return }
        while frames.count > 1, let end = top.end, end <= offset { frames.removeLast() }
    }

    /// An error inside a guessed sequence disproves the guess; the rest of that value is then passed over. Nesting and items
    /// beyond the limits stand, since a reader with a dictionary might take the same bytes for sequences.
    mutating func recover(from error: DICOMCoreError) throws(DICOMCoreError) {
        switch error {
        case .nestedTooDeep, .tooManyItems: throw error
        default: break
        }
        guard let guess = frames.firstIndex(where: \.isGuess) else { throw error }
        leaveGuess(guess)
    }

    private mutating func leaveGuess(_ index: Int) {
        let end = frames[index].end ?? offset
        frames.removeLast(frames.count - index)
        beginValue(.item, end - min(end, offset))
    }
}
