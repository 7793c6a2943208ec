import GRDB

extension Schema {
    /// Rows as the machines of `Workflow` have their states. SQLite can't change a CHECK, so `job`, `aside` and `outgoing`
    /// are made anew; ids stay.
    ///
    /// What an earlier version left open is nobody's recipe, since it did not write down precision and software: such jobs
    /// are renewed when a gateway starts. What its workers held has ended with it.
    static func toWorkflow(_ database: Database) throws {
        try database.execute(
            sql: "INSERT INTO node (key, value) VALUES ('node name', ?)",
            arguments: [String(UInt64.random(in: .min ... .max), radix: 16)])
        for sql in [studies, jobs, images, results, deliveries, asides] { try database.execute(sql: sql) }
    }

    /// A piece of work in somebody's hands, and what became of its tries.
    private static let workColumns = """
        owner_node TEXT,
            owner_worker TEXT,
            renewed_at INTEGER,
            lease_until INTEGER,
            failures INTEGER NOT NULL DEFAULT 0,
            unclear INTEGER NOT NULL DEFAULT 0,
            put_off INTEGER NOT NULL DEFAULT 0,
            next_try INTEGER NOT NULL DEFAULT 0,
            cause TEXT,
            reason TEXT
        """

    private static let studies = """
        ALTER TABLE study ADD COLUMN opening TEXT NOT NULL DEFAULT 'arrivals'
            CHECK (opening IN ('arrivals', 'renewal', 'forced'));
        UPDATE study SET opening = 'forced' WHERE forced = 1;
        ALTER TABLE study DROP COLUMN forced;
        -- A dropped job whose study was opened again stays open until it is closed with what it has.
        UPDATE study SET opening = 'forced' WHERE state = 'receiving'
            AND (SELECT state FROM job WHERE job.study = study.id ORDER BY revision DESC LIMIT 1) = 'superseded';
        """

    private static let jobs = """
        CREATE TABLE job_of_workflow (
            id INTEGER PRIMARY KEY,
            study INTEGER NOT NULL REFERENCES study(id),
            revision INTEGER NOT NULL,
            bundle TEXT NOT NULL,
            settings TEXT NOT NULL,
            precision TEXT NOT NULL,
            software TEXT NOT NULL,
            node TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'parked', 'superseded', 'dropped')),
            purpose TEXT NOT NULL DEFAULT 'analysis' CHECK (purpose IN ('analysis', 'remaking')),
            \(workColumns),
            verdict TEXT CHECK (verdict IN ('analysed', 'not analysable')),
            results_lost INTEGER NOT NULL DEFAULT 0,
            superseded_by INTEGER,
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            finished_at INTEGER,
            UNIQUE (study, revision),
            CHECK ((state = 'running') = (owner_worker IS NOT NULL))
        ) STRICT;
        INSERT INTO job_of_workflow (id, study, revision, bundle, settings, precision, software, node, state, failures,
            unclear, cause, reason, verdict, superseded_by, created_at, started_at, finished_at)
        SELECT id, study, revision, bundle, settings, '', '', (SELECT value FROM node WHERE key = 'node name'),
            CASE WHEN state = 'running' THEN 'waiting'
                WHEN state = 'superseded' AND reason = 'dropped by the operator' THEN 'dropped' ELSE state END,
            iif(state = 'running', max(0, tries - 1), tries), iif(state = 'running', 1, 0),
            iif(state = 'running', 'node ended', iif(state = 'waiting' AND reason IS NOT NULL, 'failed', NULL)),
            iif(state = 'running', 'the node ended in the middle of it', reason),
            CASE WHEN state <> 'done' THEN NULL
                WHEN EXISTS (SELECT 1 FROM finding WHERE finding.job = job.id) THEN 'analysed'
                ELSE 'not analysable' END,
            CASE WHEN state = 'done' OR state = 'superseded' AND reason <> 'dropped by the operator' THEN
                (SELECT min(revision) FROM job AS later WHERE later.study = job.study AND later.revision > job.revision)
            END,
            created_at, started_at, finished_at
        FROM job;
        DROP TABLE job;
        ALTER TABLE job_of_workflow RENAME TO job;
        CREATE INDEX job_state ON job(state, study);
        -- What was open when a later revision was there already.
        UPDATE job SET state = 'superseded', finished_at = created_at, superseded_by = (
                SELECT min(later.revision) FROM job AS later WHERE later.study = job.study AND later.revision > job.revision)
            WHERE state = 'waiting' AND EXISTS (
                SELECT 1 FROM job AS later WHERE later.study = job.study AND later.revision > job.revision);
        """

