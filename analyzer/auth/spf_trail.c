/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_trail.h"

#include <stdio.h>
#include <string.h>

/* ", 255 more" */
#define TRAIL_END_BYTES 12

const char *rr_type_name(enum rr_type t)
{
	switch (t) {
	case RR_A:
		return "A";
	case RR_PTR:
		return "PTR";
	case RR_MX:
		return "MX";
	case RR_TXT:
		return "TXT";
	case RR_AAAA:
		return "AAAA";
	}
	return "?";
}

const char *spf_answer_status(const struct spf_answer *a)
{
	if (!a->known)
		return "waiting";
	switch (a->status) {
	case DNS_OK:
		return "ok";
	case DNS_NODATA:
		return "nodata";
	case DNS_NXDOMAIN:
		return "nxdomain";
	case DNS_FAIL:
		return "failed";
	}
	return "?";
}

size_t spf_answers_sort(const struct spf_answer *newest,
    const struct spf_answer *v[static SPF_ANSWERS_MAX])
{
	size_t n = 0, at;

	for (const struct spf_answer *a = newest; a; a = a->next)
		n++;
	at = n;
	for (const struct spf_answer *a = newest; a; a = a->next)
		v[--at] = a;
	return n;
}

void spf_trail(const struct spf_answer *newest, char *out, size_t size)
{
	const struct spf_answer *v[SPF_ANSWERS_MAX];
	size_t n = spf_answers_sort(newest, v), at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		const char *status = spf_answer_status(v[i]);
		bool ok = strcmp(status, "ok") == 0;
		size_t need = strlen(v[i]->name) + strlen(status) + 8;

		if (at + need + TRAIL_END_BYTES > size) {
			snprintf(out + at, size - at, "%s%zu more",
			    at > 0 ? ", " : "", n - i);
			return;
		}
		at += (size_t)snprintf(out + at, size - at, "%s%s %s%s%s",
		    at > 0 ? ", " : "", rr_type_name(v[i]->type), v[i]->name,
		    ok ? "" : " ", ok ? "" : status);
	}
}
