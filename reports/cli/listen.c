/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG       511
#define PEM_BYTES_MAX (1 << 20)

static bool is_set(const char *text)
{
	return text && *text != '\0';
}

/* --- TLS -------------------------------------------------------------------
 */

/* malloc'd; NULL with why. */
static char *slurp(
    const char *path, const char *what, char why[static LISTEN_WHY_LEN])
{
	FILE *f = fopen(path, "re");
	char *text = f ? calloc(1, PEM_BYTES_MAX + 1) : NULL;
	size_t n = text ? fread(text, 1, PEM_BYTES_MAX, f) : 0;

	if (text && (n == 0 || ferror(f) || strlen(text) != n)) {
		free(text);
		text = NULL;
		errno = EINVAL;
	}
	if (!text)
		snprintf(why, LISTEN_WHY_LEN,
		    "serve { %s } %.300s: it cannot be read: %s", what, path,
		    errno == EINVAL ? "it is no PEM file" : strerror(errno));
	if (f)
		fclose(f);
	return text;
}

int listen_tls_read(struct listen_tls *t, const struct conf *conf,
    char why[static LISTEN_WHY_LEN])
{
	t->cert = t->key = NULL;
	if (!is_set(conf->serve_tls_cert) && !is_set(conf->serve_tls_key))
		return 0;
	if (!is_set(conf->serve_tls_cert) || !is_set(conf->serve_tls_key)) {
		snprintf(why, LISTEN_WHY_LEN,
		    "serve: tls_cert and tls_key go together: set both, or "
		    "none");
		return -1;
	}
	t->cert = slurp(conf->serve_tls_cert, "tls_cert", why);
	if (t->cert)
		t->key = slurp(conf->serve_tls_key, "tls_key", why);
	if (t->key)
		return 0;
	listen_tls_free(t);
	return -1;
}

void listen_tls_free(struct listen_tls *t)
{
	if (t->key)
		OPENSSL_cleanse(t->key, strlen(t->key));
	free(t->cert);
	free(t->key);
	t->cert = t->key = NULL;
}

/* --- an address ------------------------------------------------------------
 */

union name {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
};

static socklen_t name_of(union name *to, const struct addr *a, uint16_t port)
{
	memset(to, 0, sizeof(*to));
	if (addr_is_v4(a)) {
		to->v4.sin_family = AF_INET;
		to->v4.sin_port = htons(port);
		memcpy(&to->v4.sin_addr, a->b + 12, 4);
		return sizeof(to->v4);
	}
	to->v6.sin6_family = AF_INET6;
	to->v6.sin6_port = htons(port);
	memcpy(&to->v6.sin6_addr, a->b, 16);
	return sizeof(to->v6);
}

static bool is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = {[15] = 1};

	return addr_is_v4(a) ? a->b[12] == 127
			     : memcmp(a->b, one, sizeof(one)) == 0;
}

int listen_address(const struct conf *conf, char why[static LISTEN_WHY_LEN])
{
	static const int on = 1;
	union name name;
	struct addr a;
	uint16_t port;
	socklen_t n;
	int fd;

	if (conf_listen_parse(
		conf->serve_listen, &a, &port, why, LISTEN_WHY_LEN) != 0)
		return -1;
	if (!is_loopback(&a) && !is_set(conf->serve_tls_cert) &&
	    !conf->serve_plain) {
		snprintf(why, LISTEN_WHY_LEN,
		    "serve { listen } %s: others than this machine would hear "
		    "passwords and tokens: set tls_cert and tls_key, or plain "
		    "= true",
		    conf->serve_listen);
		return -1;
	}
	n = name_of(&name, &a, port);
	fd = socket(
	    name.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (name.any.sa_family == AF_INET ||
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) ==
		    0) &&
	    bind(fd, &name.any, n) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	snprintf(why, LISTEN_WHY_LEN, "serve { listen } %s: %s; take another",
	    conf->serve_listen, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* --- a unix socket ---------------------------------------------------------
 */

/* 0: the path is free now; -1 with why. */
static int make_room(const char *path, const union name *name, int fd,
    char why[static LISTEN_WHY_LEN])
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(why, LISTEN_WHY_LEN,
		    "serve { socket } %s: this file is there and is no "
		    "socket; take another path",
		    path);
		return -1;
	}
	if (connect(fd, &name->any, sizeof(name->un)) == 0) {
		snprintf(why, LISTEN_WHY_LEN,
		    "serve { socket } %s: another program listens there; end "
		    "it, or take another path",
		    path);
		return -1;
	}
	(void)unlink(path);
	return 0;
}

int listen_unix(const char *path, char why[static LISTEN_WHY_LEN])
{
	union name name = {.un = {.sun_family = AF_UNIX}};
	int fd, probe;

	if (strlen(path) >= sizeof(name.un.sun_path)) {
		snprintf(why, LISTEN_WHY_LEN,
		    "serve { socket } %.120s: it is too long; a path of a "
		    "socket has at most %zu bytes",
		    path, sizeof(name.un.sun_path) - 1);
		return -1;
	}
	memcpy(name.un.sun_path, path, strlen(path) + 1);
	probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (probe >= 0 && make_room(path, &name, probe, why) != 0) {
		close(probe);
		return -1;
	}
	if (probe >= 0)
		close(probe);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && bind(fd, &name.any, sizeof(name.un)) == 0 &&
	    chmod(path, 0660) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	snprintf(why, LISTEN_WHY_LEN, "serve { socket } %s: %s", path,
	    strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}
