/* SPDX-License-Identifier: Apache-2.0 */
/* An incident as an XARF v4.2 report for another desk. */
#pragma once

#include "base/jsonw.h"
#include "store/db.h"
#include "store/rows.h"

struct xarf_reporter {
	const char *org;
	const char *contact; /* a mail address */
};

enum xarf_result {
	XARF_OK,
	XARF_NO_ABUSE,    /* of this kind nobody outside is told */
	XARF_NO_EVIDENCE, /* no row with an address is in the store */
	XARF_INSIDE,      /* all its addresses are of this network alone */
	XARF_DB           /* see db_error() */
};

/* Whether the contact can stand in a report: one address, LOCAL@DOMAIN. */
bool xarf_contact_ok(const char *contact);
/* One object. Nothing is written unless the result is XARF_OK. The same
 * store gives the same bytes. */
enum xarf_result xarf_write(struct jsonw *j, struct db *db,
    const struct incident *i, const struct xarf_reporter *r);
