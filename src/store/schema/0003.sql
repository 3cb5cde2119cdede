-- Who wrote a mail, what a folder is for, and what belongs together.

-- Whether our mail server vouches for who wrote a mail: pass, none, fail; and how we know.
ALTER TABLE mails ADD COLUMN authentication TEXT NOT NULL DEFAULT 'none';
ALTER TABLE mails ADD COLUMN authentication_because TEXT NOT NULL DEFAULT 'taken in before gatepost read it';

-- The reports of platforms, by the ids that the platforms give them.
CREATE TABLE platform_reports (
    platform TEXT NOT NULL,         -- its name in the config
    report   TEXT NOT NULL,
    ticket   INTEGER NOT NULL REFERENCES tickets (id),
    PRIMARY KEY (platform, report)
) STRICT, WITHOUT ROWID;
