/* SPDX-License-Identifier: Apache-2.0 */
/* What an accounting packet costs: radiusbench MODE N [RATE], with N requests
 * of 170 bytes over loopback, each another session.
 *   server   the receiver; what it is told is only counted
 *   bare     recvmmsg, MD5 of request and answer, sendmmsg
 * RATE requests a second; 0: as fast as they are answered. Who sends is a
 * process of its own, and not counted. */
#include <arpa/inet.h>
#include <err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/identity/radius/server.h"
#include "base/radius_auth.h"

#define BATCH   32
#define WINDOW  128
#define SECRET  "testing123"
#define TICK_NS 1000000L

static const struct radius_secret secret = {SECRET, sizeof(SECRET) - 1};
static long total, rate;

/* --- who sends ------------------------------------------------------------ */

static size_t put(uint8_t *b, size_t n, int type, const void *v, size_t len)
{
	b[n] = (uint8_t)type;
	b[n + 1] = (uint8_t)(len + 2);
	memcpy(b + n + 2, v, len);
	return n + len + 2;
}

static size_t make(uint8_t *b, long i, struct radius_auth *auth)
{
	static const uint8_t start[4] = {0, 0, 0, 1}, nas[4] = {192, 0, 2, 1};
	static const uint8_t pd[18] = {0, 56, 0x20, 1, 0xd, 0xb8, 0, 0x12};
	uint32_t now = htonl((uint32_t)time(NULL));
	uint8_t ip[4] = {
	    100, (uint8_t)(64 + (i >> 16) % 64), (uint8_t)(i >> 8), (uint8_t)i};
	size_t n = RADIUS_HEADER_BYTES;
	char text[64];

	memset(b, 0, n);
	b[0] = RADIUS_ACCOUNTING_REQUEST;
	b[1] = (uint8_t)i;
	n = put(b, n, RADIUS_ACCT_STATUS_TYPE, start, 4);
	snprintf(text, sizeof(text), "%016lx", i);
	n = put(b, n, RADIUS_ACCT_SESSION_ID, text, 16);
	snprintf(text, sizeof(text), "cust-%08ld@isp.example", i % 2000000);
	n = put(b, n, RADIUS_USER_NAME, text, strlen(text));
	n = put(b, n, RADIUS_NAS_IP_ADDRESS, nas, 4);
	n = put(b, n, RADIUS_NAS_IDENTIFIER, "bng1.isp.example", 16);
	n = put(b, n, RADIUS_NAS_PORT_ID, "eth 1/2/3:100.200", 17);
	n = put(b, n, RADIUS_FRAMED_IP_ADDRESS, ip, 4);
	n = put(b, n, RADIUS_DELEGATED_IPV6_PREFIX, pd, sizeof(pd));
	n = put(b, n, RADIUS_EVENT_TIMESTAMP, &now, 4);
	n = put(b, n, RADIUS_CLASS, "line=dynamic", 12);
	n = put(b, n, RADIUS_PROXY_STATE, "12345678", 8);
	b[2] = (uint8_t)(n >> 8);
	b[3] = (uint8_t)n;
	if (!radius_sign_request(auth, b, n, secret))
		errx(1, "cannot sign");
	return n;
}

/* What has come back; waits for something when it must. */
static long answers(int fd, bool wait)
{
	static uint8_t b[BATCH][256];
	struct mmsghdr m[BATCH];
	struct iovec iov[BATCH];
	int n;

	for (int i = 0; i < BATCH; i++) {
		iov[i] = (struct iovec){b[i], sizeof(b[i])};
		m[i] = (struct mmsghdr){
		    .msg_hdr = {.msg_iov = &iov[i], .msg_iovlen = 1}};
	}
	n = recvmmsg(fd, m, BATCH, wait ? MSG_WAITFORONE : MSG_DONTWAIT, NULL);
	return n > 0 ? n : 0;
}

static void send_some(int fd, long first, long n, struct radius_auth *auth)
{
	uint8_t b[RADIUS_PACKET_MAX];

	for (long i = 0; i < n; i++) {
		size_t len = make(b, first + i, auth);

		if (send(fd, b, len, 0) != (ssize_t)len)
			err(1, "send");
	}
}

static void send_all(uint16_t port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct radius_auth *auth = radius_auth_new();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	long sent = 0, got = 0, each = rate > 0 ? rate / 1000 : BATCH;
	struct timespec tick;

	if (auth == NULL || connect(fd, (void *)&sa, sizeof(sa)) != 0)
		err(1, "connect");
	clock_gettime(CLOCK_MONOTONIC, &tick);
	while (got < total) {
		long n = total - sent < each ? total - sent : each;

		if (sent - got < WINDOW && n > 0) {
			send_some(fd, sent, n, auth);
			sent += n;
		}
		if (rate > 0) {
			tick.tv_nsec += TICK_NS;
			tick.tv_sec += tick.tv_nsec / 1000000000L;
			tick.tv_nsec %= 1000000000L;
			clock_nanosleep(
			    CLOCK_MONOTONIC, TIMER_ABSTIME, &tick, NULL);
		}
		got += answers(fd, rate == 0 && sent - got >= WINDOW - BATCH);
		if (sent == total && got < total)
			got += answers(fd, true);
	}
}

