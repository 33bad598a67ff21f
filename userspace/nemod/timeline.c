// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "timeline.h"

static const char *const steps[] = {
	[TIMELINE_PREPARE] = "prepare",
	[TIMELINE_PREPARED] = "prepared",
	[TIMELINE_TRANSIENT] = "transient",
	[TIMELINE_LEAVE] = "leave",
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

	if (e && !e->at[step])
		e->at[step] = when ?: clock_realtime();
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

		json_object_object_add(step, "step",
				       json_object_new_string(steps[i]));
		json_object_object_add(step, "time_ns",
				       json_object_new_uint64(e->at[i]));
		json_object_array_add(list, step);
	}
	return list;
}

static struct json_object *entry_json(const struct timeline_entry *e)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "id", json_object_new_int(e->id));
	json_object_object_add(json, "role",
			       json_object_new_string(e->old ? "old" : "new"));
	if (*e->peer)
		json_object_object_add(json, "peer",
				       json_object_new_string(e->peer));
	json_object_object_add(json, "outcome",
			       json_object_new_string(outcomes[e->outcome]));
	for (size_t i = 0; i < COUNTS && e->outcome != TIMELINE_RUNNING; i++)
		json_object_object_add(json, counts[i].name,
				       json_object_new_uint64(e->count[i]));
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