    /// Digests as they were when the job was made: an object may be mended or exchanged afterwards.
    private static let images = """
        CREATE TABLE job_image (
            job INTEGER NOT NULL REFERENCES job(id),
            sop_instance TEXT NOT NULL,
            object INTEGER NOT NULL REFERENCES object(id),
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
            missing INTEGER NOT NULL CHECK (missing IN (0, 1)),
            PRIMARY KEY (job, sop_instance)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO job_image (job, sop_instance, object, sha256, missing)
            SELECT job_object.job, object.sop_instance, object.id, object.sha256, 0
            FROM job_object JOIN object ON object.id = job_object.object;
        DROP TABLE job_object;
        CREATE INDEX job_image_object ON job_image(object);
        -- The reports that a job's name as predecessors, as of its first try: made again it has to name the same.
        CREATE TABLE job_predecessor (
            job INTEGER NOT NULL REFERENCES job(id),
            object INTEGER NOT NULL REFERENCES object(id),
            PRIMARY KEY (job, object)
        ) STRICT, WITHOUT ROWID;
        """

    /// What a result is about (a SOP Instance UID; empty: the study) and in which language.
    private static let results = """
        ALTER TABLE result ADD COLUMN subject TEXT NOT NULL DEFAULT '';
        ALTER TABLE result ADD COLUMN language TEXT;
        CREATE INDEX result_object ON result(object);
        """

    private static let deliveries = """
        CREATE TABLE outgoing_of_workflow (
            id INTEGER PRIMARY KEY,
            job INTEGER NOT NULL REFERENCES job(id),
            destination TEXT NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL DEFAULT '',
            object INTEGER NOT NULL REFERENCES object(id),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'delivered', 'dead', 'dropped')),
            \(workColumns),
            ended_at INTEGER,
            UNIQUE (job, destination, kind, subject),
            CHECK ((state = 'sending') = (owner_worker IS NOT NULL))
        ) STRICT;
        INSERT INTO outgoing_of_workflow (id, job, destination, kind, object, state, put_off, next_try, cause, reason)
            SELECT id, job, destination, kind, object, state, tries, next_try,
                iif(state = 'waiting' AND last_error IS NOT NULL, 'destination', NULL), last_error FROM outgoing;
        DROP TABLE outgoing;
        ALTER TABLE outgoing_of_workflow RENAME TO outgoing;
        CREATE INDEX outgoing_due ON outgoing(destination, next_try) WHERE state = 'waiting';
        CREATE INDEX outgoing_sending ON outgoing(destination) WHERE state = 'sending';
        CREATE INDEX outgoing_object ON outgoing(object);
        """

    private static let asides = """
        CREATE TABLE aside_of_workflow (
            id INTEGER PRIMARY KEY,
            object INTEGER NOT NULL REFERENCES object(id),
            transfer_syntax TEXT NOT NULL,
            path TEXT NOT NULL,
            bytes INTEGER NOT NULL,
            sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
            received_at INTEGER NOT NULL,
            calling_ae TEXT NOT NULL,
            association TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'comparing', 'different', 'incomparable', 'lost')),
            \(workColumns),
            kept_lost INTEGER NOT NULL DEFAULT 0,
            since INTEGER,
            UNIQUE (object, sha256),
            CHECK ((state = 'comparing') = (owner_worker IS NOT NULL))
        ) STRICT;
        INSERT INTO aside_of_workflow (id, object, transfer_syntax, path, bytes, sha256, received_at, calling_ae,
            association, state, failures, reason)
            SELECT id, object, transfer_syntax, path, bytes, sha256, received_at, calling_ae, association, state,
                iif(worker IS NULL, tries, max(0, tries - 1)), reason FROM aside;
        DROP TABLE aside;
        ALTER TABLE aside_of_workflow RENAME TO aside;
        """
}
