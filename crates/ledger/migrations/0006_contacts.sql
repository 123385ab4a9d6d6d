-- Contacts that visitors left. What they typed is encrypted once more, by a key that is derived from
-- the keyring and from the salt of this row: without the row there is no such key any more.
CREATE TABLE contacts (
    id        BLOB    NOT NULL PRIMARY KEY, -- UUID, 16 bytes
    visit     BLOB    NOT NULL,             -- UUID of the visit, 16 bytes
    code      TEXT    NOT NULL UNIQUE,      -- receipt code that the visitor holds
    phone_tag BLOB,                         -- keyed digest of the number: finds it and tells nothing
    revision  INTEGER NOT NULL,             -- 1, rising with each change
    given_ms  INTEGER NOT NULL,             -- when the last change was agreed to, milliseconds UTC
    consent   TEXT    NOT NULL,             -- JSON; its purposes are those that still hold
    salt      BLOB    NOT NULL,             -- 32 random bytes of this visitor and revision
    card      BLOB    NOT NULL              -- XChaCha20-Poly1305: nonce, ciphertext
) STRICT, WITHOUT ROWID;
CREATE INDEX contacts_by_visit ON contacts (visit);
CREATE INDEX contacts_by_phone ON contacts (phone_tag) WHERE phone_tag IS NOT NULL;

-- What is sealed for headquarters and waits for its receipt: the last revision of each contact.
CREATE TABLE contact_outbox (
    contact  BLOB    NOT NULL PRIMARY KEY, -- UUID, 16 bytes
    revision INTEGER NOT NULL,
    line     TEXT    NOT NULL              -- the record as it travels
) STRICT, WITHOUT ROWID;
