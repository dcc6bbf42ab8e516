-- The inventory with its history.
--
-- Time is counted in scans: an interval from_scan .. to_scan holds from the scan from_scan up to, and without,
-- the scan to_scan; NULL is open. A row that a scan finds unchanged is not touched. Portable on purpose: hashes
-- are hexadecimal TEXT, JSON is TEXT, numbers are given by Whose; only STRICT and the pragmas are SQLite's own.

-- Scans of the same targets. Each series sees an object from its own side (a key together with the repositories
-- that leak it, or alone), so that each has its own versions of it.
CREATE TABLE series (
    series_id INTEGER NOT NULL PRIMARY KEY, -- number given by Whose
    targets   TEXT    NOT NULL UNIQUE       -- JSON: the targets, sorted, each with connector and target
) STRICT;

-- One saved report.
CREATE TABLE scan (
    scan_no        INTEGER NOT NULL PRIMARY KEY,                                         -- 1, 2, 3 in the order of saving
    scan_id        TEXT    NOT NULL UNIQUE,                                              -- the id that people use
    series_id      INTEGER NOT NULL REFERENCES series (series_id),                       -- the scans of the same targets
    as_of_ms       INTEGER NOT NULL,                                                     -- the moment it speaks for, milliseconds since 1970
    as_of          TEXT    NOT NULL,                                                     -- the same in RFC 3339, in full precision
    state          TEXT    NOT NULL CHECK (state IN ('complete', 'incomplete', 'cancelled')), -- whether it saw all
    report_version INTEGER NOT NULL CHECK (report_version >= 0),                         -- the version of the report's form
    info           TEXT    NOT NULL,                                                     -- JSON: the report's `scan`
    summary        TEXT    NOT NULL                                                      -- JSON: the report's `summary`
) STRICT;
CREATE INDEX scan_of_series ON scan (series_id, scan_no);

-- What one collector read of one scope.
CREATE TABLE coverage (
    scan_no   INTEGER NOT NULL REFERENCES scan (scan_no), -- the scan
    seq       INTEGER NOT NULL CHECK (seq >= 0),          -- its place in the report's list
    connector TEXT    NOT NULL,                           -- who read: the connector
    collector TEXT    NOT NULL,                           -- who read: the listing
    scope     TEXT    NOT NULL,                           -- node id of what was read
    complete  INTEGER NOT NULL CHECK (complete IN (0, 1)),-- 1 when all of it was read
    body      TEXT    NOT NULL,                           -- JSON: the whole entry, gaps included
    PRIMARY KEY (scan_no, seq)
) STRICT;

-- How one rule ended for one scope.
CREATE TABLE assessment (
    scan_no INTEGER NOT NULL REFERENCES scan (scan_no), -- the scan
    seq     INTEGER NOT NULL CHECK (seq >= 0),          -- its place in the report's list
    rule    TEXT    NOT NULL,                           -- the rule's slug
    scope   TEXT,                                       -- node id of the scope; NULL when the rule failed as a whole
    body    TEXT    NOT NULL,                           -- JSON: the whole entry, gaps included
    PRIMARY KEY (scan_no, seq)
) STRICT;

-- Everything that any scan has seen, once.
CREATE TABLE object (
    object_id  INTEGER NOT NULL PRIMARY KEY,                        -- number given by Whose
    kind       TEXT    NOT NULL CHECK (kind IN ('identity', 'credential', 'secret', 'grant', 'owner', 'other', 'edge', 'finding')), -- the report's list that holds it
    key        TEXT    NOT NULL,                                    -- node id; finding id; for an edge, a hash of its ends, kind and qualifier
    name       TEXT    NOT NULL,                                    -- the name last seen; empty for edges
    first_scan INTEGER NOT NULL REFERENCES scan (scan_no),          -- the first scan that saw it
    gone_scan  INTEGER REFERENCES scan (scan_no),                   -- the scan that read all of its scope and saw it no more; NULL while it may be there
    UNIQUE (kind, key)
) STRICT;

-- Sets of scopes on which objects rest: an object is gone only when all of them were read completely.
CREATE TABLE footing (
    footing_id INTEGER NOT NULL PRIMARY KEY, -- number given by Whose
    scopes     TEXT    NOT NULL UNIQUE       -- JSON: node ids, sorted
) STRICT;

