/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/letter.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/letter/date.h"
#include "reports/letter/find.h"
#include "reports/letter/mail.h"
#include "reports/out/address.h"
#include "reports/out/text.h"
#include "reports/out/timezone.h"

#define VALUE_BYTES 1536

struct values {
	const struct letter_facts *facts;
	const struct conf *conf;
	const char *lang;
	char text[LETTER_FIELD_COUNT][VALUE_BYTES];
	const char *v[LETTER_FIELD_COUNT];
};

/* Foreign text: no control character, nothing that turns the text round. */
static void put(struct values *v, enum letter_field f, const char *text)
{
	if (text)
		text_safe(text, v->text[f], VALUE_BYTES);
}

static void put_number(struct values *v, enum letter_field f, int64_t n)
{
	if (n > 0)
		text_grouped(n, v->text[f]);
}

static void put_time(struct values *v, enum letter_field f,
    enum letter_date_form form, int64_t ts_us)
{
	char date[LETTER_DATE_BYTES];

	if (ts_us != 0)
		put(v, f,
		    letter_date(ts_us, form, v->conf->letters_time_zone,
			v->lang, date));
}

/* Names that a bot chose: with "[.]" no reader makes a link of them. */
static void put_domains(struct values *v)
{
	const struct letter_facts *f = v->facts;
	char *out = v->text[LETTER_SENDER_DOMAINS];
	size_t at = 0;

	for (int i = 0; i < f->n_domains; i++) {
		char safe[2 * ROW_DOMAIN_LEN];

		text_safe(f->domains[i], safe, sizeof(safe));
		if (at + 3 * strlen(safe) + 8 >= VALUE_BYTES)
			break;
		if (i > 0)
			at += (size_t)sprintf(out + at, ", ");
		for (const char *c = safe; *c != '\0'; c++)
			at += (size_t)sprintf(
			    out + at, *c == '.' ? "[%c]" : "%c", *c);
	}
	if (f->more_domains)
		sprintf(out + at, ", ...");
}

static void put_conf(struct values *v)
{
	const struct conf *c = v->conf;

	put(v, LETTER_PROVIDER, c->provider);
	put(v, LETTER_CONTACT, c->letters_contact);
	put(v, LETTER_HELP_URL, c->letters_help_url);
	put(v, LETTER_SUBMISSION_HOST, c->letters_submission_host);
	put(v, LETTER_SENDING_HOST, c->letters_sending_host);
	snprintf(v->text[LETTER_SUBMISSION_PORT], VALUE_BYTES, "%" PRId64,
	    c->letters_submission_port);
	snprintf(v->text[LETTER_SUBMISSIONS_PORT], VALUE_BYTES, "%" PRId64,
	    c->letters_submissions_port);
}

/* One network is no number of networks: then something else showed that the
 * password is not its owner's alone. */
static int64_t servers_told(const struct incident *i)
{
	return i->kind == INCIDENT_COMPROMISED_ACCOUNT && i->servers == 1
		   ? 0
		   : i->servers;
}

static void put_facts(struct values *v, int64_t at_us)
{
	static const struct addr none;
	const struct letter_facts *f = v->facts;
	const struct addr client = f->client;
	char address[ADDR_STRLEN];

	put(v, LETTER_CUSTOMER, f->customer);
	put(v, LETTER_REFERENCE, f->reference);
	put_time(v, LETTER_TODAY, LETTER_DATE_DAY, at_us);
	if (!addr_equal(&client, &none))
		put(v, LETTER_ADDRESS, addr_format(&client, address));
	put_time(v, LETTER_FIRST_SEEN, LETTER_DATE_TIME, f->first_us);
	put_time(v, LETTER_LAST_SEEN, LETTER_DATE_TIME, f->last_us);
	put_number(v, LETTER_SIGHTINGS, f->incident.observations);
	put_number(v, LETTER_SERVERS, servers_told(&f->incident));
	put_number(v, LETTER_UNKNOWN_USERS, f->incident.unknown_users);
	put_number(v, LETTER_LISTED, f->incident.blocklisted);
	put_number(v, LETTER_SPOOFED_MAILS, f->incident.spoofed);
	put_domains(v);
	put_time(v, LETTER_BLOCKED_SINCE, LETTER_DATE_TIME,
	    f->blocked ? f->blocked_since_us : 0);
	put_time(v, LETTER_BLOCKED_UNTIL, LETTER_DATE_TIME,
	    f->blocked ? f->blocked_until_us : 0);
	put_time(v, LETTER_RELEASED_AT, LETTER_DATE_TIME, f->released_us);
}

static int need(const char *value, const char *key, char *err)
{
	if (value)
		return 0;
	snprintf(err, LETTER_ERROR_BYTES,
	    "%s is not set: a letter names it; set it in the configuration, "
	    "and give it with -c",
	    key);
	return -1;
}

