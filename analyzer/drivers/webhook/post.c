/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/webhook/post.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"

#define REPLY_SIZE 121

/* One request; its connection is libcurl's, which keeps it. */
struct transfer {
	CURL *curl;
	struct order *order; /* NULL: free */
	struct curl_slist *headers;
	char error[CURL_ERROR_SIZE];
	char reply[REPLY_SIZE]; /* the beginning of the answer's body */
	size_t n_reply;
};

struct post {
	const struct post_conf *conf;
	CURLM *multi;
	struct transfer v[POST_MAX];
};

/* The rest of the answer is thrown away. */
static size_t on_reply(char *data, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	for (size_t i = 0; i < n * size && t->n_reply + 1 < REPLY_SIZE; i++)
		t->reply[t->n_reply++] =
		    data[i] >= 0x20 && data[i] < 0x7f ? data[i] : ' ';
	t->reply[t->n_reply] = '\0';
	return n * size;
}

/* A redirect is an answer like others. */
static CURLcode set_up(struct transfer *t, const struct post_conf *c)
{
	CURLcode rc = CURLE_OK;

#define SET(option, value)                                                     \
	if (rc == CURLE_OK)                                                    \
	rc = curl_easy_setopt(t->curl, option, value)
	SET(CURLOPT_URL, c->url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT, c->timeout_s);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_USERAGENT, "sekisho/" SEKISHO_VERSION);
	SET(CURLOPT_ERRORBUFFER, t->error);
	SET(CURLOPT_WRITEFUNCTION, on_reply);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_POST, 1L);
	if (c->ca_file != NULL)
		SET(CURLOPT_CAINFO, c->ca_file);
#undef SET
	return rc;
}

static int check_url(const char *url, char *why, size_t n_why)
{
	CURLU *u = curl_url();
	CURLUcode rc = curl_url_set(u, CURLUPART_URL, url, 0);
	char *scheme = NULL;

	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0);
	if (rc == CURLUE_OK && strcmp(scheme, "https") != 0 &&
	    strcmp(scheme, "http") != 0)
		rc = CURLUE_UNSUPPORTED_SCHEME;
	if (rc != CURLUE_OK)
		snprintf(why, n_why,
		    "\"%.100s\" is no URL of https or http: %s", url,
		    curl_url_strerror(rc));
	curl_free(scheme);
	curl_url_cleanup(u);
	return rc == CURLUE_OK ? 0 : -1;
}

static int check_file(const char *path, char *why, size_t n_why)
{
	FILE *f = path != NULL ? fopen(path, "re") : NULL;

	if (path != NULL && f == NULL) {
		snprintf(why, n_why, "%.150s: %s", path, strerror(errno));
		return -1;
	}
	if (f != NULL)
		fclose(f);
	return 0;
}

/* NULL: done. */
static const char *make_transfers(struct post *p)
{
	CURLcode rc = CURLE_OK;

	p->multi = curl_multi_init();
	if (p->multi == NULL)
		return "no memory";
	for (size_t i = 0; i < POST_MAX && rc == CURLE_OK; i++) {
		p->v[i].curl = curl_easy_init();
		if (p->v[i].curl == NULL)
			return "no memory";
		rc = set_up(&p->v[i], p->conf);
	}
	return rc != CURLE_OK ? curl_easy_strerror(rc) : NULL;
}

struct post *post_new(const struct post_conf *c, char *why, size_t n_why)
{
	struct post *p;
	const char *problem;

	if (check_url(c->url, why, n_why) != 0 ||
	    check_file(c->ca_file, why, n_why) != 0 ||
	    check_file(c->headers_file, why, n_why) != 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		snprintf(why, n_why, "no memory");
		return NULL;
	}
	p->conf = c;
	problem = make_transfers(p);
	if (problem == NULL)
		return p;
	snprintf(why, n_why, "libcurl: %s", problem);
	post_free(p);
	return NULL;
}

void post_free(struct post *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < POST_MAX; i++)
		curl_easy_cleanup(p->v[i].curl);
	curl_multi_cleanup(p->multi);
	free(p);
}

/* Tokens are read anew each time: who changes the file need not restart
 * anything. */
