-- The record of gatepost, version 2: what a team puts on it in its first month.

-- What a person set on a ticket, as lists ask for it (projection).
ALTER TABLE tickets ADD COLUMN title TEXT;
ALTER TABLE tickets ADD COLUMN severity TEXT;
ALTER TABLE tickets ADD COLUMN waiting TEXT;        -- reporter, others
ALTER TABLE tickets ADD COLUMN they_publish TEXT;   -- the reporter's own date

-- A promise without a time only grows stale: it has no due_at.
CREATE TABLE deadlines_2 (
    ticket         INTEGER NOT NULL REFERENCES tickets (id),
    promise        TEXT NOT NULL,
    start          INTEGER NOT NULL REFERENCES facts (n),
    started_at     TEXT NOT NULL,
    due_at         TEXT,
    approaching_at TEXT,
    count          TEXT NOT NULL,   -- day by day, JSON
    -- projection
    open           INTEGER NOT NULL,
    next_at        TEXT,            -- when the clock looks at it again
    PRIMARY KEY (ticket, promise, start)
) STRICT, WITHOUT ROWID;
INSERT INTO deadlines_2 (ticket, promise, start, started_at, due_at, approaching_at, count, open, next_at)
    SELECT ticket, promise, start, started_at, due_at, approaching_at, count, open, next_at FROM deadlines;
DROP TABLE deadlines;
ALTER TABLE deadlines_2 RENAME TO deadlines;
CREATE INDEX deadlines_next ON deadlines (next_at) WHERE open = 1 AND next_at IS NOT NULL;

-- A folder may be numbered anew; what came by hand (`open`) lies in no folder of a server.
ALTER TABLE folders ADD COLUMN uidnext INTEGER NOT NULL DEFAULT 0;   -- at the last pass; 0: not told
ALTER TABLE folders ADD COLUMN swept_at TEXT NOT NULL DEFAULT '';    -- the last full sweep
ALTER TABLE folders ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0;

-- What a baseline message looks like, so that it is known again under another number.
ALTER TABLE baseline ADD COLUMN fingerprint TEXT;
CREATE INDEX baseline_by_fingerprint ON baseline (folder, fingerprint) WHERE fingerprint IS NOT NULL;

-- Pieces of a large mail that is being fetched; moved into bodies with its row.
CREATE TABLE staged (
    folder      INTEGER NOT NULL REFERENCES folders (id),
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    piece       INTEGER NOT NULL,
    bytes       BLOB NOT NULL,
    UNIQUE (folder, uidvalidity, uid, piece)
) STRICT;

-- Letters: since when the server says "not now" to this one; a copy for \Sent.
ALTER TABLE letters ADD COLUMN put_off_since TEXT;
ALTER TABLE letters ADD COLUMN filing TEXT;         -- wanted, done; none: not filed
-- The last fact of its ticket when a letter was written: what its writer knew.
ALTER TABLE letters ADD COLUMN seen INTEGER;
-- A reminder that knows no hours goes alone: it is never folded into a digest.
ALTER TABLE letters ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;
CREATE INDEX letters_to_file ON letters (id) WHERE filing = 'wanted';
-- 5.7.x: is the letter meant, or are we? open: nobody knows; last: the server has taken
-- another letter since.
ALTER TABLE letters ADD COLUMN doubt TEXT;
CREATE INDEX letters_in_doubt ON letters (id) WHERE doubt IS NOT NULL;

-- What the command channel is to be told. Raised and not over: it is on. Over and not
-- cleared: its end is still to be told.
CREATE TABLE alarms (
    key       TEXT PRIMARY KEY,
    text      TEXT NOT NULL,
    since     TEXT NOT NULL,
    raised_at TEXT,                 -- when the command took it last
    over_at   TEXT,
    again     INTEGER NOT NULL DEFAULT 0,   -- told now, whenever it was told last
    quiet     INTEGER NOT NULL DEFAULT 0,   -- not repeated: somebody has it, or once is enough
    asking    INTEGER NOT NULL DEFAULT 0,   -- the command has it, and its answer is not on record
    tried_at  TEXT NOT NULL DEFAULT ''      -- when the command was given it last
) STRICT, WITHOUT ROWID;

-- What health asks for every minute.
CREATE INDEX mails_unreadable ON mails (id) WHERE instr(defects, 'unreadable') > 0;
CREATE INDEX deadlines_open ON deadlines (due_at) WHERE open = 1;

-- What the team is told of as long as it lasts.
CREATE INDEX facts_undelivered ON facts (ticket) WHERE fact = 'undelivered';

-- Who is away: reminders go to the cover. Days are local, both ends included.
CREATE TABLE away (
    id    INTEGER PRIMARY KEY,
    who   TEXT NOT NULL,
    first TEXT NOT NULL,
    last  TEXT NOT NULL,
    cover TEXT NOT NULL,
    by    TEXT NOT NULL,
    at    TEXT NOT NULL
) STRICT;

-- The caps ask for each mail that comes in: of an address, of a domain, of all.
DROP INDEX letters_for_caps;
CREATE INDEX letters_for_caps ON letters (queued_at) WHERE kind = 'acknowledgement' AND queued_at IS NOT NULL;
CREATE INDEX letters_to_address ON letters (recipient_key, queued_at) WHERE kind = 'acknowledgement' AND queued_at IS NOT NULL;
CREATE INDEX letters_to_domain ON letters (recipient_domain, queued_at) WHERE kind = 'acknowledgement' AND queued_at IS NOT NULL;
