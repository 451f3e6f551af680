-- The archive: texts, what was said of them, and the immutable selections made of both.
-- Common subset of SQLite and PostgreSQL; ids are minted by us, times are milliseconds
-- since 1970, digests are 64 hex digits.

-- A recipe by its name, once per version (digest).  One version of a name is in force:
-- only its label sets count.
CREATE TABLE recipe (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    source      TEXT NOT NULL,
    licence     TEXT NOT NULL,
    in_force    INTEGER NOT NULL,
    created_ms  BIGINT NOT NULL,
    UNIQUE (name, digest)
);

-- One text, whoever brought it; source: who brought it first.
CREATE TABLE sample (
    id          INTEGER PRIMARY KEY,
    digest      TEXT NOT NULL UNIQUE,
    text        TEXT NOT NULL,
    language    TEXT NOT NULL,
    source      TEXT NOT NULL,
    pii_masked  INTEGER NOT NULL,
    created_ms  BIGINT NOT NULL
);

-- All that one origin says of one sample, as one line (data/label.h).  content: hash of
-- origin, labels, split and policy; the same again adds nothing.
CREATE TABLE label_set (
    id          INTEGER PRIMARY KEY,
    sample      INTEGER NOT NULL REFERENCES sample (id),
    recipe      INTEGER NOT NULL REFERENCES recipe (id),
    content     BIGINT NOT NULL,
    source      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    labels      TEXT NOT NULL,
    weight      DOUBLE PRECISION NOT NULL,
    group_name  TEXT NOT NULL,
    split       TEXT NOT NULL,
    policy      TEXT NOT NULL,
    created_ms  BIGINT NOT NULL,
    UNIQUE (sample, recipe, content)
);

-- One reading of one path through one recipe; the counts are those of the last commit.
CREATE TABLE ingest_run (
    id          INTEGER PRIMARY KEY,
    recipe      INTEGER NOT NULL REFERENCES recipe (id),
    path        TEXT NOT NULL,
    state       TEXT NOT NULL,
    row_count   BIGINT NOT NULL,
    sample_count    BIGINT NOT NULL,
    label_set_count BIGINT NOT NULL,
    bad_count   BIGINT NOT NULL,
    started_ms  BIGINT NOT NULL,
    changed_ms  BIGINT NOT NULL
);

-- options: what it was made with; report: what was left out and why (both JSON).
CREATE TABLE snapshot (
    id          INTEGER PRIMARY KEY,
    digest      TEXT NOT NULL UNIQUE,
    options     TEXT NOT NULL,
    report      TEXT NOT NULL,
    row_count   BIGINT NOT NULL,
    train_count BIGINT NOT NULL,
    calibrate_count BIGINT NOT NULL,
    test_count  BIGINT NOT NULL,
    cluster_count   BIGINT NOT NULL,
    excluded_count  BIGINT NOT NULL,
    created_ms  BIGINT NOT NULL
);

CREATE TABLE snapshot_name (
    name        TEXT PRIMARY KEY,
    snapshot    INTEGER NOT NULL REFERENCES snapshot (id),
    moved_ms    BIGINT NOT NULL
);

CREATE TABLE snapshot_row (
    snapshot    INTEGER NOT NULL REFERENCES snapshot (id),
    position    BIGINT NOT NULL,
    sample      INTEGER NOT NULL REFERENCES sample (id),
    source      TEXT NOT NULL,
    origin      TEXT NOT NULL,
    labels      TEXT NOT NULL,
    weight      DOUBLE PRECISION NOT NULL,
    group_name  TEXT NOT NULL,
    split       TEXT NOT NULL,
    cluster     BIGINT NOT NULL,
    PRIMARY KEY (snapshot, position)
);