/* Twice forked: wait4() of whoever measures us does not count it. */
static void start_sender(uint16_t port)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		if (fork() == 0) {
			alarm(120);
			send_all(port);
		}
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static int listen_any(uint16_t *port)
{
	struct sockaddr_in sa = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sa);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(fd, (void *)&sa, sizeof(sa)) != 0 ||
	    getsockname(fd, (void *)&sa, &len) != 0)
		err(1, "bind");
	*port = ntohs(sa.sin_port);
	return fd;
}

/* --- bare ----------------------------------------------------------------- */

static struct mmsghdr msg[BATCH];
static struct iovec iov_in[BATCH], iov_out[BATCH];
static struct sockaddr_in peer[BATCH];
static uint8_t in[BATCH][RADIUS_PACKET_MAX], out[BATCH][RADIUS_HEADER_BYTES];

static void md5(
    EVP_MD_CTX *ctx, const EVP_MD *md, const uint8_t *b, size_t n, uint8_t *to)
{
	uint8_t got[EVP_MAX_MD_SIZE];

	EVP_DigestInit_ex2(ctx, md, NULL);
	EVP_DigestUpdate(ctx, b, n);
	EVP_DigestUpdate(ctx, secret.bytes, secret.len);
	EVP_DigestFinal_ex(ctx, got, NULL);
	memcpy(to, got, RADIUS_AUTH_BYTES);
}

static void bare(void)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "MD5", NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint16_t port;
	int fd = listen_any(&port);
	uint8_t sink[RADIUS_AUTH_BYTES];

	start_sender(port);
	for (long done = 0; done < total;) {
		int n;

		for (int i = 0; i < BATCH; i++) {
			iov_in[i] = (struct iovec){in[i], sizeof(in[i])};
			msg[i] =
			    (struct mmsghdr){.msg_hdr = {.msg_name = &peer[i],
						 .msg_namelen = sizeof(peer[i]),
						 .msg_iov = &iov_in[i],
						 .msg_iovlen = 1}};
		}
		n = recvmmsg(fd, msg, BATCH, MSG_WAITFORONE, NULL);
		for (int i = 0; i < n; i++) {
			md5(ctx, md, in[i], msg[i].msg_len, sink);
			memcpy(out[i], in[i], RADIUS_HEADER_BYTES);
			out[i][0] = RADIUS_ACCOUNTING_RESPONSE;
			out[i][2] = 0;
			out[i][3] = RADIUS_HEADER_BYTES;
			md5(ctx, md, out[i], RADIUS_HEADER_BYTES, out[i] + 4);
			iov_out[i] =
			    (struct iovec){out[i], RADIUS_HEADER_BYTES};
			msg[i].msg_hdr.msg_iov = &iov_out[i];
		}
		if (n < 0 || sendmmsg(fd, msg, (unsigned int)n, 0) != n)
			err(1, "answer");
		done += n;
	}
	EVP_MD_CTX_free(ctx);
	EVP_MD_free(md);
}

/* --- the receiver --------------------------------------------------------- */

static uv_loop_t loop;
static long taken, batches;

static int take(void *arg, const struct lease_event *events, size_t n)
{
	(void)arg;
	(void)events;
	taken += (long)n;
	batches++;
	/* At the end of this turn: the answers go out first. */
	if (taken >= total)
		uv_stop(&loop);
	return 0;
}

static void server(void)
{
	char path[] = "/tmp/sekisho-radiusbench-XXXXXX", listen[64];
	char why[CONF_ERROR_BYTES];
	struct radius_server *s;
	struct conf c;
	uint16_t port;
	FILE *f = fdopen(mkstemp(path), "w");

	if (f == NULL || conf_load(&c, NULL, why) != 0)
		errx(1, "cannot start");
	fputs("127.0.0.1 " SECRET "\n", f);
	fclose(f);
	close(listen_any(&port));
	snprintf(listen, sizeof(listen), "127.0.0.1@%u", port);
	c.radius_listen = strdup(listen);
	c.radius_clients_file = strdup(path);
	uv_loop_init(&loop);
	s = radius_server_new(&loop, &c, take, NULL, why, sizeof(why));
	unlink(path);
	if (s == NULL)
		errx(1, "%s", why);
	start_sender(port);
	uv_run(&loop, UV_RUN_DEFAULT);
	radius_server_free(s);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	conf_free(&c);
	printf("%ld events in %ld batches\n", taken, batches);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		errx(2, "usage: radiusbench server|bare N [RATE]");
	total = atol(argv[2]);
	rate = argc > 3 ? atol(argv[3]) : 0;
	if (strcmp(argv[1], "bare") == 0)
		bare();
	else
		server();
	return 0;
}