-- What an object was, as the scans of one series saw it. Together the open intervals of a series are its last report.
CREATE TABLE object_version (
    version_id   INTEGER NOT NULL PRIMARY KEY,                            -- number given by Whose
    object_id    INTEGER NOT NULL REFERENCES object (object_id),          -- the object
    series_id    INTEGER NOT NULL REFERENCES series (series_id),          -- who saw it so
    from_scan    INTEGER NOT NULL REFERENCES scan (scan_no),              -- the first scan that saw it so
    to_scan      INTEGER REFERENCES scan (scan_no),                       -- the first scan of the series that did not; NULL while it holds
    ended        TEXT CHECK (ended IN ('replaced', 'gone', 'unconfirmed')), -- other content; gone; not seen, and nobody could tell
    standing     INTEGER NOT NULL CHECK (standing IN (0, 1)),             -- 1 while this is the series' last word and the word is not "gone"
    footing_id   INTEGER REFERENCES footing (footing_id),                 -- what its presence rests on; NULL: on all that the scan read
    content_hash TEXT    NOT NULL CHECK (length(content_hash) = 32),      -- of body and footing
    body         TEXT    NOT NULL,                                        -- JSON: the entry of the report, without what moves by itself
    CHECK ((to_scan IS NULL) = (ended IS NULL)),
    CHECK (to_scan IS NULL OR to_scan > from_scan)
) STRICT;
CREATE INDEX object_version_of_object ON object_version (object_id);
CREATE UNIQUE INDEX object_version_open ON object_version (series_id, object_id) WHERE to_scan IS NULL;
CREATE INDEX object_version_closed ON object_version (series_id, to_scan) WHERE to_scan IS NOT NULL;
CREATE INDEX object_version_standing ON object_version (series_id) WHERE standing = 1;

-- What moves by itself from scan to scan, apart from the versions so that it does not make any.
CREATE TABLE activity (
    activity_id INTEGER NOT NULL PRIMARY KEY,                   -- number given by Whose
    object_id   INTEGER NOT NULL REFERENCES object (object_id), -- the identity or credential
    series_id   INTEGER NOT NULL REFERENCES series (series_id), -- who saw it so
    from_scan   INTEGER NOT NULL REFERENCES scan (scan_no),     -- the first scan that saw it so
    to_scan     INTEGER REFERENCES scan (scan_no),              -- the first scan of the series that did not; NULL while it holds
    body        TEXT    NOT NULL,                               -- JSON: last_used, and the scores of owners, which fade with age
    CHECK (to_scan IS NULL OR to_scan > from_scan)
) STRICT;
CREATE UNIQUE INDEX activity_open ON activity (series_id, object_id) WHERE to_scan IS NULL;
CREATE INDEX activity_of_object ON activity (object_id);
CREATE INDEX activity_closed ON activity (series_id, to_scan) WHERE to_scan IS NOT NULL;

-- Findings as other systems ask for them.
CREATE TABLE finding (
    object_id     INTEGER NOT NULL PRIMARY KEY REFERENCES object (object_id), -- the finding
    rule          TEXT    NOT NULL,                                           -- the rule's slug
    severity      INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 5),          -- 1 info to 5 critical, as last seen
    subject       TEXT    NOT NULL,                                           -- node id of what is at fault
    state         TEXT    NOT NULL CHECK (state IN ('open', 'resolved')),     -- resolved: its rule had all it needs and found it no more
    opened_scan   INTEGER NOT NULL REFERENCES scan (scan_no),                 -- the scan that found it, the last time that it was new
    resolved_scan INTEGER REFERENCES scan (scan_no),                          -- the scan that found it no more
    CHECK ((state = 'resolved') = (resolved_scan IS NOT NULL))
) STRICT;
CREATE INDEX finding_open ON finding (severity, rule) WHERE state = 'open';

-- What each scan changed in the inventory.
CREATE TABLE change_log (
    scan_no   INTEGER NOT NULL REFERENCES scan (scan_no),     -- the scan
    seq       INTEGER NOT NULL CHECK (seq >= 0),              -- counts from 0 in each scan
    op        TEXT    NOT NULL CHECK (op IN ('appeared', 'changed', 'gone', 'unconfirmed', 'returned')), -- what happened
    object_id INTEGER NOT NULL REFERENCES object (object_id), -- to what
    PRIMARY KEY (scan_no, seq)
) STRICT, WITHOUT ROWID;

-- The order of a list of a report, where it is not the one that the report's form prescribes.
CREATE TABLE arrangement (
    scan_no    INTEGER NOT NULL REFERENCES scan (scan_no), -- the scan
    kind       TEXT    NOT NULL,                           -- the list, by the kind of its objects
    object_ids TEXT    NOT NULL,                           -- JSON: the objects in their order
    PRIMARY KEY (scan_no, kind)
) STRICT;
