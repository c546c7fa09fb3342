/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a DMARC record: RFC 9989 sections 4.7 and 4.8. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/auth/align.h"

enum dmarc_policy { DMARC_POLICY_NONE, DMARC_QUARANTINE, DMARC_REJECT };
const char *dmarc_policy_name(enum dmarc_policy p);

enum dmarc_psd { DMARC_PSD_UNKNOWN, DMARC_PSD_NO, DMARC_PSD_YES };

struct dmarc_record {
	enum dmarc_policy p;  /* none where it is absent or no policy */
	enum dmarc_policy sp; /* as p where absent */
	enum dmarc_policy np; /* as sp where absent */
	enum align_mode adkim, aspf;
	enum dmarc_psd psd;
	bool testing; /* t=y */
	bool reports; /* rua= has an address */
	bool flawed;  /* a tag was passed over, for it is not in order */
};

/* False: no DMARC record at all. Unknown tags, and those that are not in
 * order, are ignored. */
bool dmarc_record_parse(struct dmarc_record *r, const char *text, size_t len);
