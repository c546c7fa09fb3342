/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/webhook/post.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"

#define REPLY_SIZE 121

struct post {
	const struct post_conf *conf;
	CURL *curl;
	char error[CURL_ERROR_SIZE];
	char reply[REPLY_SIZE]; /* the beginning of the answer's body */
	size_t n_reply;
};

/* The rest of the answer is thrown away. */
static size_t on_reply(char *data, size_t size, size_t n, void *arg)
{
	struct post *p = arg;

	for (size_t i = 0; i < n * size && p->n_reply + 1 < REPLY_SIZE; i++)
		p->reply[p->n_reply++] =
		    data[i] >= 0x20 && data[i] < 0x7f ? data[i] : ' ';
	p->reply[p->n_reply] = '\0';
	return n * size;
}

/* The connection is kept; a redirect is an answer like others. */
static CURLcode set_up(struct post *p)
{
	const struct post_conf *c = p->conf;
	CURLcode rc = CURLE_OK;

#define SET(option, value)                                                     \
	if (rc == CURLE_OK)                                                    \
	rc = curl_easy_setopt(p->curl, option, value)
	SET(CURLOPT_URL, c->url);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_TIMEOUT, c->timeout_s);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_USERAGENT, "sekisho/" SEKISHO_VERSION);
	SET(CURLOPT_ERRORBUFFER, p->error);
	SET(CURLOPT_WRITEFUNCTION, on_reply);
	SET(CURLOPT_WRITEDATA, p);
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

struct post *post_new(const struct post_conf *c, char *why, size_t n_why)
{
	struct post *p;
	CURLcode rc;

	if (check_url(c->url, why, n_why) != 0 ||
	    check_file(c->ca_file, why, n_why) != 0 ||
	    check_file(c->headers_file, why, n_why) != 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p != NULL)
		p->curl = curl_easy_init();
	if (p == NULL || p->curl == NULL) {
		snprintf(why, n_why, "no memory");
		post_free(p);
		return NULL;
	}
	p->conf = c;
	rc = set_up(p);
	if (rc != CURLE_OK) {
		snprintf(why, n_why, "libcurl: %s", curl_easy_strerror(rc));
		post_free(p);
		return NULL;
	}
	return p;
}

void post_free(struct post *p)
{
	if (p == NULL)
		return;
	curl_easy_cleanup(p->curl);
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

static void judge(struct post *p, struct order *o, CURLcode rc)
{
	char *location = NULL;
	curl_off_t wait_s = 0;
	long status = 0;

	if (rc != CURLE_OK) {
		order_refuse(o, "%s",
		    p->error[0] != '\0' ? p->error : curl_easy_strerror(rc));
		return;
	}
	(void)curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status < 300)
		return;
	o->permanent = is_permanent(status);
	(void)curl_easy_getinfo(p->curl, CURLINFO_REDIRECT_URL, &location);
	(void)curl_easy_getinfo(p->curl, CURLINFO_RETRY_AFTER, &wait_s);
	if (location != NULL)
		order_refuse(o,
		    "HTTP %ld: redirects are not followed; set the URL to "
		    "%.150s",
		    status, location);
	else if (wait_s > 0)
		order_refuse(o,
		    "HTTP %ld, again after %" CURL_FORMAT_CURL_OFF_T " s: %s",
		    status, wait_s, p->reply);
	else
		order_refuse(o, "HTTP %ld: %s", status, p->reply);
}

void post_send(struct post *p, struct order *o, const char *const *headers,
    const char *body, size_t len)
{
	struct curl_slist *list = NULL;
	CURLcode rc = CURLE_OK;

	for (; *headers != NULL; headers++)
		list = curl_slist_append(list, *headers);
	/* No round trip before the body. */
	list = curl_slist_append(list, "Expect:");
	p->error[0] = '\0';
	p->reply[0] = '\0';
	p->n_reply = 0;
	if (p->conf->headers_file != NULL &&
	    add_file(&list, p->conf->headers_file, o) != 0)
		goto out;
	rc = curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, list);
	if (rc == CURLE_OK)
		rc =
		    curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE, (long)len);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, body);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(p->curl);
	judge(p, o, rc);
out:
	(void)curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(list);
}
