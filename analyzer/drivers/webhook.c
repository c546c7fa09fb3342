/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-webhook URL: a hook driver that posts each decision, signed
 * as Standard Webhooks 1.0.0. Trying again is the dispatcher's. */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/kit/options.h"
#include "analyzer/drivers/kit/talk.h"
#include "analyzer/drivers/webhook/post.h"
#include "analyzer/drivers/webhook/sign.h"
#include "base/log.h"

#define ENTRIES_MAX 1000000
#define TIMEOUT_S   15
/* All are answered when the last has ended: that is to be soon. */
#define BATCH_MAX POST_MAX

static const char mod[] = "driver-webhook";

struct app {
	struct post_conf conf;
	const char *keys_file; /* NULL: not signed */
	const char *source;    /* of a CloudEvent; NULL: none is made */
	const char *type;
	bool skip_restored;
	struct post *post;
	struct ledger *ledger; /* what the receiver has been told */
};

/* --- one request -----------------------------------------------------------*/

/* Nothing in it changes when the same order is sent again. The caller frees
 * it. NULL: no memory. */
static char *cloud_event(
    const struct app *app, const struct order *o, const char *id)
{
	struct jsonw j;
	const char *text;
	char value[128], *copy;

	jsonw_init(&j, NULL);
	jsonw_object_begin(&j);
	jsonw_kstring(&j, "specversion", "1.0");
	jsonw_kstring(&j, "id", id);
	jsonw_kstring(&j, "source", app->source);
	snprintf(value, sizeof(value), "%.80s.%s.v1", app->type,
	    o->op == ORDER_BLOCK     ? "block"
	    : o->op == ORDER_UNBLOCK ? "unblock"
				     : "test");
	jsonw_kstring(&j, "type", value);
	jsonw_kstring(
	    &j, "subject", o->op == ORDER_TEST ? "test" : o->subscriber);
	/* Extension "sequence": text that sorts like the number. */
	snprintf(value, sizeof(value), "%019" PRId64, o->seq);
	jsonw_kstring(&j, "sequence", value);
	jsonw_kstring(&j, "datacontenttype", "application/json");
	jsonw_key(&j, "data");
	jsonw_raw(&j, o->line);
	jsonw_object_end(&j);
	text = jsonw_take(&j);
	copy = text != NULL ? strdup(text) : NULL;
	jsonw_free(&j);
	return copy;
}

static int sign(const struct app *app, struct order *o, const char *id,
    int64_t now_s, const char *body, char *header, size_t n)
{
	char signature[SIGN_HEADER_SIZE], why[ORDER_ERROR_SIZE];
	struct sign_keys keys;
	int rc;

	/* Read anew each time, so that a rotation needs no restart. */
	if (sign_keys_read(&keys, app->keys_file, why, sizeof(why)) != 0) {
		order_refuse(o, "%s", why);
		return -1;
	}
	rc = sign_header(signature, &keys, id, now_s, body, strlen(body));
	explicit_bzero(&keys, sizeof(keys));
	if (rc != 0) {
		order_refuse(o, "the signature could not be made");
		return -1;
	}
	snprintf(header, n, "webhook-signature: %s", signature);
	return 0;
}

/* id: that of the order. */
static void send_as(struct app *app, struct order *o, const char *id)
{
	char id_header[SIGN_ID_SIZE + 16];
	char time_header[64], signature[SIGN_HEADER_SIZE + 24];
	const char *headers[5] = {
	    app->source != NULL ? "content-type: application/cloudevents+json"
				: "content-type: application/json",
	    id_header, time_header, NULL, NULL};
	int64_t now_s = (int64_t)time(NULL);
	char *event = NULL;
	const char *body = o->line;

	snprintf(id_header, sizeof(id_header), "webhook-id: %s", id);
	snprintf(time_header, sizeof(time_header),
	    "webhook-timestamp: %" PRId64, now_s);
	if (app->source != NULL) {
		event = cloud_event(app, o, id);
		if (event == NULL)
			log_fatal(mod, "no memory");
		body = event;
	}
	if (app->keys_file != NULL) {
		if (sign(app, o, id, now_s, body, signature,
			sizeof(signature)) != 0)
			goto out;
		headers[3] = signature;
	}
	post_send(app->post, o, headers, body, strlen(body));
out:
	free(event);
}

static void send_order(struct app *app, struct order *o)
{
	char id[SIGN_ID_SIZE];

	sign_order_id(id, o);
	send_as(app, o, id);
}

static struct order *test_order(void)
{
	static const char line[] = "{\"op\":\"test\",\"seq\":0,"
				   "\"subscriber\":\"test\"}";
	struct order *o = order_parse(line, sizeof(line) - 1);

	if (o == NULL || order_keep_line(o, line, sizeof(line) - 1) != 0)
		log_fatal(mod, "no memory");
	return o;
}

/* A delivery as any other, of nothing. */
static int test(void *arg, const struct order *asked, char *why, size_t n)
{
	struct order *o = test_order();
	char id[SIGN_ID_SIZE];
	int rc = -1;

	/* Each of its own: a test that is dropped tests nothing. */
	(void)snprintf(id, sizeof(id), "sekisho_test_%" PRId64 "_%" PRId64,
	    (int64_t)time(NULL), asked->id);
	send_as(arg, o, id);
	post_finish(((struct app *)arg)->post);
	if (o->error == NULL)
		rc = 0;
	else
		(void)snprintf(why, n, "%s", o->error);
	order_free(o);
	return rc;
}

