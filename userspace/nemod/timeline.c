// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "timeline.h"

static const char *const steps[] = {
	[TIMELINE_PREPARE] = "prepare",
	[TIMELINE_PREPARED] = "prepared",
	[TIMELINE_TRANSIENT] = "transient",
	[TIMELINE_PAUSE] = "pause",
	[TIMELINE_FORWARD] = "forward",
	[TIMELINE_FIRST_FRAME] = "first-frame",
	[TIMELINE_UPLINK_OPEN] = "uplink-open",
	[TIMELINE_BU] = "bu",
	[TIMELINE_BA] = "ba",
	[TIMELINE_MARKER] = "marker",
	[TIMELINE_MARKER_TIMEOUT] = "marker-timeout",
	[TIMELINE_RELEASE] = "release",
	[TIMELINE_STANDBY] = "standby",
	[TIMELINE_ABORT] = "abort",
};

static const char *const outcomes[] = {
	[TIMELINE_RUNNING] = "running",
	[TIMELINE_DONE] = "done",
	[TIMELINE_ABORTED] = "aborted",
	[TIMELINE_FAILED] = "failed",
	[TIMELINE_LAPSED] = "lapsed",
};

/* What the counts of an entry are, in the kernel and in JSON. */
static const struct {
	int attr;
	const char *name;
} counts[] = {
	{ NEMO_MR_A_STATS_HELD, "held" },
	{ NEMO_MR_A_STATS_FORWARDED, "forwarded" },
	{ NEMO_MR_A_STATS_DROPPED, "dropped" },
};

#define COUNTS	(sizeof(counts) / sizeof(counts[0]))

static void add_string(struct json_object *to, const char *key, const char *value)
{
	json_object_object_add(to, key, json_object_new_string(value));
}

/* What a list of handovers and a notification say alike. */
static void add_entry(struct json_object *to, const struct timeline_entry *e)
{
	json_object_object_add(to, "id", json_object_new_int(e->id));
	add_string(to, "role", e->old ? "old" : "new");
	if (*e->peer)
		add_string(to, "peer", e->peer);
}

static void add_counts(struct json_object *to, const struct timeline_entry *e)
{
	for (size_t i = 0; i < COUNTS; i++)
		json_object_object_add(to, counts[i].name,
				       json_object_new_uint64(e->count[i]));
}

/* @step: or -1 for the end */
static void tell(const struct timeline *t, const struct timeline_entry *e,
		 int step, uint64_t when)
{
	struct json_object *event;

	if (!t->watch || !t->watch->listeners)
		return;
	event = json_object_new_object();
	json_object_object_add(event, "time", json_object_new_uint64(when));
	add_string(event, "event", "handover");
	add_string(event, "name", t->name);
	add_entry(event, e);
	if (step >= 0) {
		add_string(event, "step", steps[step]);
	} else {
		add_string(event, "outcome", outcomes[e->outcome]);
		add_counts(event, e);
	}
	t->watch->tell(t->watch->arg, event);
}

void timeline_begin(struct timeline *t, bool old, uint16_t id, const char *peer,
		    const struct nemo_mr_info *info)
{
	struct timeline_entry *e;

	timeline_end(t, TIMELINE_ABORTED, info);
	e = &t->entry[t->n++ % TIMELINE_LENGTH];
	*e = (struct timeline_entry){ .id = id, .old = old };
	snprintf(e->peer, sizeof(e->peer), "%s", peer);
	for (size_t i = 0; i < COUNTS; i++)
		e->count[i] = info->stats[counts[i].attr];
}

void timeline_name(struct timeline *t, uint16_t id, const char *peer)
{
	struct timeline_entry *e = timeline_now(t);

	if (!e)
		return;
	e->id = id;
	snprintf(e->peer, sizeof(e->peer), "%s", peer);
}

struct timeline_entry *timeline_now(struct timeline *t)
{
	struct timeline_entry *e = &t->entry[(t->n - 1) % TIMELINE_LENGTH];

	return t->n && e->outcome == TIMELINE_RUNNING ? e : NULL;
}

void timeline_step(struct timeline *t, enum timeline_step step, uint64_t when)
{
	struct timeline_entry *e = timeline_now(t);

	if (!e || e->at[step])
		return;
	e->at[step] = when ?: clock_realtime();
	tell(t, e, step, e->at[step]);
}

void timeline_end(struct timeline *t, enum timeline_outcome outcome,
		  const struct nemo_mr_info *info)
{
	struct timeline_entry *e = timeline_now(t);

	if (!e)
		return;
	e->outcome = outcome;
	for (size_t i = 0; i < COUNTS; i++)
		e->count[i] = info->stats[counts[i].attr] - e->count[i];
	tell(t, e, -1, clock_realtime());
}

/* The step after @last, by time and then by number; -1 when there is none. */
static int step_after(const struct timeline_entry *e, int last)
{
	uint64_t from = last < 0 ? 0 : e->at[last];
	int next = -1;

	for (int i = TIMELINE_STEPS - 1; i >= 0; i--) {
		if (e->at[i] < from || (e->at[i] == from && i <= last))
			continue;
		if (e->at[i] && (next < 0 || e->at[i] <= e->at[next]))
			next = i;
	}
	return next;
}

static struct json_object *steps_json(const struct timeline_entry *e)
{
	struct json_object *list = json_object_new_array();

	for (int i = step_after(e, -1); i >= 0; i = step_after(e, i)) {
		struct json_object *step = json_object_new_object();

		add_string(step, "step", steps[i]);
		json_object_object_add(step, "time_ns",
				       json_object_new_uint64(e->at[i]));
		json_object_array_add(list, step);
	}
	return list;
}

static struct json_object *entry_json(const struct timeline_entry *e)
{
	struct json_object *json = json_object_new_object();

	add_entry(json, e);
	add_string(json, "outcome", outcomes[e->outcome]);
	if (e->outcome != TIMELINE_RUNNING)
		add_counts(json, e);
	json_object_object_add(json, "steps", steps_json(e));
	return json;
}

struct json_object *timeline_json(const struct timeline *t)
{
	unsigned int first = t->n > TIMELINE_LENGTH ? t->n - TIMELINE_LENGTH : 0;
	struct json_object *list = json_object_new_array();

	for (unsigned int i = first; i < t->n; i++)
		json_object_array_add(list, entry_json(&t->entry[i % TIMELINE_LENGTH]));
	return list;
}
