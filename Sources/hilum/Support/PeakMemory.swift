import Foundation

/// The most memory that this process has held at one time.
enum PeakMemory {
    static var megabytes: Double {
        var usage = rusage()
        #if os(Linux)
            let unit = 1024.0
            getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
        #else
            let unit = 1.0
            getrusage(RUSAGE_SELF, &usage)
        #endif
        return Double(usage.ru_maxrss) * unit / 1e6
    }
}