static int add_file(struct curl_slist **list, const char *path, struct order *o)
{
	FILE *f = fopen(path, "re");
	char line[8192];

	if (f == NULL) {
		order_refuse(o, "%.150s: %s", path, strerror(errno));
		return -1;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			*list = curl_slist_append(*list, line);
	}
	fclose(f);
	return 0;
}

/* Again later is of use unless the receiver has understood and says no. */
static bool is_permanent(long status)
{
	return status >= 300 && status < 500 && status != 408 &&
	       status != 425 && status != 429;
}

static void judge(struct transfer *t, CURLcode rc)
{
	struct order *o = t->order;
	char *location = NULL;
	curl_off_t wait_s = 0;
	long status = 0;

	if (rc != CURLE_OK) {
		order_refuse(o, "%s",
		    t->error[0] != '\0' ? t->error : curl_easy_strerror(rc));
		return;
	}
	(void)curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status < 300)
		return;
	o->permanent = is_permanent(status);
	(void)curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &location);
	(void)curl_easy_getinfo(t->curl, CURLINFO_RETRY_AFTER, &wait_s);
	if (location != NULL)
		order_refuse(o,
		    "HTTP %ld: redirects are not followed; set the URL to "
		    "%.150s",
		    status, location);
	else if (wait_s > 0)
		order_refuse(o,
		    "HTTP %ld, again after %" CURL_FORMAT_CURL_OFF_T " s: %s",
		    status, wait_s, t->reply);
	else
		order_refuse(o, "HTTP %ld: %s", status, t->reply);
}

/* --- requests ----------------------------------------------------------*/

static void end_transfer(struct post *p, struct transfer *t)
{
	(void)curl_multi_remove_handle(p->multi, t->curl);
	(void)curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(t->headers);
	t->headers = NULL;
	t->order = NULL;
}

/* Judges what has ended. */
static void take_ended(struct post *p)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(p->multi, &left)) != NULL) {
		struct transfer *t = NULL;
		CURLcode rc = m->data.result; /* m goes with the handle */

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(
		    m->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		judge(t, rc);
		end_transfer(p, t);
	}
}

/* Each request has its own time-out. */
static size_t work(struct post *p)
{
	int running = 0;

	if (curl_multi_perform(p->multi, &running) == CURLM_OK && running > 0)
		(void)curl_multi_poll(p->multi, NULL, 0, 1000, NULL);
	take_ended(p);
	return (size_t)running;
}

void post_finish(struct post *p)
{
	while (work(p) > 0)
		;
	for (size_t i = 0; i < POST_MAX; i++) {
		if (p->v[i].order == NULL)
			continue;
		order_refuse(p->v[i].order, "libcurl lost the request");
		end_transfer(p, &p->v[i]);
	}
}

static struct transfer *find_free(struct post *p)
{
	for (size_t i = 0; i < POST_MAX; i++)
		if (p->v[i].order == NULL)
			return &p->v[i];
	return NULL;
}

void post_send(struct post *p, struct order *o, const char *const *headers,
    const char *body, size_t len)
{
	struct transfer *t = find_free(p);
	CURLcode rc;

	if (t == NULL) {
		post_finish(p);
		t = &p->v[0];
	}
	t->order = o;
	for (; *headers != NULL; headers++)
		t->headers = curl_slist_append(t->headers, *headers);
	/* No round trip before the body. */
	t->headers = curl_slist_append(t->headers, "Expect:");
	t->error[0] = '\0';
	t->reply[0] = '\0';
	t->n_reply = 0;
	if (p->conf->headers_file != NULL &&
	    add_file(&t->headers, p->conf->headers_file, o) != 0) {
		end_transfer(p, t);
		return;
	}
	rc = curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
	if (rc == CURLE_OK)
		rc =
		    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE, (long)len);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(t->curl, CURLOPT_COPYPOSTFIELDS, body);
	if (rc == CURLE_OK &&
	    curl_multi_add_handle(p->multi, t->curl) != CURLM_OK)
		rc = CURLE_OUT_OF_MEMORY;
	if (rc != CURLE_OK) {
		judge(t, rc);
		end_transfer(p, t);
	}
}
