/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a refusal as ideas: what a phrase stands for, and where. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* What servers speak about. One phrase has one idea. */
enum smtp_idea {
	IDEA_NONE,    /* read over: "not blacklisted", "too many hops" */
	IDEA_NOBODY,  /* nobody has this address, in one phrase */
	IDEA_BOX,     /* the one who is written to */
	IDEA_ABSENT,  /* is not there, or no longer */
	IDEA_FULL,    /* no room in the mailbox or on the disk */
	IDEA_LIST,    /* a list of addresses that are refused */
	IDEA_VENDOR,  /* keeps such lists, and filters content too */
	IDEA_URI,     /* a list of names in message text */
	IDEA_LINK,    /* a URL */
	IDEA_LISTED,  /* stands on a list */
	IDEA_CLIENT,  /* the machine that connects */
	IDEA_BLOCKED, /* is kept out */
	IDEA_LINE,    /* a dynamic or private line, its name */
	IDEA_PROOF,   /* SPF, DKIM, DMARC */
	IDEA_FAME,    /* reputation */
	IDEA_RULE,    /* policy, permission */
	IDEA_RELAY,
	IDEA_HELO,
	IDEA_GREY,
	IDEA_RATE,  /* too much at a time, in one phrase */
	IDEA_MANY,  /* a number is exceeded */
	IDEA_THING, /* what is counted: connections, messages */
	IDEA_SIZE,
	IDEA_LARGE,
	IDEA_SPAM,
	IDEA_CONTENT,
	IDEA_SENDER, /* MAIL FROM, or who it names */
	IDEA_REFUSED,
	IDEA_LOGIN,
	IDEA_NEED,
	IDEA_GRAMMAR, /* a command that is not understood */
	IDEA_COUNT
};

#define SMTP_IDEA_WORDS_MAX 64

struct smtp_ideas {
	uint64_t present;        /* bit: an enum smtp_idea */
	uint64_t at[IDEA_COUNT]; /* bit: a word; only where present */
};

struct smtp_term {
	const char *text; /* lower case, words with one space between */
	uint8_t len;
	uint8_t prefix; /* its last word may go on */
	uint8_t idea;
};
struct smtp_terms {
	const struct smtp_term *terms;
	size_t n;
};
/* By first letter. */
extern const struct smtp_terms smtp_terms[26];

/* The first 64 words of a NUL-terminated text. Mail addresses, numbers,
 * apostrophes and octets above 127 are read over. The longest phrase at a
 * word counts, and none that begins within it. */
void smtp_ideas_find(struct smtp_ideas *ideas, const char *text);
