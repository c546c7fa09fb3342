-- SPDX-License-Identifier: Apache-2.0
-- Version 3: the look-ups behind a fail of SPF.
ALTER TABLE observation_00000000
	ADD COLUMN spf_trail TEXT;
