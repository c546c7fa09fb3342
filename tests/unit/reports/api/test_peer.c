/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cmocka.h>

#include "reports/api/peer.h"

static bool is_cut_off(int other)
{
	char c;

	return recv(other, &c, 1, MSG_DONTWAIT) == 0;
}

static void who_is_late_is_cut_off(void **state)
{
	struct peers s = {0};
	struct peer *p[3];
	int fd[3][2];

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd[i]), 0);
		p[i] = peers_add(&s, fd[i][0]);
		assert_non_null(p[i]);
	}
	assert_int_equal(s.n, 3);
	p[0]->deadline_ms = 1000;
	p[1]->deadline_ms = 2000;
	peers_sweep(&s, 1000);
	assert_false(is_cut_off(fd[0][1]));
	peers_sweep(&s, 1001);
	assert_true(is_cut_off(fd[0][1]));
	assert_false(is_cut_off(fd[1][1]));
	peer_leave(p[1]);
	peers_sweep(&s, INT64_MAX);
	assert_false(is_cut_off(fd[1][1]));
	assert_false(is_cut_off(fd[2][1]));

	peers_remove(&s, p[1]);
	assert_int_equal(s.n, 2);
	peers_drop(&s);
	assert_false(is_cut_off(fd[1][1]));
	assert_true(is_cut_off(fd[2][1]));
	peers_remove(&s, p[2]);
	peers_remove(&s, p[0]);
	assert_int_equal(s.n, 0);
	assert_null(s.first);
	for (int i = 0; i < 3; i++) {
		close(fd[i][0]);
		close(fd[i][1]);
	}
}

static void a_local_peer_has_a_user(void **state)
{
	struct peers s = {0};
	struct addr a, none;
	bool local;
	uid_t uid;
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	memset(&none, 0, sizeof(none));
	memset(&a, 1, sizeof(a));
	peer_who(peers_add(&s, fd[0]), &a, &uid, &local);
	assert_true(local);
	assert_int_equal(uid, getuid());
	assert_memory_equal(&a, &none, sizeof(a));
	peers_remove(&s, s.first);
	close(fd[0]);
	close(fd[1]);
}

static void a_peer_of_the_network_has_an_address(void **state)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
	} name = {.v4 = {.sin_family = AF_INET,
		      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}};
	int l = socket(AF_INET, SOCK_STREAM, 0), client, fd;
	socklen_t n = sizeof(name);
	struct peers s = {0};
	struct addr a;
	char text[ADDR_STRLEN];
	bool local;
	uid_t uid;

	(void)state;
	assert_int_equal(bind(l, &name.any, n), 0);
	assert_int_equal(listen(l, 1), 0);
	assert_int_equal(getsockname(l, &name.any, &n), 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(client, &name.any, n), 0);
	fd = accept(l, NULL, NULL);
	assert_true(fd >= 0);
	peer_who(peers_add(&s, fd), &a, &uid, &local);
	assert_false(local);
	assert_int_equal(uid, (uid_t)-1);
	addr_format(&a, text);
	assert_string_equal(text, "127.0.0.1");
	peers_remove(&s, s.first);
	close(fd);
	close(client);
	close(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_late_is_cut_off),
	    cmocka_unit_test(a_local_peer_has_a_user),
	    cmocka_unit_test(a_peer_of_the_network_has_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
