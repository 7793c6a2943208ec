extension Schema {
    /// What was removed after delivery, and when and why; files that are still to go; events that went, as numbers a day.
    /// An object that was removed keeps its row, so that the same one is known when it comes again.
    static let retention = """
        ALTER TABLE object ADD COLUMN removed_at INTEGER;
        -- What takes space is summed up every few seconds, from the index alone.
        CREATE INDEX object_kept ON object(origin, bytes, removed_at) WHERE removed_at IS NULL;

        ALTER TABLE study ADD COLUMN keeps_sources INTEGER NOT NULL DEFAULT 1 CHECK (keeps_sources IN (0, 1));
        ALTER TABLE study ADD COLUMN sources_removed_at INTEGER;
        ALTER TABLE study ADD COLUMN sources_removed_why TEXT CHECK (sources_removed_why IN ('age', 'space'));
        ALTER TABLE study ADD COLUMN keeps_results INTEGER NOT NULL DEFAULT 1 CHECK (keeps_results IN (0, 1));
        ALTER TABLE study ADD COLUMN results_removed_at INTEGER;
        ALTER TABLE study ADD COLUMN results_removed_why TEXT CHECK (results_removed_why IN ('age', 'space'));
        CREATE INDEX study_sources ON study(last_arrival) WHERE keeps_sources = 1;
        CREATE INDEX study_results ON study(last_arrival) WHERE keeps_results = 1;
        CREATE INDEX study_arrival ON study(last_arrival);

        -- Paths of files whose rows say that they were removed.
        CREATE TABLE removal (
            path TEXT PRIMARY KEY NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE event_day (
            day TEXT NOT NULL,
            kind TEXT NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (day, kind)
        ) STRICT, WITHOUT ROWID;
        DROP TRIGGER event_remains;
        CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN
            SELECT RAISE(ABORT, 'events are append-only until they are counted') WHERE NOT EXISTS (
                SELECT 1 FROM node WHERE key = 'events counted until' AND OLD.at < CAST(value AS INTEGER));
        END;
        """
}
