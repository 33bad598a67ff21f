/* SPDX-License-Identifier: GPL-2.0 */
/* A request about several mobile routers, until the last of them is settled. */
#ifndef NEMOD_VERB_H
#define NEMOD_VERB_H

#include <stddef.h>

/**
 * struct verb - one request
 * @done: told the end of it once: NULL, or what went wrong with whom. May be set
 *	to NULL by who does not want to know any more.
 * @pending: mobile routers that it waits for, and one while it is carried out
 */
struct verb {
	void (*done)(void *arg, const char *error);
	void *arg;
	unsigned int pending;
	char error[1024];
};

/* The verbs that wait for one mobile router. */
struct verb_wait {
	struct verb_wait *next;
	struct verb *verb;
};

struct verb *verb_new(void (*done)(void *arg, const char *error), void *arg);

/* Let it wait in the list; it fails at once without memory. */
void verb_wait(struct verb *verb, struct verb_wait **list, const char *name);

/* What went wrong with a mobile router. */
void verb_fail(struct verb *verb, const char *name, const char *why);

/* One less to wait for; the last ends it. */
void verb_put(struct verb *verb);

/* All that wait in the list go on; @error is a sentence, or NULL. */
void verb_settle(struct verb_wait **list, const char *name, const char *error);

#endif /* NEMOD_VERB_H */
