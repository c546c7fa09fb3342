/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of the privileged parent, done directly and asked for. */
#include "capture/priv.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/privsep/slot.h"

struct world {
	char dir[64], socket[96], spool[96];
	int listener;
};

static void begin(struct world *w)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	snprintf(w->dir, sizeof(w->dir), "/tmp/sekisho-priv-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->socket, sizeof(w->socket), "%s/s", w->dir);
	snprintf(w->spool, sizeof(w->spool), "%s/spool", w->dir);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", w->socket);
	w->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(w->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(w->listener, 4), 0);
}

static void done(struct world *w)
{
	close(w->listener);
	unlink(w->socket);
	rmdir(w->spool);
	assert_int_equal(rmdir(w->dir), 0);
}

/* The same for both ways. Numbers of failed steps, 0: none. */
static int use(struct priv *p)
{
	uint64_t list[4], a = priv_spool_number(p, 7),
			  b = priv_spool_number(p, 3);
	char text[4] = "";
	int fd = priv_connect(p);

	if (fd < 0 || close(fd) != 0)
		return 1;
	if (priv_spool_list(p, list, 4) != 0)
		return 2;
	fd = priv_spool_open(p, a, true);
	if (fd < 0 || write(fd, "abc", 3) != 3 || close(fd) != 0)
		return 3;
	if (priv_spool_open(p, a, true) != -EEXIST)
		return 4;
	fd = priv_spool_open(p, a, false);
	if (fd < 0 || read(fd, text, 3) != 3 || strcmp(text, "abc") != 0)
		return 5;
	close(fd);
	fd = priv_spool_open(p, b, true);
	if (fd < 0 || close(fd) != 0)
		return 6;
	if (priv_spool_list(p, list, 4) != 2 || list[0] != b || list[1] != a)
		return 7;
	if (priv_spool_list(p, list, 1) != 1)
		return 8;
	if (priv_spool_remove(p, a) != 0 || priv_spool_remove(p, b) != 0 ||
	    priv_spool_remove(p, b) != -ENOENT)
		return 9;
	if (priv_spool_open(p, b, false) != -ENOENT)
		return 10;
	return 0;
}

static void files_and_socket_are_reached_directly(void **state)
{
	struct world w;
	struct priv *p;

	(void)state;
	begin(&w);
	p = priv_new_direct(w.socket, w.spool);
	assert_non_null(p);
	assert_int_equal(use(p), 0);
	priv_free(p);
	done(&w);
}

static void a_directory_has_one_owner(void **state)
{
	struct world w;
	struct priv *p, *other;
	uint64_t list[1];

	(void)state;
	begin(&w);
	p = priv_new_direct(w.socket, w.spool);
	other = priv_new_direct(w.socket, w.spool);
	assert_int_equal(priv_spool_list(p, list, 1), 0);
	assert_int_equal(priv_spool_list(other, list, 1), -EBUSY);
	assert_int_equal(priv_spool_open(other, 1, true), -EBUSY);
	assert_int_equal(priv_spool_remove(other, 1), -EBUSY);
	priv_free(p);
	assert_int_equal(priv_spool_list(other, list, 1), 0);
	priv_free(other);
	done(&w);
}

static void without_a_spool_there_are_no_files(void **state)
{
	struct priv *p = priv_new_direct("/nonexistent/socket", NULL);
	uint64_t list[1];

	(void)state;
	assert_non_null(p);
	assert_int_equal(priv_spool_list(p, list, 1), -ENOENT);
	assert_int_equal(priv_spool_open(p, 1, true), -ENOENT);
	assert_int_equal(priv_connect(p), -ENOENT);
	priv_free(p);
}

/* Runs job as worker index of a set; its result. */
static int as_worker(struct world *w, unsigned int index, unsigned int workers,
    int (*job)(struct priv *))
{
	char err[SLOT_ERROR_BYTES];
	struct reach *r = reach_new(w->socket, w->spool, workers);
	struct slot s;
	int fd, status;
	pid_t pid;

	assert_non_null(r);
	assert_int_equal(slot_init(&s, index, workers, NULL, err), 0);
	pid = slot_fork(&s, &fd);
	assert_true(pid >= 0);
	if (pid == 0) {
		struct priv *p = priv_new_asking(fd, index);
		int rc = job(p);

		priv_free(p);
		_exit(rc);
	}
	while (s.fd >= 0) {
		slot_serve(&s, r);
		usleep(200);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	slot_ended(&s);
	slot_close(&s);
	reach_free(r);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_worker_gets_them_from_its_parent(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(as_worker(&w, 1, 2, use), 0);
	done(&w);
}

static int make_one(struct priv *p)
{
	int fd = priv_spool_open(p, priv_spool_number(p, 1), true);

	return fd >= 0 ? 0 : -fd;
}

static int remove_foreign(struct priv *p)
{
	return -priv_spool_remove(p, (UINT64_C(1) << 48) | 1);
}

static int adopt(struct priv *p)
{
	uint64_t list[4];

	if (priv_spool_list(p, list, 4) != 1 ||
	    list[0] != ((UINT64_C(1) << 48) | 1))
		return 1;
	return -priv_spool_remove(p, list[0]);
}

static void a_worker_has_its_own_files_only(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	assert_int_equal(as_worker(&w, 1, 2, make_one), 0);
	assert_int_equal(as_worker(&w, 0, 2, remove_foreign), EPERM);
	/* A set of one takes over what the second of two left. */
	assert_int_equal(as_worker(&w, 0, 1, adopt), 0);
	done(&w);
}

static void what_is_no_request_ends_the_talk(void **state)
{
	char err[SLOT_ERROR_BYTES];
	struct slot s;
	int pair[2];

	(void)state;
	assert_int_equal(slot_init(&s, 0, 1, NULL, err), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	s.fd = pair[0];
	assert_int_equal(send(pair[1], "hello", 5, 0), 5);
	slot_serve(&s, NULL);
	assert_int_equal(s.fd, -1);
	close(pair[1]);
	slot_close(&s);
}

static void pauses_grow_and_begin_anew(void **state)
{
	struct slot s = {.pause_ms = 200};

	(void)state;
	assert_int_equal(slot_plan(&s, 1000), 200);
	assert_int_equal(s.due_ms, 1200);
	assert_int_equal(slot_plan(&s, 1200), 400);
	for (int i = 0; i < 20; i++)
		(void)slot_plan(&s, 1200);
	assert_int_equal(slot_plan(&s, 1200), 30000);
	assert_int_equal(slot_plan(&s, 40000), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(files_and_socket_are_reached_directly),
	    cmocka_unit_test(a_directory_has_one_owner),
	    cmocka_unit_test(without_a_spool_there_are_no_files),
	    cmocka_unit_test(a_worker_gets_them_from_its_parent),
	    cmocka_unit_test(a_worker_has_its_own_files_only),
	    cmocka_unit_test(what_is_no_request_ends_the_talk),
	    cmocka_unit_test(pauses_grow_and_begin_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
