-- The record of gatepost, version 1.
--
-- Instants are UTC, RFC 3339 with milliseconds and a Z, so that they sort as text.
-- A row is never changed where a fact can be added; the columns under "projection"
-- repeat what the facts say, written in the same transaction, because lists ask for
-- them; `audit` compares the two.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Each policy that a ticket was opened under, as it was read.
CREATE TABLE policies (
    digest  TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,
    text    TEXT NOT NULL,
    since   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE folders (
    id          INTEGER PRIMARY KEY,
    mailbox     TEXT NOT NULL,
    name        TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,   -- at the baseline
    baseline_at TEXT NOT NULL,
    looked_at   TEXT NOT NULL,      -- the last pass that ended well
    UNIQUE (mailbox, name)
) STRICT;

-- What was there before gatepost: no letter, no clock, no reminder for it.
CREATE TABLE baseline (
    folder      INTEGER NOT NULL REFERENCES folders (id),
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    PRIMARY KEY (folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

-- Mails that are being taken in: counted before the first byte is parsed, deleted by
-- the transaction that writes the mail's row.
CREATE TABLE attempts (
    folder      INTEGER NOT NULL REFERENCES folders (id),
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    last_at     TEXT NOT NULL,
    PRIMARY KEY (folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
    id            INTEGER PRIMARY KEY,
    reference     TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL UNIQUE,
    mailbox       TEXT NOT NULL,
    class         TEXT,
    policy        TEXT NOT NULL REFERENCES policies (digest),
    opened_at     TEXT NOT NULL,    -- receipt of its first mail
    subject       TEXT NOT NULL,
    reporter      TEXT,             -- the one address that letters go to
    reporter_name TEXT NOT NULL,
    claims        INTEGER REFERENCES tickets (id),
    -- projection
    stage         TEXT NOT NULL,
    outcome       TEXT,
    expected      TEXT,
    owner         TEXT,
    chased        INTEGER NOT NULL,
    due_at        TEXT,             -- the earliest open deadline
    last_fact     INTEGER NOT NULL
) STRICT;
CREATE INDEX tickets_open ON tickets (due_at) WHERE stage <> 'closed';

CREATE TABLE mails (
    id            INTEGER PRIMARY KEY,
    folder        INTEGER NOT NULL REFERENCES folders (id),
    uidvalidity   INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    received_at   TEXT NOT NULL,    -- INTERNALDATE, or our clock where that is unusable
    taken_at      TEXT NOT NULL,
    size          INTEGER NOT NULL, -- as the server says
    kept          INTEGER NOT NULL, -- bytes kept; fewer than size over the size limit
    digest        TEXT NOT NULL,    -- of the content
    message_id    TEXT,
    author        TEXT,
    author_name   TEXT NOT NULL,
    subject       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    kind_because  TEXT NOT NULL,
    place         TEXT NOT NULL,
    place_because TEXT NOT NULL,
    reply         TEXT NOT NULL,
    reply_because TEXT NOT NULL,
    defects       TEXT NOT NULL,    -- words, separated by spaces
    ticket        INTEGER REFERENCES tickets (id),  -- none: the tray
    gone_at       TEXT,             -- when it was found to be gone from the server
    UNIQUE (folder, uidvalidity, uid)
) STRICT;
CREATE INDEX mails_by_digest ON mails (digest);
CREATE INDEX mails_by_message_id ON mails (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX mails_by_ticket ON mails (ticket, id) WHERE ticket IS NOT NULL;
CREATE INDEX mails_in_tray ON mails (id) WHERE ticket IS NULL;

-- What a mail cites, so that a reply that came before its root finds it.
CREATE TABLE citations (
    message_id TEXT NOT NULL,
    mail       INTEGER NOT NULL REFERENCES mails (id),
    PRIMARY KEY (message_id, mail)
) STRICT, WITHOUT ROWID;

-- The raw bytes, in pieces of 1 MiB, each compressed (zstd) by itself.
CREATE TABLE bodies (
    mail  INTEGER NOT NULL REFERENCES mails (id),
    piece INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (mail, piece)
) STRICT;

-- Addresses of people on a ticket, in lower case.
CREATE TABLE people (
    ticket  INTEGER NOT NULL REFERENCES tickets (id),
    address TEXT NOT NULL,
    PRIMARY KEY (ticket, address)
) STRICT, WITHOUT ROWID;

-- The chain: append-only. `data` may be erased; `data_digest` stays, and the hash is
-- over the digest.
CREATE TABLE facts (
    n           INTEGER PRIMARY KEY,
    ticket      INTEGER NOT NULL REFERENCES tickets (id),
    at          TEXT NOT NULL,
    written_at  TEXT NOT NULL,
    fact        TEXT NOT NULL,
    by          TEXT NOT NULL,
    letter      INTEGER,
    mail        INTEGER,
    data        TEXT,
    data_digest TEXT NOT NULL,
    hash        TEXT NOT NULL
) STRICT;
CREATE INDEX facts_by_ticket ON facts (ticket, n);

-- A deadline is written when it starts, because a letter quotes it, and never changed.
CREATE TABLE deadlines (
    ticket         INTEGER NOT NULL REFERENCES tickets (id),
    promise        TEXT NOT NULL,
    start          INTEGER NOT NULL REFERENCES facts (n),
    started_at     TEXT NOT NULL,
    due_at         TEXT NOT NULL,
    approaching_at TEXT NOT NULL,
    count          TEXT NOT NULL,   -- day by day, JSON
    -- projection
    open           INTEGER NOT NULL,
    next_at        TEXT,            -- when the clock looks at it again
    PRIMARY KEY (ticket, promise, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX deadlines_next ON deadlines (next_at) WHERE open = 1 AND next_at IS NOT NULL;

-- The outbox. States: held, queued, offered, sent, unknown, refused, superseded, dropped.
CREATE TABLE letters (
    id               INTEGER PRIMARY KEY,
    ticket           INTEGER REFERENCES tickets (id),
    kind             TEXT NOT NULL,
    sender           TEXT NOT NULL,
    recipient        TEXT NOT NULL,
    recipient_key    TEXT NOT NULL, -- as the caps count it
    recipient_domain TEXT NOT NULL,
    state            TEXT NOT NULL,
    held_because     TEXT,
    by               TEXT NOT NULL,
    facts            TEXT NOT NULL, -- what its delivery makes true, JSON
    message_id       TEXT UNIQUE,   -- fixed with the bytes; none while held
    subject          TEXT NOT NULL,
    body             TEXT NOT NULL,
    bytes            BLOB,
    created_at       TEXT NOT NULL,
    queued_at        TEXT,
    not_before       TEXT NOT NULL,
    offers           INTEGER NOT NULL,
    attempts         INTEGER NOT NULL,
    last_error       TEXT,
    settled_at       TEXT,
    answer           TEXT           -- what the server said when it took it
) STRICT;
CREATE INDEX letters_waiting ON letters (not_before, id) WHERE state = 'queued';
CREATE INDEX letters_unsettled ON letters (id) WHERE state IN ('held', 'queued', 'offered', 'unknown', 'refused');
CREATE INDEX letters_by_ticket ON letters (ticket, id) WHERE ticket IS NOT NULL;
CREATE INDEX letters_for_caps ON letters (kind, queued_at) WHERE queued_at IS NOT NULL;

-- What the team was told. A key is unique per step and per person.
CREATE TABLE reminders (
    key    TEXT PRIMARY KEY,
    at     TEXT NOT NULL,
    letter INTEGER                  -- none: covered by a later step
) STRICT, WITHOUT ROWID;
