/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "analyzer/auth/dmarc_record.h"

static void only_the_version_makes_a_record(void **state)
{
	static const struct {
		const char *text;
		bool is;
	} rows[] = {
	    {"v=DMARC1", true},
	    {"v=DMARC1;", true},
	    {" v = DMARC1 ; p=none", true},
	    {"v=DMARC1;;p=?;=;", true},
	    {"", false},
	    {"v=dmarc1; p=none", false},
	    {"V=DMARC1; p=none", false},
	    {"v=DMARC2; p=none", false},
	    {"v=DMARC1 p=none", false},
	    {"v=DMARC1x", false},
	    {"p=none; v=DMARC1", false},
	    {";v=DMARC1", false},
	    {"v=spf1 -all", false},
	};
	struct dmarc_record r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (dmarc_record_parse(
			&r, rows[i].text, strlen(rows[i].text)) != rows[i].is)
			fail_msg("row %zu: %s", i, rows[i].text);
}

enum { N = DMARC_POLICY_NONE, Q = DMARC_QUARANTINE, R = DMARC_REJECT };

/* p, sp, np; adkim, aspf: strict; psd; t=y; reports; flawed */
static const struct {
	const char *text;
	int p, sp, np;
	bool adkim, aspf;
	int psd;
	bool testing, reports, flawed;
} rows[] = {
    {"", N, N, N, 0, 0, 0, 0, 0, 0},
    {"p=reject", R, R, R, 0, 0, 0, 0, 0, 0},
    {"P=Reject ; SP = None", R, N, N, 0, 0, 0, 0, 0, 0},
    {"sp=quarantine;p=reject", R, Q, Q, 0, 0, 0, 0, 0, 0},
    {"p=none;np=reject", N, N, R, 0, 0, 0, 0, 0, 0},
    {"np=none;sp=reject;p=quarantine", Q, R, N, 0, 0, 0, 0, 0, 0},
    {"p=reject;adkim=s;aspf=r", R, R, R, 1, 0, 0, 0, 0, 0},
    {"p=reject;adkim=r;aspf=S", R, R, R, 0, 1, 0, 0, 0, 0},
    {"psd=y", N, N, N, 0, 0, DMARC_PSD_YES, 0, 0, 0},
    {"psd=n", N, N, N, 0, 0, DMARC_PSD_NO, 0, 0, 0},
    {"psd=u;t=n", N, N, N, 0, 0, 0, 0, 0, 0},
    {"p=reject;t=y", R, R, R, 0, 0, 0, 1, 0, 0},
    {"rua=mailto:a@b.example", N, N, N, 0, 0, 0, 0, 1, 0},
    {"rua=mailto:a@b.example!10m, https://b.example/", N, N, N, 0, 0, 0, 0, 1,
	0},
    {"fo=0:1:d:s;pct=100;ruf=mailto:a@b.example", N, N, N, 0, 0, 0, 0, 0, 0},
    {"x=y;future=1;rf=afrf;ri=60", N, N, N, 0, 0, 0, 0, 0, 0},
    /* passed over */
    {"p=block", N, N, N, 0, 0, 0, 0, 0, 1},
    {"p=reject;sp=block", R, R, R, 0, 0, 0, 0, 0, 1},
    {"p=reject;p=none", R, R, R, 0, 0, 0, 0, 0, 1},
    {"p=reject;P=none", R, R, R, 0, 0, 0, 0, 0, 1},
    {"p=reject;?;adkim=s", R, R, R, 1, 0, 0, 0, 0, 1},
    {"p=reject;;adkim=s", R, R, R, 1, 0, 0, 0, 0, 1},
    {"adkim=x;aspf=", N, N, N, 0, 0, 0, 0, 0, 1},
    {"psd=maybe", N, N, N, 0, 0, 0, 0, 0, 1},
    {"t=1", N, N, N, 0, 0, 0, 0, 0, 1},
    {"rua=b.example", N, N, N, 0, 0, 0, 0, 0, 1},
    {"rua=,mailto:a@b.example", N, N, N, 0, 0, 0, 0, 1, 1},
    {"rua=mailto:a b", N, N, N, 0, 0, 0, 0, 0, 1},
    {"ruf=", N, N, N, 0, 0, 0, 0, 0, 1},
    {"fo=2", N, N, N, 0, 0, 0, 0, 0, 1},
    {"pct=101", N, N, N, 0, 0, 0, 0, 0, 1},
    {"pct=-1", N, N, N, 0, 0, 0, 0, 0, 1},
    {"pct=1000", N, N, N, 0, 0, 0, 0, 0, 1},
};

static void tags_are_read(void **state)
{
	struct dmarc_record r;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int n =
		    snprintf(text, sizeof(text), "v=DMARC1;%s", rows[i].text);

		assert_true(dmarc_record_parse(&r, text, (size_t)n));
		if ((int)r.p != rows[i].p || (int)r.sp != rows[i].sp ||
		    (int)r.np != rows[i].np ||
		    (r.adkim == ALIGN_STRICT) != rows[i].adkim ||
		    (r.aspf == ALIGN_STRICT) != rows[i].aspf ||
		    (int)r.psd != rows[i].psd || r.testing != rows[i].testing ||
		    r.reports != rows[i].reports || r.flawed != rows[i].flawed)
			fail_msg("row %zu: %s", i, rows[i].text);
	}
}

/* 4 kB of semicolons end after a bounded number of tags. */
static void a_long_record_is_cut(void **state)
{
	char text[4096];
	struct dmarc_record r;

	(void)state;
	memset(text, ';', sizeof(text));
	memcpy(text, "v=DMARC1", 8);
	memcpy(text + sizeof(text) - 9, ";p=reject", 9);
	assert_true(dmarc_record_parse(&r, text, sizeof(text)));
	assert_true(r.flawed);
	assert_int_equal(r.p, DMARC_POLICY_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_the_version_makes_a_record),
	    cmocka_unit_test(tags_are_read),
	    cmocka_unit_test(a_long_record_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
