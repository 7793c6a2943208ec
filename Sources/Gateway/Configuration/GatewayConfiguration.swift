public import DICOMCore
public import DIMSE
public import GatewayStore
import NIOCore
public import Workflow

/// Everything that an operator can set. The defaults are what `hilum serve` runs on without a file.
public struct GatewayConfiguration: Sendable {
    public struct Node: Sendable {
        /// Titles that we answer to; we call others by the first.
        public var titles: [AETitle] = [AETitle(known: "HILUM")]
        public var host = "0.0.0.0"
        public var port = 11112
        public var tls: TLSSettings?
        public var limits = Limits()
    }

    /// A further port beside the node's own, as one with TLS beside one without.
    public struct Listener: Sendable {
        public var host: String
        public var port: Int
        public var tls: TLSSettings?
        /// Who may send there; nil: whom the node lets in.
        public var peers: [PeerRule]?
    }

    public struct Limits: Hashable, Sendable {
        public var associations = 64
        public var associationsPerPeer = 16
        /// Bytes of one PDU that we take.
        public var pduSize = 256 << 10
        /// Bytes of one data set.
        public var objectSize = 4 << 30
        /// Seconds.
        public var idle = 120
        /// Bytes that a message under way must bring, on average over `idle`.
        public var leastBytesPerSecond = 1024
        /// Seconds (PS3.8 §9.1.5).
        public var artim = 30
        /// Seconds for running associations and jobs when the node stops.
        public var grace = 20
    }

    public struct Assembly: Hashable, Sendable {
        /// Seconds.
        public var quiet = 30
        /// Seconds.
        public var longestWait = 900
    }

    public struct Analysis: Hashable, Sendable {
        /// Folder of the model bundle; nil: the one that comes with Hilum.
        public var bundle: String?
        public var workers = 1
        /// Of one worker; 0: as many as the machine has processors.
        public var threads = 0
        /// In what numbers radiographs are classified: f32, bf16, int8 or auto; nil: as the bundle says.
        public var precision: String?
        /// RFC 5646 tag of the reports' language.
        public var language = "en"
        /// Of the results' times, a name of the tz database; nil: this machine's.
        public var timeZone: String?
        public var limits = WorkerLimits()
        /// Seconds by the wall clock for one job; over them its worker is ended.
        public var jobWall = 1800
    }

    public struct Destination: Sendable {
        public var name: String
        public var host: String
        public var port: Int
        public var title: AETitle
        /// Nil: the node's first.
        public var callingTitle: AETitle?
        public var tls: TLSSettings?
        public var kinds: [Document.Kind] = [.report, .picture]
        /// Whether reports of studies that can't be analysed go there.
        public var sendsNotAnalysable = true
        /// Whether notes go there that say which of its results a revision took the place of.
        public var marksSuperseded = false
        /// Preferred SOP class of reports first.
        public var reportClasses = ReportClass.order(from: .comprehensive3D)
    }

    public struct Storage: Sendable {
        public var folder = "./hilum-data"
        /// Bytes that it may take; nil: as many as the disk has.
        public var limit: Int?
        /// Bytes.
        public var lowWatermark = 1 << 30
        public var duplicates = DuplicatePolicy.setAside
    }

    /// What the node tells over HTTP: health and metrics, to whoever reaches the port.
    public struct HTTP: Hashable, Sendable {
        public var host = "127.0.0.1"
        public var port = 11180
    }

    public enum LogFormat: String, CaseIterable, Hashable, Sendable {
        /// A line for people; one for the journal where that is where it goes.
        case text
        /// An object a line.
        case json
    }

    public var node = Node()
    public var listeners: [Listener] = []
    /// Empty: anybody may send.
    public var peers: [PeerRule] = []
    public var assembly = Assembly()
    public var analysis = Analysis()
    public var destinations: [Destination] = []
    public var notices: [NoticeReceiver] = []
    public var storage = Storage()
    /// Nil: none.
    public var http: HTTP?
    public var retention = Retention()
    /// `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    public var logLevel = "info"
    public var logFormat = LogFormat.text

    public init() {}
}

extension GatewayConfiguration {
    /// The node's own port, then the further ones, each with the section that it stands in.
    var places: [(section: String, listener: Listener)] {
        [("node", Listener(host: node.host, port: node.port, tls: node.tls, peers: nil))]
            + listeners.enumerated().map { ("listeners[\($0 + 1)]", $1) }
    }

    /// Of each of ``places``, with the node's limits for itself.
    public var ports: [ListenerConfiguration] { places.map { listener($0.listener) } }

    private func listener(_ place: Listener) -> ListenerConfiguration {
        var listener = ListenerConfiguration()
        listener.host = place.host
        listener.port = place.port
        listener.tls = place.tls
        listener.maximumObjectSize = UInt64(node.limits.objectSize)
        listener.times.idle = .seconds(Int64(node.limits.idle))
        listener.times.leastRate = node.limits.leastBytesPerSecond
        listener.times.artim = .seconds(Int64(node.limits.artim))
        listener.policy.calledTitles = Set(node.titles)
        listener.policy.maximumLength = UInt32(node.limits.pduSize)
        listener.policy.maximumAssociations = node.limits.associations
        listener.policy.maximumAssociationsPerPeer = node.limits.associationsPerPeer
        listener.policy.peers = place.peers ?? peers
        return listener
    }

    public var reception: Reception.Settings {
        var settings = Reception.Settings()
        settings.duplicates = storage.duplicates
        settings.lowWatermark = Int64(storage.lowWatermark)
        settings.limit = storage.limit.map(Int64.init)
        settings.longestDataSet = Int64(node.limits.objectSize)
        return settings
    }

    /// - Parameter transcoder: for destinations that do not take results as they are written.
    public func routes(transcoder: StoreBatch.Transcoder?) -> [DeliveryService.Route] {
        destinations.map { destination in
            var peer = ClientConfiguration(
                host: destination.host, port: destination.port, calledAE: destination.title,
                callingAE: destination.callingTitle ?? node.titles.first ?? AETitle(known: "HILUM"))
            peer.tls = destination.tls
            return DeliveryService.Route(
                record: DestinationRecord(
                    name: destination.name,
                    kinds: destination.kinds + (destination.marksSuperseded ? [.keyObjects] : []),
                    reportClasses: destination.reportClasses, wantsNotAnalysable: destination.sendsNotAnalysable),
                sender: DIMSESender(peer: peer, transcoder: transcoder))
        }
    }
}
