/* SPDX-License-Identifier: GPL-2.0 */
/* The last handovers of a mobile router: which step was when. */
#ifndef NEMOD_TIMELINE_H
#define NEMOD_TIMELINE_H

#include <json-c/json_object.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/mr.h"

#define TIMELINE_LENGTH	8

enum timeline_step {
	TIMELINE_PREPARE,	/* old: asked for; new: heard, or asked for */
	TIMELINE_PREPARED,	/* the new host is */
	TIMELINE_TRANSIENT,	/* the home agent takes uplink of the new host */
	TIMELINE_PAUSE,		/* the old host is told that the guest stops */
	TIMELINE_FORWARD,	/* from now on downlink goes to the new host */
	TIMELINE_FIRST_FRAME,
	TIMELINE_UPLINK_OPEN,
	TIMELINE_BU,
	TIMELINE_BA,
	TIMELINE_MARKER,
	TIMELINE_MARKER_TIMEOUT,
	TIMELINE_RELEASE,	/* what came directly from the home agent goes on */
	TIMELINE_STANDBY,
	TIMELINE_ABORT,
	TIMELINE_STEPS
};

enum timeline_outcome {
	TIMELINE_RUNNING,
	TIMELINE_DONE,
	TIMELINE_ABORTED,
	TIMELINE_FAILED,	/* the other host refused, or did not answer */
	TIMELINE_LAPSED,	/* nobody came */
};

/**
 * struct timeline_entry - one handover
 * @old: this was the old host
 * @peer: name of the other; empty where nobody announced it
 * @at: realtime ns of each step, 0 for one that was not
 * @count: held, forwarded, dropped; until the end what they were at the begin
 */
struct timeline_entry {
	uint16_t id;
	bool old;
	char peer[NEMO_MR_NAME_MAX + 1];
	enum timeline_outcome outcome;
	uint64_t at[TIMELINE_STEPS];
	uint64_t count[3];
};

/* Who is told each step, and each end, as a line of JSON that is the listener's. */
struct timeline_watch {
	unsigned int listeners;
	void (*tell)(void *arg, struct json_object *event);
	void *arg;
};

/* @n: how many there have been; the last is the (@n - 1)th, modulo the length */
struct timeline {
	unsigned int n;
	char name[NEMO_MR_NAME_MAX + 1];	/* of the mobile router */
	const struct timeline_watch *watch;
	struct timeline_entry entry[TIMELINE_LENGTH];
};

/*
 * A new one; one that runs is over. @info: of the kernel, now or a moment ago,
 * for its counters.
 */
void timeline_begin(struct timeline *t, bool old, uint16_t id, const char *peer,
		    const struct nemo_mr_info *info);

/* Now it is known who the other host is. */
void timeline_name(struct timeline *t, uint16_t id, const char *peer);

/* The running one, or NULL. */
struct timeline_entry *timeline_now(struct timeline *t);

/* A step of the running one; the first time counts. @when: realtime ns, 0: now. */
void timeline_step(struct timeline *t, enum timeline_step step, uint64_t when);

void timeline_end(struct timeline *t, enum timeline_outcome outcome,
		  const struct nemo_mr_info *info);

/* The array "handovers". */
struct json_object *timeline_json(const struct timeline *t);

#endif /* NEMOD_TIMELINE_H */
