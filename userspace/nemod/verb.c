// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verb.h"

struct verb *verb_new(void (*done)(void *arg, const char *error), void *arg)
{
	struct verb *verb = calloc(1, sizeof(*verb));

	if (!verb)
		return NULL;
	verb->done = done;
	verb->arg = arg;
	verb->pending = 1;
	return verb;
}

void verb_wait(struct verb *verb, struct verb_wait **list, const char *name)
{
	struct verb_wait *wait = malloc(sizeof(*wait));

	if (!wait) {
		verb_fail(verb, name, "no memory");
		return;
	}
	*wait = (struct verb_wait){ .next = *list, .verb = verb };
	*list = wait;
	verb->pending++;
}

void verb_fail(struct verb *verb, const char *name, const char *why)
{
	size_t len = strlen(verb->error);

	snprintf(verb->error + len, sizeof(verb->error) - len, "%s%s: %s",
		 len ? "; " : "", name, why);
}

void verb_put(struct verb *verb)
{
	if (--verb->pending)
		return;
	if (verb->done)
		verb->done(verb->arg, *verb->error ? verb->error : NULL);
	free(verb);
}

void verb_settle(struct verb_wait **list, const char *name, const char *error)
{
	while (*list) {
		struct verb_wait *wait = *list;

		*list = wait->next;
		if (error)
			verb_fail(wait->verb, name, error);
		verb_put(wait->verb);
		free(wait);
	}
}
