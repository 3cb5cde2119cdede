-- Who wrote a mail, what a folder is for, and what belongs together.

-- The acknowledgement answers a mail whose authentication passed: the caps count it apart.
ALTER TABLE letters ADD COLUMN proven INTEGER NOT NULL DEFAULT 0;
-- What is held, counted by its reason.
CREATE INDEX letters_held ON letters (held_because, created_at) WHERE state = 'held';
