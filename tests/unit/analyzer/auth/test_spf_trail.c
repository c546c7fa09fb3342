/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/spf_trail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct spf_answer *ask(struct spf_answer *before, enum rr_type type,
    const char *name, enum dns_status status)
{
	struct spf_answer *a = calloc(1, sizeof(*a) + strlen(name) + 1);

	assert_non_null(a);
	strcpy(a->name, name);
	a->type = type;
	a->known = true;
	a->status = status;
	a->next = before;
	return a;
}

static void forget(struct spf_answer *a)
{
	struct spf_answer *next;

	for (; a != NULL; a = next) {
		next = a->next;
		free(a);
	}
}

static void nothing_asked_is_an_empty_text(void **state)
{
	char text[64] = "x";

	(void)state;
	spf_trail(NULL, text, sizeof(text));
	assert_string_equal(text, "");
}

static void questions_come_in_their_order(void **state)
{
	struct spf_answer *a = NULL;
	char text[384];

	(void)state;
	a = ask(a, RR_TXT, "a.example", DNS_OK);
	a = ask(a, RR_MX, "a.example", DNS_NODATA);
	a = ask(a, RR_AAAA, "b.example", DNS_NXDOMAIN);
	a = ask(a, RR_PTR, "1.2.0.192.in-addr.arpa", DNS_FAIL);
	a = ask(a, RR_A, "c.example", DNS_OK);
	a->known = false;
	spf_trail(a, text, sizeof(text));
	assert_string_equal(text,
	    "TXT a.example, MX a.example nodata, AAAA b.example nxdomain, "
	    "PTR 1.2.0.192.in-addr.arpa failed, A c.example waiting");
	forget(a);
}

/* Whatever the size: no byte behind it, and no name that is cut. */
static void what_does_not_fit_is_counted(void **state)
{
	struct spf_answer *a = NULL;
	char text[384];

	(void)state;
	for (int i = 0; i < SPF_ANSWERS_MAX; i++)
		a = ask(a, RR_A, "abcdefgh.example", DNS_OK);
	for (size_t size = 16; size <= sizeof(text); size++) {
		const char *end;
		unsigned int names = 0, more;

		memset(text, 'x', sizeof(text));
		spf_trail(a, text, size);
		assert_non_null(memchr(text, '\0', size));
		for (const char *p = text;
		     (p = strstr(p, "A abcdefgh.example")); p++)
			names++;
		end = names > 0 ? strrchr(text, ',') + 2 : text;
		assert_int_equal(sscanf(end, "%u more", &more), 1);
		assert_int_equal(names + more, SPF_ANSWERS_MAX);
	}
	forget(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_asked_is_an_empty_text),
	    cmocka_unit_test(questions_come_in_their_order),
	    cmocka_unit_test(what_does_not_fit_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
