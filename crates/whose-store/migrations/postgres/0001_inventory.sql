-- The inventory with its history: the tables and columns of the SQLite store, in the schema `whose`.
--
-- Time is counted in scans: an interval from_scan .. to_scan holds from the scan from_scan up to, and without,
-- the scan to_scan; NULL is open. A row that a scan finds unchanged is not touched. Text is compared byte by byte,
-- as SQLite does. PostgreSQL keeps no NUL: U+FDD0 with a 0 after it stands for it, and U+FDD0 with a 1 for U+FDD0.
-- What may be longer than an index entry is unique by its SHA-256.

-- PostgreSQL holds convert_to to depend on the session; in one database, whose encoding is fixed, it does not.
CREATE FUNCTION digest(words TEXT) RETURNS BYTEA LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT sha256(convert_to(words, 'UTF8')) $$;

-- Scans of the same targets. Each series sees an object from its own side (a key together with the repositories
-- that leak it, or alone), so that each has its own versions of it.
CREATE TABLE series (
    series_id BIGINT NOT NULL PRIMARY KEY, -- number given by Whose
    targets TEXT COLLATE "C" NOT NULL -- JSON: the targets, sorted, each with connector and target
);
CREATE UNIQUE INDEX series_of_targets ON series (digest(targets));

-- One saved report.
CREATE TABLE scan (
    scan_no BIGINT NOT NULL PRIMARY KEY, -- 1, 2, 3 in the order of saving
    scan_id TEXT COLLATE "C" NOT NULL UNIQUE, -- the id that people use
    series_id BIGINT NOT NULL REFERENCES series (series_id), -- the scans of the same targets
    as_of_ms BIGINT NOT NULL, -- the moment it speaks for, milliseconds since 1970
    as_of TEXT COLLATE "C" NOT NULL, -- the same in RFC 3339, in full precision
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('complete', 'incomplete', 'cancelled')), -- whether it saw all
    report_version BIGINT NOT NULL CHECK (report_version >= 0), -- the version of the report's form
    info TEXT COLLATE "C" NOT NULL, -- JSON: the report's `scan`
    summary TEXT COLLATE "C" NOT NULL -- JSON: the report's `summary`
);
CREATE INDEX scan_of_series ON scan (series_id, scan_no);

-- What one collector read of one scope.
CREATE TABLE coverage (
    scan_no BIGINT NOT NULL REFERENCES scan (scan_no), -- the scan
    seq BIGINT NOT NULL CHECK (seq >= 0), -- its place in the report's list
    connector TEXT COLLATE "C" NOT NULL, -- who read: the connector
    collector TEXT COLLATE "C" NOT NULL, -- who read: the listing
    scope TEXT COLLATE "C" NOT NULL, -- node id of what was read
    complete BIGINT NOT NULL CHECK (complete IN (0, 1)), -- 1 when all of it was read
    body TEXT COLLATE "C" NOT NULL, -- JSON: the whole entry, gaps included
    PRIMARY KEY (scan_no, seq)
);

-- How one rule ended for one scope.
CREATE TABLE assessment (
    scan_no BIGINT NOT NULL REFERENCES scan (scan_no), -- the scan
    seq BIGINT NOT NULL CHECK (seq >= 0), -- its place in the report's list
    rule TEXT COLLATE "C" NOT NULL, -- the rule's slug
    scope TEXT COLLATE "C", -- node id of the scope; NULL when the rule failed as a whole
    body TEXT COLLATE "C" NOT NULL, -- JSON: the whole entry, gaps included
    PRIMARY KEY (scan_no, seq)
);

-- Everything that any scan has seen, once.
CREATE TABLE object (
    object_id BIGINT NOT NULL PRIMARY KEY, -- number given by Whose
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('identity', 'credential', 'secret', 'grant', 'owner', 'other', 'edge', 'finding')), -- the report's list that holds it
    key TEXT COLLATE "C" NOT NULL, -- node id; finding id; for an edge, a hash of its ends, kind and qualifier
    name TEXT COLLATE "C" NOT NULL, -- the name last seen; empty for edges
    first_scan BIGINT NOT NULL REFERENCES scan (scan_no), -- the first scan that saw it
    gone_scan BIGINT REFERENCES scan (scan_no) -- the scan that read all of its scope and saw it no more; NULL while it may be there
);
CREATE UNIQUE INDEX object_of_key ON object (kind, digest(key));
CREATE INDEX object_by_key ON object USING hash (key);

-- Sets of scopes on which objects rest: an object is gone only when all of them were read completely.
CREATE TABLE footing (
    footing_id BIGINT NOT NULL PRIMARY KEY, -- number given by Whose
    scopes TEXT COLLATE "C" NOT NULL -- JSON: node ids, sorted
);
CREATE UNIQUE INDEX footing_of_scopes ON footing (digest(scopes));

