-- SPDX-License-Identifier: Apache-2.0
-- Version 9: how far a followed file was read is kept for leases, too.
ALTER TABLE login_position RENAME TO file_position;
