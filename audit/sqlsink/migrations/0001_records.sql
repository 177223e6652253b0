-- Both SQLite and PostgreSQL run this file. The line is the record; the other columns are for finding it, and say
-- what the line says. A time is microseconds since 1970 in UTC.

CREATE TABLE pme_audit_records (
	chain   TEXT   NOT NULL,
	number  BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	kind    TEXT   NOT NULL,
	user_id TEXT   NOT NULL, -- empty if it is about no user
	line    TEXT   NOT NULL,
	PRIMARY KEY (chain, number)
);

CREATE INDEX pme_audit_records_at ON pme_audit_records (chain, at, number);

CREATE INDEX pme_audit_records_kind ON pme_audit_records (kind, chain, number);

CREATE INDEX pme_audit_records_user ON pme_audit_records (user_id, chain, number);

-- The IDs and the names of the models of each record.
CREATE TABLE pme_audit_models (
	chain  TEXT   NOT NULL,
	number BIGINT NOT NULL,
	model  TEXT   NOT NULL,
	PRIMARY KEY (chain, number, model)
);

CREATE INDEX pme_audit_models_model ON pme_audit_models (model, chain, number);
