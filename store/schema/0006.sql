-- SPDX-License-Identifier: Apache-2.0
-- Version 6: who asked for what. Rows are never changed; they go when they
-- are old, and their numbers do not come back.
CREATE TABLE audit (
	audit_no INTEGER PRIMARY KEY AUTOINCREMENT,
	at_us INTEGER NOT NULL,
	operator TEXT NOT NULL,
	source TEXT NOT NULL,
	verb TEXT NOT NULL,
	object TEXT,
	reason TEXT,
	detail TEXT,
	outcome TEXT NOT NULL
) STRICT;
CREATE INDEX audit_at ON audit (at_us);
CREATE INDEX audit_operator ON audit (operator);
CREATE INDEX audit_object ON audit (object) WHERE object IS NOT NULL;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN
	SELECT raise(ABORT, 'audit rows are never changed');
END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE audit_no = NEW.audit_no) BEGIN
	SELECT raise(ABORT, 'audit rows are never changed');
END;

-- What lists begin with: the newest evidence; what is not closed.
CREATE INDEX incident_last ON incident (last_us);
CREATE INDEX incident_open ON incident (state) WHERE state <> 'closed';
CREATE INDEX decision_since ON decision (since_us);
-- What may still be in force.
CREATE INDEX decision_until ON decision (until_us);
