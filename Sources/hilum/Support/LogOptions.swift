public import ArgumentParser
public import Gateway
import Logging
import Operations

/// How a long-running command logs, instead of the configuration's.
struct LogOptions: ParsableArguments {
    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?
    @Option(help: "text or json.")
    var logFormat: GatewayConfiguration.LogFormat?

    func validate() throws {
        if let logLevel, Logger.Level(rawValue: logLevel) == nil {
            throw ValidationError(
                "--log-level '\(logLevel)' is none of trace, debug, info, notice, warning, error, critical")
        }
    }

    func apply(to configuration: inout GatewayConfiguration) {
        if let logLevel { configuration.logLevel = logLevel }
        if let logFormat { configuration.logFormat = logFormat }
    }

    /// From here on this process logs to its standard error.
    static func begin(_ format: GatewayConfiguration.LogFormat, level: String) {
        let style = LogStyle.current(format)
        let level = Logger.Level(rawValue: level) ?? .info
        LoggingSystem.bootstrap { _ in LineLogHandler(style, level: level) }
    }
}

extension GatewayConfiguration.LogFormat: ExpressibleByArgument {}
