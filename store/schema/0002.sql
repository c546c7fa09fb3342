-- SPDX-License-Identifier: Apache-2.0
-- Version 2: rows of the kind summary, failed attempts told in one; what DKIM
-- and DMARC say of a sender, and the evidence for it.
ALTER TABLE observation_00000000
	ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation_00000000
	ADD COLUMN servers INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation_00000000
	ADD COLUMN header_from_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation_00000000
	ADD COLUMN dkim_evidence BLOB;
ALTER TABLE observation_00000000
	ADD COLUMN dkim_more INTEGER NOT NULL DEFAULT 0;
ALTER TABLE observation_00000000
	ADD COLUMN dkim TEXT;
ALTER TABLE observation_00000000
	ADD COLUMN dmarc TEXT;
