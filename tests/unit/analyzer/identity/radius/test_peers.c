/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "analyzer/identity/radius/peers.h"
#include "base/clock.h"

static char path[] = "/tmp/sekisho-peers-XXXXXX";

/* Lines on standard error while fn runs. */
static int lines_of(void (*fn)(struct radius_peers *p), struct radius_peers *p)
{
	char name[] = "/tmp/sekisho-stderr-XXXXXX", text[65536];
	int fd = mkstemp(name), kept = dup(2), n = 0;
	ssize_t len;

	assert_true(fd >= 0 && kept >= 0);
	dup2(fd, 2);
	fn(p);
	dup2(kept, 2);
	close(kept);
	len = pread(fd, text, sizeof(text), 0);
	for (ssize_t i = 0; i < len; i++)
		n += text[i] == '\n';
	close(fd);
	unlink(name);
	return n;
}

static void flood(struct radius_peers *p)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, "192.0.2.7"), 0);
	for (int s = 0; s < 90; s++)
		for (int i = 0; i < 100; i++)
			radius_peers_warn(p, 0, &a, s * US_PER_S, "wrong");
}

static void strangers(struct radius_peers *p)
{
	struct addr a;

	assert_int_equal(addr_parse(&a, "198.51.100.1"), 0);
	for (int s = 0; s < 90; s++)
		for (int i = 0; i < 100; i++)
			assert_int_equal(
			    radius_peers_find(p, &a, s * US_PER_S), -1);
}

static void tell(struct radius_peers *p)
{
	radius_peers_log(p);
}

static void a_warning_comes_once_a_minute(void **state)
{
	char err[512];
	FILE *f = fdopen(mkstemp(path), "w");
	struct radius_peers *p;

	(void)state;
	assert_non_null(f);
	fputs("192.0.2.0/24 secret\n", f);
	fclose(f);
	p = radius_peers_new(path, err, sizeof(err));
	assert_non_null(p);
	assert_int_equal(lines_of(flood, p), 2);
	assert_int_equal(lines_of(strangers, p), 2);
	assert_int_equal(radius_peers_unknown(p), 9000);
	radius_peers_free(p);
	unlink(path);
}

static void counts_are_summed(void **state)
{
	char err[512], name[] = "/tmp/sekisho-peers-XXXXXX";
	FILE *f = fdopen(mkstemp(name), "w");
	struct radius_counts sum;
	struct radius_peers *p;
	struct addr a;
	int i, k;

	(void)state;
	fputs("192.0.2.0/24 secret\n192.0.2.1 other\n", f);
	fclose(f);
	p = radius_peers_new(name, err, sizeof(err));
	assert_non_null(p);
	assert_int_equal(addr_parse(&a, "192.0.2.1"), 0);
	i = radius_peers_find(p, &a, 1);
	assert_int_equal(addr_parse(&a, "192.0.2.2"), 0);
	k = radius_peers_find(p, &a, 1);
	assert_int_not_equal(i, k);
	assert_int_equal(radius_peers_secret(p, i).len, 5);
	radius_peers_counts(p, i)->received = 3;
	radius_peers_counts(p, k)->received = 4;
	radius_peers_counts(p, k)->targets_refused = 5;
	radius_peers_sum(p, &sum);
	assert_int_equal(sum.received, 7);
	assert_int_equal(sum.targets_refused, 5);
	assert_int_equal(lines_of(tell, p), 2);
	radius_peers_counts(p, k)->received = 0;
	assert_int_equal(lines_of(tell, p), 1);
	radius_peers_free(p);
	unlink(name);
	assert_null(radius_peers_new("/nonexistent", err, sizeof(err)));
	radius_peers_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_warning_comes_once_a_minute),
	    cmocka_unit_test(counts_are_summed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
