/* SPDX-License-Identifier: Apache-2.0 */
/* The real libunbound on data of its own: no packet leaves. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/auth/resolver.h"

static char zone_path[] = "/tmp/sekisho-zone-XXXXXX";
static uv_loop_t loop;
static struct resolver *open_one;

struct got {
	int called;
	enum dns_status status;
	size_t n, len;
	uint8_t data[1024];
};

static void keep(void *arg, const struct dns_answer *a)
{
	struct got *g = arg;

	g->called++;
	g->status = a->status;
	g->n = a->n;
	if (a->n > 0) {
		g->len = a->len[0];
		memcpy(g->data, a->data[0],
		    g->len < sizeof(g->data) ? g->len : sizeof(g->data));
	}
}

static void write_zone(const char *text)
{
	FILE *f = fopen(zone_path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct resolver *open_zone(void)
{
	char err[512];
	struct resolver *r =
	    resolver_new_unbound(&loop, NULL, zone_path, err, sizeof(err));

	if (!r)
		fail_msg("%s", err);
	open_one = r;
	return r;
}

/* The loop cannot end while one is open: a failed case must not hang. */
static void close_zone(void)
{
	if (open_one)
		open_one->free(open_one);
	open_one = NULL;
}

static int setup(void **state)
{
	char text[2048], filler[301];
	int fd;

	(void)state;
	strcpy(zone_path + strlen(zone_path) - 6, "XXXXXX");
	fd = mkstemp(zone_path);
	if (fd < 0)
		return -1;
	close(fd);
	memset(filler, 'x', 300);
	filler[300] = '\0';
	snprintf(text, sizeof(text),
	    "; a comment\n"
	    "$TTL 60\n"
	    ". 60 IN SOA ns.example. hostmaster.example. 1 60 60 60 60\n"
	    "a.example. 60 IN A 192.0.2.7\n"
	    "a.example. 60 IN A 192.0.2.8\n"
	    "a.example. 60 IN AAAA 2001:db8::7\n"
	    "m.example. 60 IN MX 10 a.example.\n"
	    "t.example. 60 IN TXT \"v=spf1 \" \"-all\"\n"
	    "long.example. 60 IN TXT \"%.255s\" \"%.45s\"\n"
	    "7.2.0.192.in-addr.arpa. 60 IN PTR a.example.\n",
	    filler, filler);
	write_zone(text);
	return uv_loop_init(&loop);
}

static int teardown(void **state)
{
	(void)state;
	close_zone();
	uv_run(&loop, UV_RUN_DEFAULT);
	unlink(zone_path);
	return uv_loop_close(&loop);
}

/* The poll handle keeps the loop alive: turn it until the answer is there. */
static struct got ask(struct resolver *r, const char *name, enum rr_type t)
{
	struct got g = {0};
	void *handle;

	assert_int_equal(r->ask(r, name, t, keep, &g, &handle), 0);
	assert_int_equal(g.called, 0);
	for (int i = 0; i < 5000 && !g.called; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	assert_int_equal(g.called, 1);
	return g;
}

static void records_come_as_rdata(void **state)
{
	struct resolver *r = open_zone();
	struct got g = ask(r, "a.example", RR_A);

	(void)state;
	assert_int_equal(g.status, DNS_OK);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.len, 4);
	g = ask(r, "A.EXAMPLE", RR_AAAA);
	assert_int_equal(g.len, 16);
	g = ask(r, "m.example", RR_MX);
	assert_memory_equal(g.data, "\0\012\1a\7example\0", 13);
	g = ask(r, "t.example", RR_TXT);
	assert_memory_equal(g.data, "\7v=spf1 \4-all", 13);
	g = ask(r, "long.example", RR_TXT);
	assert_int_equal(g.len, 302);
	g = ask(r, "7.2.0.192.in-addr.arpa", RR_PTR);
	assert_memory_equal(g.data, "\1a\7example\0", 11);
	close_zone();
}

static void what_is_not_there_says_how(void **state)
{
	struct resolver *r = open_zone();

	(void)state;
	assert_int_equal(ask(r, "a.example", RR_TXT).status, DNS_NODATA);
	assert_int_equal(ask(r, "b.example", RR_A).status, DNS_NXDOMAIN);
	/* real names too: nothing leaves the machine */
	assert_int_equal(ask(r, "www.example.com", RR_A).status, DNS_NXDOMAIN);
	close_zone();
}

static void equal_questions_are_answered_together(void **state)
{
	struct resolver *r = open_zone();
	struct got g[3] = {{0}, {0}, {0}};
	void *h[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(
		    r->ask(r, "a.example", RR_A, keep, &g[i], &h[i]), 0);
	r->cancel(r, h[1]);
	for (int i = 0; i < 5000 && !(g[0].called && g[2].called); i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		usleep(1000);
	}
	assert_int_equal(g[0].called, 1);
	assert_int_equal(g[1].called, 0);
	assert_int_equal(g[2].called, 1);
	close_zone();
}

static void an_end_with_open_questions_calls_nobody(void **state)
{
	struct resolver *r = open_zone();
	struct got g = {0};
	void *handle;

	(void)state;
	assert_int_equal(r->ask(r, "a.example", RR_A, keep, &g, &handle), 0);
	close_zone();
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(g.called, 0);
}

static void a_bad_zone_is_named_by_its_line(void **state)
{
	char err[512];

	(void)state;
	write_zone("a.example. 60 IN A 192.0.2.7\nthis is no record\n");
	assert_null(
	    resolver_new_unbound(&loop, NULL, zone_path, err, sizeof(err)));
	assert_non_null(strstr(err, ":2:"));
	write_zone("$ORIGIN example.\n");
	assert_null(
	    resolver_new_unbound(&loop, NULL, zone_path, err, sizeof(err)));
	assert_non_null(strstr(err, ":1:"));
	assert_null(resolver_new_unbound(
	    &loop, "not an address", NULL, err, sizeof(err)));
	assert_non_null(strstr(err, "not an address"));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(records_come_as_rdata),
	    CASE(what_is_not_there_says_how),
	    CASE(equal_questions_are_answered_together),
	    CASE(an_end_with_open_questions_calls_nobody),
	    CASE(a_bad_zone_is_named_by_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