int letter_folder_check(const struct conf *c, char err[LETTER_ERROR_BYTES])
{
	const char *from = c->letters_from;

	if (!timezone_exists(c->letters_time_zone)) {
		snprintf(err, LETTER_ERROR_BYTES,
		    "letters.time_zone: there is no zone \"%.64s\" here; give "
		    "local, utc, +09:00 or a name such as Asia/Tokyo",
		    c->letters_time_zone);
		return -1;
	}
	if (!letter_lang_ok(c->letters_language)) {
		snprintf(err, LETTER_ERROR_BYTES,
		    "letters.language: \"%.35s\" is no language; give ja or "
		    "en",
		    c->letters_language);
		return -1;
	}
	if (from && !address_ok(from)) {
		snprintf(err, LETTER_ERROR_BYTES,
		    "letters.from: \"%.80s\" is no mail address; give one "
		    "such as support@isp.example",
		    from);
		return -1;
	}
	return c->letters_dir ? letter_check_folder(c->letters_dir, err) : 0;
}

int letter_conf_check(const struct conf *c, char err[LETTER_ERROR_BYTES])
{
	if (need(c->provider, "provider", err) != 0 ||
	    need(c->letters_contact, "letters.contact", err) != 0)
		return -1;
	return letter_folder_check(c, err);
}

/* Before the template finds a hole: the key is easier to set than a letter to
 * change. */
static int check_settings(
    const struct conf *c, enum letter_case of, char err[LETTER_ERROR_BYTES])
{
	uint32_t needs = letter_case_needs(of);

	if (needs & LETTER_BIT(LETTER_SUBMISSION_HOST) &&
	    need(c->letters_submission_host, "letters.submission_host", err) !=
		0)
		return -1;
	if (needs & LETTER_BIT(LETTER_SENDING_HOST) &&
	    need(c->letters_sending_host, "letters.sending_host", err) != 0)
		return -1;
	return 0;
}

static int render(struct letter *l, const struct letter_template *t,
    const struct values *v, char err[LETTER_ERROR_BYTES])
{
	size_t n_subject, n_body;
	FILE *subject = open_memstream(&l->subject, &n_subject);
	FILE *body = open_memstream(&l->body, &n_body);
	int rc = -1;

	if (subject && body)
		rc = letter_template_render(t, v->v, subject, body, err);
	else
		snprintf(err, LETTER_ERROR_BYTES, "out of memory");
	if (subject && fclose(subject) != 0)
		rc = -1;
	if (body && fclose(body) != 0)
		rc = -1;
	return rc;
}

int letter_make(struct letter *l, const struct letter_facts *f,
    const struct conf *c, const struct letter_wish *w,
    char err[LETTER_ERROR_BYTES])
{
	struct letter_found found = {0};
	struct values *v = NULL;
	int rc = -1;

	memset(l, 0, sizeof(*l));
	l->letter_case = w->letter_case;
	if (check_settings(c, w->letter_case, err) != 0 ||
	    letter_find(&found, c->letters_dir, w->letter_case,
		w->lang ? w->lang : "", c->letters_language, err) != 0)
		return -1;
	memcpy(l->lang, found.lang, sizeof(l->lang));
	v = calloc(1, sizeof(*v));
	if (!v) {
		snprintf(err, LETTER_ERROR_BYTES, "out of memory");
		goto out;
	}
	v->facts = f;
	v->conf = c;
	v->lang = l->lang;
	for (int i = 0; i < LETTER_FIELD_COUNT; i++)
		v->v[i] = v->text[i];
	put_conf(v);
	put_facts(v, w->at_us);
	rc = render(l, found.template, v, err);
out:
	free(v);
	letter_template_free(found.template);
	return rc;
}

int letter_write_mail(const struct letter *l, const struct letter_facts *f,
    const struct conf *c, const char *to, int64_t at_us, FILE *out)
{
	char date[LETTER_DATE_BYTES], id[128];
	struct letter_mail m = {.from_name = c->provider ? c->provider : "",
	    .from = c->letters_from ? c->letters_from : c->abuse_contact,
	    .to = to,
	    .subject = l->subject,
	    .lang = l->lang,
	    .id = id,
	    .date = date,
	    .customer = f->customer,
	    .reference = f->reference,
	    .letter_case = letter_case_name(l->letter_case),
	    .body = l->body};

	letter_date(
	    at_us, LETTER_DATE_HEADER, c->letters_time_zone, "en", date);
	snprintf(id, sizeof(id), "sekisho.%s.%s.%" PRIx64, f->reference,
	    m.letter_case, (uint64_t)at_us);
	return letter_mail_write(&m, out);
}

void letter_free(struct letter *l)
{
	free(l->subject);
	free(l->body);
	memset(l, 0, sizeof(*l));
}
