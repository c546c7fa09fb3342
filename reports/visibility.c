/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/visibility.h"

#include <inttypes.h>
#include <stdio.h>

#include "analyzer/measure.h"

void visibility_note(struct visibility *v, const struct observation *o)
{
	enum sight sight = sight_of(o);

	v->encrypted += sight == SIGHT_ENCRYPTED;
	if (sight != SIGHT_JUDGED && sight != SIGHT_UNJUDGED)
		return;
	v->mails++;
	v->judged += sight == SIGHT_JUDGED;
	v->lost += o->gap;
}

int visibility_permille(const struct visibility *v)
{
	int64_t all = v->mails + v->encrypted;

	return all == 0 ? -1 : (int)(v->judged * 1000 / all);
}

void visibility_words(const struct visibility *v, char *out, size_t size)
{
	int permille = visibility_permille(v);

	if (permille < 0) {
		snprintf(out, size, "no mail was seen");
		return;
	}
	snprintf(out, size,
	    "the sender could be judged in %" PRId64 " of %" PRId64
	    " mails in the clear; %" PRId64
	    " encrypted sessions could not be read (visibility %d.%d %%)",
	    v->judged, v->mails, v->encrypted, permille / 10, permille % 10);
}

void visibility_json(const struct visibility *v, struct jsonw *j)
{
	int permille = visibility_permille(v);

	jsonw_key(j, "visibility");
	jsonw_object_begin(j);
	jsonw_kint(j, "mails", v->mails);
	jsonw_kint(j, "judged", v->judged);
	jsonw_kint(j, "lost", v->lost);
	jsonw_kint(j, "encrypted_sessions", v->encrypted);
	jsonw_key(j, "permille");
	if (permille < 0)
		jsonw_null(j);
	else
		jsonw_int(j, permille);
	jsonw_object_end(j);
}
