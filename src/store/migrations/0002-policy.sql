-- Policies as they were published.  A version never changes; what is in force is said by the
-- newest publication of a policy, so that going back is one more publication.
CREATE TABLE policy_version (
    id          INTEGER PRIMARY KEY,
    digest      TEXT NOT NULL UNIQUE,
    policy      TEXT NOT NULL,
    version     TEXT NOT NULL,
    UNIQUE (policy, version)
);

CREATE TABLE policy_file (
    version     INTEGER NOT NULL REFERENCES policy_version (id),
    path        TEXT NOT NULL,
    text        TEXT NOT NULL,
    PRIMARY KEY (version, path)
);

CREATE TABLE policy_publication (
    id          INTEGER PRIMARY KEY,
    version     INTEGER NOT NULL REFERENCES policy_version (id),
    author      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    created_ms  BIGINT NOT NULL
);

-- Labels that were made under a clause that a publication changed.
CREATE TABLE stale_label (
    label_set   INTEGER NOT NULL REFERENCES label_set (id),
    publication INTEGER NOT NULL REFERENCES policy_publication (id),
    clauses     TEXT NOT NULL,
    PRIMARY KEY (label_set, publication)
);

-- What gave factors: equal rows give equal factors of equal texts.
CREATE TABLE scorer (
    id          INTEGER PRIMARY KEY,
    release     TEXT NOT NULL,
    kernels     TEXT NOT NULL,
    max_pieces  BIGINT NOT NULL,
    UNIQUE (release, kernels, max_pieces)
);

-- text: SHA-256 of its bytes as they are.  factors: float32, little-endian, in the order of
-- the taxonomy; more may follow as it grows.
CREATE TABLE factor_score (
    scorer      INTEGER NOT NULL REFERENCES scorer (id),
    text        TEXT NOT NULL,
    factors     BLOB NOT NULL,
    language    TEXT NOT NULL,
    PRIMARY KEY (scorer, text)
);

-- request and place name a decision.  policy: digest of what it was made under; facts: JSON;
-- text: masked, and only where the settings say so.
CREATE TABLE decision (
    request     TEXT NOT NULL,
    place       INTEGER NOT NULL,
    input       TEXT NOT NULL,
    release     TEXT NOT NULL,
    policy      TEXT NOT NULL,
    facts       TEXT NOT NULL,
    text        TEXT,
    created_ms  BIGINT NOT NULL,
    PRIMARY KEY (request, place)
);

-- Cases that people have settled.  holds: whether the category does.
CREATE TABLE precedent (
    id          INTEGER PRIMARY KEY,
    policy      TEXT NOT NULL,
    category    TEXT NOT NULL,
    holds       INTEGER NOT NULL,
    clause      TEXT NOT NULL,
    digest      TEXT NOT NULL,
    text        TEXT NOT NULL,
    author      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    created_ms  BIGINT NOT NULL,
    UNIQUE (policy, category, digest)
);

-- Where a release puts a precedent: float32, little-endian.
CREATE TABLE precedent_vector (
    precedent   INTEGER NOT NULL REFERENCES precedent (id),
    release     TEXT NOT NULL,
    vector      BLOB NOT NULL,
    PRIMARY KEY (precedent, release)
);
