-- SPDX-License-Identifier: Apache-2.0
-- Version 1. docs/SCHEMA.md is the reading version.
CREATE TABLE meta (
	key TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The greatest number ever given, per kind of number.
CREATE TABLE sequence (
	name TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_cursor (
	agent TEXT NOT NULL,
	boot INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	PRIMARY KEY (agent, boot)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
	day INTEGER NOT NULL,
	name TEXT NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (day, name)
) STRICT, WITHOUT ROWID;

-- Which day tables there are.
CREATE TABLE observation_day (
	day INTEGER PRIMARY KEY,
	first_obs INTEGER NOT NULL,
	last_obs INTEGER NOT NULL,
	rows INTEGER NOT NULL
) STRICT;

-- The pattern of a day table, itself always empty: observation_20261124 is
-- made from it with 00000000 replaced. A migration's statement that names
-- 00000000 is run for the pattern and for every day there is.
CREATE TABLE observation_00000000 (
	obs_no INTEGER PRIMARY KEY,
	applied_no INTEGER,
	customer TEXT,
	kind TEXT NOT NULL,
	ts_us INTEGER NOT NULL,
	start_us INTEGER NOT NULL,
	agent TEXT,
	boot INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	flow_id INTEGER NOT NULL,
	client BLOB,
	client_port INTEGER NOT NULL,
	server BLOB,
	server_port INTEGER NOT NULL,
	line_class TEXT NOT NULL,
	traffic_case INTEGER NOT NULL,
	source_validated INTEGER NOT NULL,
	tier TEXT NOT NULL,
	outcome INTEGER NOT NULL,
	helo_verb INTEGER NOT NULL,
	helo_kind INTEGER NOT NULL,
	helo_null_literal INTEGER NOT NULL,
	helo TEXT,
	mail_from_seen INTEGER NOT NULL,
	mail_from_null INTEGER NOT NULL,
	mail_from TEXT,
	mail_from_hash BLOB,
	header_from TEXT,
	rcpt_count INTEGER NOT NULL,
	rcpt_accepted INTEGER NOT NULL,
	unknown_users INTEGER NOT NULL,
	rcpt_domains TEXT,
	reply_code INTEGER NOT NULL,
	reply_enhanced TEXT,
	reply_class INTEGER NOT NULL,
	reply_stage INTEGER NOT NULL,
	names_client INTEGER NOT NULL,
	declared_bytes INTEGER NOT NULL,
	seen_bytes INTEGER NOT NULL,
	tls INTEGER NOT NULL,
	end INTEGER NOT NULL,
	header_complete INTEGER NOT NULL,
	dkim_signature INTEGER NOT NULL,
	received_count INTEGER NOT NULL,
	gap INTEGER NOT NULL,
	authenticated INTEGER NOT NULL,
	auth_outcome INTEGER NOT NULL,
	auth_mechanism TEXT,
	dpi TEXT,
	not_smtp INTEGER NOT NULL,
	transactions INTEGER NOT NULL,
	auth_state TEXT NOT NULL,
	spf TEXT NOT NULL,
	spf_helo INTEGER NOT NULL,
	spf_domain TEXT,
	spf_address BLOB,
	spf_term TEXT,
	spf_record TEXT,
	spf_lookups INTEGER NOT NULL,
	verdict TEXT NOT NULL,
	verdict_reason TEXT,
	op TEXT NOT NULL,
	op_id INTEGER,
	op_until_us INTEGER,
	policy_hash TEXT,
	mode TEXT NOT NULL,
	label TEXT NOT NULL,
	weight_milli INTEGER NOT NULL,
	score_milli INTEGER NOT NULL
) STRICT;
-- By customer and row number, in parts of 16384 rows: new rows go to the few
-- pages of the last part, not to as many pages as there are customers.
CREATE INDEX observation_00000000_customer
	ON observation_00000000 (obs_no >> 14, customer)
	WHERE customer IS NOT NULL;
CREATE UNIQUE INDEX observation_00000000_applied
	ON observation_00000000 (applied_no) WHERE applied_no IS NOT NULL;
CREATE INDEX observation_00000000_unapplied
	ON observation_00000000 (obs_no) WHERE applied_no IS NULL;

-- Subscriber: a prefix during an interval. until_us NULL: still held.
CREATE TABLE lease (
	prefix BLOB NOT NULL CHECK (length(prefix) = 16),
	length INTEGER NOT NULL CHECK (length BETWEEN 0 AND 128),
	from_us INTEGER NOT NULL,
	source TEXT NOT NULL,
	until_us INTEGER CHECK (until_us > from_us),
	customer TEXT NOT NULL,
	line_class TEXT NOT NULL,
	own_domains TEXT,
	PRIMARY KEY (prefix, length, from_us, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_current ON lease (source) WHERE until_us IS NULL;
CREATE INDEX lease_customer ON lease (customer);

CREATE TABLE incident (
	id INTEGER PRIMARY KEY,
	kind TEXT NOT NULL,
	customer TEXT NOT NULL,
	line_class TEXT NOT NULL,
	state TEXT NOT NULL,
	closed_as TEXT NOT NULL,
	opened_us INTEGER NOT NULL,
	last_us INTEGER NOT NULL,
	closed_us INTEGER,
	first_obs INTEGER NOT NULL,
	last_obs INTEGER NOT NULL,
	observations INTEGER NOT NULL,
	servers INTEGER NOT NULL,
	unknown_users INTEGER NOT NULL,
	blocklisted INTEGER NOT NULL,
	spoofed INTEGER NOT NULL,
	score_milli INTEGER NOT NULL,
	peak_milli INTEGER NOT NULL,
	summary TEXT,
	policy_hash TEXT
) STRICT;
CREATE INDEX incident_customer ON incident (customer);

CREATE TABLE operator_action (
	id INTEGER PRIMARY KEY,
	ts_us INTEGER NOT NULL,
	actor TEXT,
	verb TEXT NOT NULL,
	target TEXT,
	customer TEXT,
	until_us INTEGER,
	reason TEXT,
	applied_obs INTEGER
) STRICT;
CREATE INDEX operator_action_waiting
	ON operator_action (id) WHERE applied_obs IS NULL;

-- Append-only. Deferred: within a transaction the order is free.
CREATE TABLE decision (
	seq INTEGER PRIMARY KEY,
	customer TEXT NOT NULL,
	line_class TEXT NOT NULL,
	action TEXT NOT NULL,
	cause TEXT NOT NULL,
	since_us INTEGER NOT NULL,
	until_us INTEGER,
	incident_id INTEGER
		REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
	ends_seq INTEGER
		REFERENCES decision DEFERRABLE INITIALLY DEFERRED,
	obs_no INTEGER,
	op_id INTEGER
		REFERENCES operator_action DEFERRABLE INITIALLY DEFERRED,
	step INTEGER NOT NULL,
	mode TEXT NOT NULL,
	policy_hash TEXT,
	reason TEXT
) STRICT;
CREATE INDEX decision_customer ON decision (customer);
CREATE INDEX decision_ends ON decision (ends_seq) WHERE ends_seq IS NOT NULL;

CREATE TABLE decision_target (
	decision_seq INTEGER NOT NULL
		REFERENCES decision DEFERRABLE INITIALLY DEFERRED,
	n INTEGER NOT NULL,
	prefix BLOB NOT NULL CHECK (length(prefix) = 16),
	length INTEGER NOT NULL CHECK (length BETWEEN 0 AND 128),
	PRIMARY KEY (decision_seq, n)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;
-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM decision WHERE seq = NEW.seq) BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;
CREATE TRIGGER decision_target_no_update BEFORE UPDATE ON decision_target
BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;
CREATE TRIGGER decision_target_no_delete BEFORE DELETE ON decision_target
BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;
CREATE TRIGGER decision_target_no_replace BEFORE INSERT ON decision_target
WHEN EXISTS (SELECT 1 FROM decision_target
	WHERE decision_seq = NEW.decision_seq AND n = NEW.n)
BEGIN
	SELECT raise(ABORT, 'decisions are append-only');
END;

-- One row per customer for whom more than the class rule holds now.
CREATE VIEW decision_in_force AS
WITH moment (now_us) AS (
	SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000000
), standing AS (
	SELECT d.*, row_number() OVER (
		PARTITION BY d.customer
		ORDER BY CASE
			WHEN d.cause = 'manual' AND d.action = 'allow' THEN 0
			WHEN d.cause = 'manual' THEN 1
			ELSE 2 END,
			d.seq DESC) AS place
	FROM decision d, moment
	WHERE d.cause IN ('manual', 'detector')
	AND d.since_us <= now_us
	AND (d.until_us IS NULL OR d.until_us > now_us)
	AND NOT EXISTS (SELECT 1 FROM decision e
		WHERE e.ends_seq = d.seq AND e.since_us <= now_us)
)
SELECT seq, customer, line_class, action, cause, since_us, until_us,
	incident_id, ends_seq, obs_no, op_id, step, mode, policy_hash, reason
FROM standing WHERE place = 1;

CREATE TABLE delivery (
	id INTEGER PRIMARY KEY,
	decision_seq INTEGER NOT NULL REFERENCES decision,
	driver TEXT NOT NULL,
	op TEXT,
	event TEXT,
	state TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	created_us INTEGER NOT NULL,
	next_us INTEGER NOT NULL,
	done_us INTEGER,
	error TEXT,
	UNIQUE (decision_seq, driver)
) STRICT;
CREATE INDEX delivery_state ON delivery (state, driver);