/* --- orders ----------------------------------------------------------------*/

/* True: its request has ended, or is under way. */
static bool decide(struct app *app, struct order *o)
{
	bool restored = o->event != NULL && strcmp(o->event, "restored") == 0;

	if (ledger_is_old(app->ledger, o) ||
	    (!o->again && ledger_is_same(app->ledger, o)))
		return false;
	if (!(restored && app->skip_restored))
		send_order(app, o);
	return true;
}

/* Two orders of one subscriber are not decided by what the ledger held before
 * both. */
static bool has_subscriber(struct order **v, size_t n, const char *subscriber)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i]->subscriber, subscriber) == 0)
			return true;
	return false;
}

static void finish(struct app *app, struct order **v, size_t n)
{
	post_finish(app->post);
	for (size_t i = 0; i < n; i++)
		if (v[i]->error == NULL)
			ledger_note(app->ledger, v[i]);
}

static void apply(void *arg, struct order **v, size_t n)
{
	struct order *sent[BATCH_MAX];
	struct app *app = arg;
	size_t n_sent = 0;

	for (size_t i = 0; i < n; i++) {
		if (has_subscriber(sent, n_sent, v[i]->subscriber)) {
			finish(app, sent, n_sent);
			n_sent = 0;
		}
		if (decide(app, v[i]))
			sent[n_sent++] = v[i];
	}
	finish(app, sent, n_sent);
}

/* --- start -----------------------------------------------------------------*/

static void start(struct app *app)
{
	char why[ORDER_ERROR_SIZE];
	struct sign_keys keys;

	app->ledger = ledger_new();
	if (app->keys_file == NULL)
		log_fatal(mod,
		    "-k: give the file of the secret, or \"-k none\" "
		    "for requests that are not signed");
	if (strcmp(app->keys_file, "none") == 0)
		app->keys_file = NULL;
	else if (sign_keys_read(&keys, app->keys_file, why, sizeof(why)) != 0)
		log_fatal(mod, "-k: %s", why);
	explicit_bzero(&keys, sizeof(keys));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		log_fatal(mod, "libcurl cannot be used");
	app->post = post_new(&app->conf, why, sizeof(why));
	if (app->post == NULL)
		log_fatal(mod, "%s", why);
	if (app->conf.url != NULL && strncmp(app->conf.url, "http:", 5) == 0)
		log_warn(mod, "the URL is not https: anybody on the way reads "
			      "who is blocked");
}

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-webhook -k FILE [-c SOURCE] [-e TYPE] "
	      "[-a FILE] [-H FILE]\n"
	      "                              [-R] [-t SECONDS] URL\n"
	      "A hook driver of sekisho-hooks(8): posts each decision to URL.\n"
	      "  -k FILE     secrets (whsec_...), one a line; \"none\": not "
	      "signed\n"
	      "  -c SOURCE   as a CloudEvent of this source\n"
	      "  -e TYPE     begin of its type; sekisho.decision\n"
	      "  -a FILE     certificates of the authorities to trust\n"
	      "  -H FILE     further headers, one a line\n"
	      "  -R          do not post again after a restart (event "
	      "restored)\n"
	      "  -t SECONDS  for one request; 15\n"
	      "  --help, --version\n",
	    out);
}

static int options_read(struct app *app, int argc, char **argv)
{
	int c;

	while ((c = option_next(argc, argv, "k:c:e:a:H:Rt:")) != -1) {
		switch (c) {
		case 'k':
			app->keys_file = optarg;
			break;
		case 'c':
			app->source = optarg;
			break;
		case 'e':
			app->type = optarg;
			break;
		case 'a':
			app->conf.ca_file = optarg;
			break;
		case 'H':
			app->conf.headers_file = optarg;
			break;
		case 'R':
			app->skip_restored = true;
			break;
		case 't':
			app->conf.timeout_s =
			    option_number(mod, 't', optarg, 1, 300);
			break;
		default:
			return option_other(c, "sekisho-driver-webhook", usage);
		}
	}
	if (optind + 1 != argc) {
		usage(stderr);
		return 2;
	}
	app->conf.url = argv[optind];
	return -1;
}

int main(int argc, char **argv)
{
	static struct app app = {
	    .conf = {.timeout_s = TIMEOUT_S},
	    .type = "sekisho.decision",
	};
	int rc = options_read(&app, argc, argv);
	struct talk talk = {.mod = mod,
	    .ports = true,
	    .port_sets = true,
	    .max_entries = ENTRIES_MAX,
	    .batch_max = BATCH_MAX,
	    .keeps_lines = true,
	    .apply = apply,
	    .test = test,
	    .arg = &app};

	if (rc >= 0)
		return rc;
	(void)signal(SIGPIPE, SIG_IGN);
	start(&app);
	talk.told = app.ledger;
	talk_run(&talk, STDIN_FILENO, stdout);
	post_free(app.post);
	curl_global_cleanup();
	ledger_free(app.ledger);
	return 0;
}