-- What an object was, as the scans of one series saw it. Together the open intervals of a series are its last report.
CREATE TABLE object_version (
    version_id BIGINT NOT NULL PRIMARY KEY, -- number given by Whose
    object_id BIGINT NOT NULL REFERENCES object (object_id), -- the object
    series_id BIGINT NOT NULL REFERENCES series (series_id), -- who saw it so
    from_scan BIGINT NOT NULL REFERENCES scan (scan_no), -- the first scan that saw it so
    to_scan BIGINT REFERENCES scan (scan_no), -- the first scan of the series that did not; NULL while it holds
    ended TEXT COLLATE "C" CHECK (ended IN ('replaced', 'gone', 'unconfirmed')), -- other content; gone; not seen, and nobody could tell
    standing BIGINT NOT NULL CHECK (standing IN (0, 1)), -- 1 while this is the series' last word and the word is not "gone"
    footing_id BIGINT REFERENCES footing (footing_id), -- what its presence rests on; NULL: on all that the scan read
    content_hash TEXT COLLATE "C" NOT NULL CHECK (length(content_hash) = 32), -- of body and footing
    body TEXT COLLATE "C" NOT NULL, -- JSON: the entry of the report, without what moves by itself
    CHECK ((to_scan IS NULL) = (ended IS NULL)),
    CHECK (to_scan IS NULL OR to_scan > from_scan)
);
CREATE INDEX object_version_of_object ON object_version (object_id);
CREATE UNIQUE INDEX object_version_open ON object_version (series_id, object_id) WHERE to_scan IS NULL;
CREATE INDEX object_version_closed ON object_version (series_id, to_scan) WHERE to_scan IS NOT NULL;
CREATE INDEX object_version_standing ON object_version (series_id) WHERE standing = 1;

-- What moves by itself from scan to scan, apart from the versions so that it does not make any.
CREATE TABLE activity (
    activity_id BIGINT NOT NULL PRIMARY KEY, -- number given by Whose
    object_id BIGINT NOT NULL REFERENCES object (object_id), -- the identity or credential
    series_id BIGINT NOT NULL REFERENCES series (series_id), -- who saw it so
    from_scan BIGINT NOT NULL REFERENCES scan (scan_no), -- the first scan that saw it so
    to_scan BIGINT REFERENCES scan (scan_no), -- the first scan of the series that did not; NULL while it holds
    body TEXT COLLATE "C" NOT NULL, -- JSON: last_used, and the scores of owners, which fade with age
    CHECK (to_scan IS NULL OR to_scan > from_scan)
);
CREATE UNIQUE INDEX activity_open ON activity (series_id, object_id) WHERE to_scan IS NULL;
CREATE INDEX activity_of_object ON activity (object_id);
CREATE INDEX activity_closed ON activity (series_id, to_scan) WHERE to_scan IS NOT NULL;

-- Findings as other systems ask for them.
CREATE TABLE finding (
    object_id BIGINT NOT NULL PRIMARY KEY REFERENCES object (object_id), -- the finding
    rule TEXT COLLATE "C" NOT NULL, -- the rule's slug
    severity BIGINT NOT NULL CHECK (severity BETWEEN 1 AND 5), -- 1 info to 5 critical, as last seen
    subject TEXT COLLATE "C" NOT NULL, -- node id of what is at fault
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'resolved')), -- resolved: its rule had all it needs and found it no more
    opened_scan BIGINT NOT NULL REFERENCES scan (scan_no), -- the scan that found it, the last time that it was new
    resolved_scan BIGINT REFERENCES scan (scan_no), -- the scan that found it no more
    CHECK ((state = 'resolved') = (resolved_scan IS NOT NULL))
);
CREATE INDEX finding_open ON finding (severity, rule) WHERE state = 'open';

-- What each scan changed in the inventory.
CREATE TABLE change_log (
    scan_no BIGINT NOT NULL REFERENCES scan (scan_no), -- the scan
    seq BIGINT NOT NULL CHECK (seq >= 0), -- counts from 0 in each scan
    op TEXT COLLATE "C" NOT NULL CHECK (op IN ('appeared', 'changed', 'gone', 'unconfirmed', 'returned')), -- what happened
    object_id BIGINT NOT NULL REFERENCES object (object_id), -- to what
    PRIMARY KEY (scan_no, seq)
);

-- The order of a list of a report, where it is not the one that the report's form prescribes.
CREATE TABLE arrangement (
    scan_no BIGINT NOT NULL REFERENCES scan (scan_no), -- the scan
    kind TEXT COLLATE "C" NOT NULL, -- the list, by the kind of its objects
    object_ids TEXT COLLATE "C" NOT NULL, -- JSON: the objects in their order
    PRIMARY KEY (scan_no, kind)
);
