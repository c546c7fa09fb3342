/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of each noun. */
#include "reports/filter.h"

#define WORD_OF(vocab)                                                         \
	static const char *word_##vocab(int v)                                 \
	{                                                                      \
		return vocab##_name(v);                                        \
	}
WORD_OF(incident_kind)
WORD_OF(incident_state)
WORD_OF(closed_as)
WORD_OF(action)
WORD_OF(cause)
WORD_OF(mode)
WORD_OF(obs_kind)
WORD_OF(label)
WORD_OF(spf_result)
WORD_OF(verdict)

/* The classes are the operator's; the list may grow while we run. */
static const char *word_line_class(int v)
{
	return line_class_name((enum line_class)v);
}

#define AT(row, m) offsetof(struct row, m), sizeof(((struct row *)0)->m)
#define PLAIN(name, type, row, m)                                              \
	{                                                                      \
		name, FILTER_##type, AT(row, m), NULL, 0, '\0'                 \
	}
#define WORD(name, row, m, vocab, count)                                       \
	{                                                                      \
		name, FILTER_WORD, AT(row, m), word_##vocab, count, '\0'       \
	}
#define REF(name, row, m, letter)                                              \
	{                                                                      \
		name, FILTER_REF, AT(row, m), NULL, 0, letter                  \
	}
#define NOUN(noun)                                                             \
	const struct filter_noun filter_##noun = {#noun, noun##_fields,        \
	    sizeof(noun##_fields) / sizeof(noun##_fields[0])}

static const struct filter_field incident_fields[] = {
    REF("id", incident, id, 'I'),
    WORD("kind", incident, kind, incident_kind, INCIDENT_KIND_COUNT),
    PLAIN("customer", NAME, incident, customer),
    WORD("class", incident, line_class, line_class, CLASS_COUNT),
    WORD("state", incident, state, incident_state, INCIDENT_STATE_COUNT),
    WORD("closed_as", incident, closed_as, closed_as, CLOSED_AS_COUNT),
    PLAIN("opened", TIME, incident, opened_us),
    PLAIN("last", TIME, incident, last_us),
    PLAIN("closed", TIME, incident, closed_us),
    PLAIN("since", SINCE, incident, last_us),
    PLAIN("until", UNTIL, incident, opened_us),
    PLAIN("observations", NUMBER, incident, observations),
    PLAIN("servers", NUMBER, incident, servers),
    PLAIN("unknown_users", NUMBER, incident, unknown_users),
    PLAIN("blocklisted", NUMBER, incident, blocklisted),
    PLAIN("spoofed", NUMBER, incident, spoofed),
    PLAIN("score", MILLI, incident, score_milli),
    PLAIN("peak", MILLI, incident, peak_milli),
    PLAIN("summary", TEXT, incident, summary),
};
NOUN(incident);

static const struct filter_field decision_fields[] = {
    REF("id", decision, seq, 'D'),
    PLAIN("customer", NAME, decision, customer),
    WORD("class", decision, line_class, line_class, CLASS_COUNT),
    WORD("action", decision, action, action, ACTION_COUNT),
    WORD("cause", decision, cause, cause, CAUSE_COUNT),
    PLAIN("begins", TIME, decision, since_us),
    PLAIN("ends", TIME, decision, until_us),
    PLAIN("since", SINCE, decision, since_us),
    PLAIN("until", UNTIL, decision, since_us),
    REF("incident", decision, incident_id, 'I'),
    PLAIN("step", NUMBER, decision, step),
    WORD("mode", decision, mode, mode, MODE_COUNT),
    PLAIN("reason", TEXT, decision, reason),
};
NOUN(decision);

static const struct filter_field observation_fields[] = {
    PLAIN("no", NUMBER, observation, obs_no),
    WORD("kind", observation, kind, obs_kind, OBS_KIND_COUNT),
    PLAIN("customer", NAME, observation, customer),
    WORD("class", observation, line_class, line_class, CLASS_COUNT),
    WORD("label", observation, label, label, LABEL_COUNT),
    WORD("spf", observation, spf, spf_result, SPF_RESULT_COUNT),
    WORD("verdict", observation, verdict, verdict, VERDICT_COUNT),
    PLAIN("case", NUMBER, observation, traffic_case),
    PLAIN("ts", TIME, observation, ts_us),
    PLAIN("since", SINCE, observation, ts_us),
    PLAIN("until", UNTIL, observation, ts_us),
    PLAIN("ip", ADDRESS, observation, client),
    PLAIN("server", ADDRESS, observation, server),
    PLAIN("code", NUMBER, observation, reply_code),
    PLAIN("score", MILLI, observation, score_milli),
    PLAIN("helo", TEXT, observation, helo),
    PLAIN("domain", TEXT, observation, mail_from),
    PLAIN("from", TEXT, observation, header_from),
};
NOUN(observation);
