-- Both SQLite and PostgreSQL run this file. Times are microseconds since 1970 in UTC, NULL where there is
-- none. BYTEA is PostgreSQL's name for bytes; SQLite takes any, and keeps what it is given. The tokens and
-- the verifier are sealed: one byte for the form, eight for the key's ID, the rest AES-256-GCM.

CREATE TABLE pme_connections (
	user_id       TEXT   NOT NULL,
	id            TEXT   NOT NULL,
	label         TEXT   NOT NULL,
	scopes        TEXT   NOT NULL, -- a JSON array
	connected     BIGINT,
	refreshed     BIGINT,
	refresh_token BYTEA,           -- NULL: the person has to connect again
	access_token  BYTEA,
	valid_until   BIGINT,          -- of the access token
	PRIMARY KEY (user_id, id)
);

CREATE TABLE pme_attempts (
	id            TEXT   NOT NULL PRIMARY KEY,
	user_id       TEXT   NOT NULL,
	connection_id TEXT   NOT NULL, -- empty for a new connection
	label         TEXT   NOT NULL,
	proof         BYTEA  NOT NULL, -- SHA-256 of what the browser keeps
	verifier      BYTEA,
	ends          BIGINT
);

CREATE INDEX pme_attempts_user ON pme_attempts (user_id);

CREATE INDEX pme_attempts_ends ON pme_attempts (ends);
