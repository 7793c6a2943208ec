import GRDB

/// The database's tables, as named migrations. A released migration never changes: a new one follows it.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { try $0.execute(sql: version1) }
        migrator.registerMigration("times of a job") { try $0.execute(sql: timesOfJob) }
        migrator.registerMigration("findings without triage") { try $0.execute(sql: findingsWithoutTriage) }
        migrator.registerMigration("workflow", migrate: toWorkflow)
        migrator.registerMigration("superseded results") { try $0.execute(sql: supersededResults) }
        migrator.registerMigration("notices") { try $0.execute(sql: notices) }
        migrator.registerMigration("census") { try $0.execute(sql: census) }
        migrator.registerMigration("retention") { try $0.execute(sql: retention) }
        return migrator
    }

    /// Who wants to hear of which findings (JSON lists, empty for all), and what waits for them.
    private static let notices = """
        CREATE TABLE notice_receiver (
            name TEXT PRIMARY KEY NOT NULL,
            outcomes TEXT NOT NULL,
            levels TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE notice (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job(id),
            receiver TEXT NOT NULL,
            outcome TEXT NOT NULL,
            confidence REAL,
            triage INTEGER,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'dropped')),
            failures INTEGER NOT NULL DEFAULT 0,
            unclear INTEGER NOT NULL DEFAULT 0,
            put_off INTEGER NOT NULL DEFAULT 0,
            next_try INTEGER NOT NULL,
            cause TEXT,
            reason TEXT,
            created_at INTEGER NOT NULL,
            ended_at INTEGER,
            UNIQUE (job, receiver)
        ) STRICT;
        CREATE INDEX notice_due ON notice(receiver, next_try) WHERE state = 'waiting';
        """

    /// Which results of earlier revisions a job says to be superseded, as of its first try: made again it has to say the
    /// same. And whether a destination wants to hear of studies that can't be analysed.
    private static let supersededResults = """
        CREATE TABLE job_superseded (
            job INTEGER NOT NULL REFERENCES job(id),
            object INTEGER NOT NULL REFERENCES object(id),
            PRIMARY KEY (job, object)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE destination ADD COLUMN not_analysable INTEGER NOT NULL DEFAULT 1 CHECK (not_analysable IN (0, 1));
        """

    /// A finding's triage may be missing. SQLite takes no constraint from a column, so the table is made anew.
    private static let findingsWithoutTriage = """
        CREATE TABLE finding_with_any_triage (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job(id),
            outcome TEXT NOT NULL,
            confidence REAL,
            triage INTEGER,
            json TEXT NOT NULL
        ) STRICT;
        INSERT INTO finding_with_any_triage (id, job, outcome, confidence, triage, json)
            SELECT id, job, outcome, confidence, triage, json FROM finding;
        DROP TABLE finding;
        ALTER TABLE finding_with_any_triage RENAME TO finding;
        CREATE INDEX finding_job ON finding(job);
        """

    /// When a job's last try began, and how long each of its stages took: JSON, names and seconds.
    private static let timesOfJob = """
        ALTER TABLE job ADD COLUMN started_at INTEGER;
        ALTER TABLE summary ADD COLUMN stages TEXT;
        """

    /// Times are UTC, in milliseconds since 1970. Paths are relative to the store's folder.
    private static let version1 = """
        -- What this node is: its Device UID, how far the spool was reconciled.
        CREATE TABLE node (
            key TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE study (
            id INTEGER PRIMARY KEY,
            uid TEXT NOT NULL UNIQUE,
            state TEXT NOT NULL
                CHECK (state IN ('receiving', 'waiting', 'analysed', 'reported', 'not analysable', 'failed')),
            reason TEXT,
            revision INTEGER NOT NULL DEFAULT 0,
            first_arrival INTEGER NOT NULL,
            opened_at INTEGER NOT NULL,
            last_arrival INTEGER NOT NULL,
            forced INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX study_open ON study(state) WHERE state = 'receiving';

        CREATE TABLE object (
            id INTEGER PRIMARY KEY,
            study INTEGER NOT NULL REFERENCES study(id),
            sop_instance TEXT NOT NULL UNIQUE,
            sop_class TEXT NOT NULL,
            series TEXT NOT NULL,
            modality TEXT,
            transfer_syntax TEXT NOT NULL,
            path TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
            received_at INTEGER NOT NULL,
            calling_ae TEXT NOT NULL,
            association TEXT NOT NULL,
            origin TEXT NOT NULL CHECK (origin IN ('received', 'echo', 'result')),
            image INTEGER NOT NULL CHECK (image IN (0, 1)),
            lost INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX object_study ON object(study);

        -- Objects whose SOP Instance UID was taken by other bytes.
        CREATE TABLE aside (
            id INTEGER PRIMARY KEY,
            object INTEGER NOT NULL REFERENCES object(id),
            transfer_syntax TEXT NOT NULL,
            path TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
            received_at INTEGER NOT NULL,
            calling_ae TEXT NOT NULL,
            association TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'different', 'incomparable')),
            reason TEXT,
            worker TEXT,
            lease_until INTEGER,
            tries INTEGER NOT NULL DEFAULT 0,
            UNIQUE (object, sha256)
        ) STRICT;

        CREATE TABLE job (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            study INTEGER NOT NULL REFERENCES study(id),
            revision INTEGER NOT NULL,
            bundle TEXT NOT NULL,
            settings TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'parked', 'superseded')),
            tries INTEGER NOT NULL DEFAULT 0,
            worker TEXT,
            lease_until INTEGER,
            reason TEXT,
            created_at INTEGER NOT NULL,
            finished_at INTEGER
        ) STRICT;
        CREATE INDEX job_todo ON job(state) WHERE state IN ('waiting', 'running');
        CREATE INDEX job_study ON job(study);

        CREATE TABLE job_object (
            job INTEGER NOT NULL REFERENCES job(id),
            object INTEGER NOT NULL REFERENCES object(id),
            PRIMARY KEY (job, object)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE finding (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job(id),
            outcome TEXT NOT NULL,
            confidence REAL,
            triage INTEGER NOT NULL,
            json TEXT NOT NULL
        ) STRICT;
        CREATE INDEX finding_job ON finding(job);

        -- Which objects are whose result, and one line of it for people.
        CREATE TABLE result (
            job INTEGER NOT NULL REFERENCES job(id),
            object INTEGER NOT NULL REFERENCES object(id),
            kind TEXT NOT NULL,
            PRIMARY KEY (job, object)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE summary (
            job INTEGER PRIMARY KEY REFERENCES job(id),
            text TEXT NOT NULL
        ) STRICT;

        CREATE TABLE destination (
            name TEXT PRIMARY KEY NOT NULL,
            kinds TEXT NOT NULL,
            report_classes TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE outgoing (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job(id),
            destination TEXT NOT NULL,
            kind TEXT NOT NULL,
            object INTEGER NOT NULL REFERENCES object(id),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'dropped')),
            tries INTEGER NOT NULL DEFAULT 0,
            next_try INTEGER NOT NULL,
            last_error TEXT,
            UNIQUE (job, destination, kind)
        ) STRICT;
        CREATE INDEX outgoing_due ON outgoing(destination, next_try) WHERE state = 'waiting';

        CREATE TABLE event (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            study TEXT,
            text TEXT NOT NULL
        ) STRICT;
        CREATE INDEX event_study ON event(study);
        CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
        """
}
