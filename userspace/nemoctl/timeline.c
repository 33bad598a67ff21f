// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "timeline.h"

#define NS_PER_S	1000000000LL

static const char *string_of(struct json_object *in, const char *key)
{
	return json_object_get_string(json_object_object_get(in, key)) ?: "?";
}

static int64_t number_of(struct json_object *in, const char *key)
{
	return json_object_get_int64(json_object_object_get(in, key));
}

static size_t length(struct json_object *array)
{
	return json_object_is_type(array, json_type_array) ?
		json_object_array_length(array) : 0;
}

/* When the step was, or 0. */
static int64_t time_of(struct json_object *steps, const char *name)
{
	for (size_t i = 0; i < length(steps); i++) {
		struct json_object *step = json_object_array_get_idx(steps, i);

		if (!strcmp(string_of(step, "step"), name))
			return number_of(step, "time_ns");
	}
	return 0;
}

/*
 * The instant that counts for the guest: on the new host its first frame, on the
 * old one its end.
 */
static int64_t origin(struct json_object *handover, struct json_object *steps)
{
	bool old = !strcmp(string_of(handover, "role"), "old");
	int64_t t = time_of(steps, old ? "forward" : "first-frame");

	if (!t && length(steps))
		t = number_of(json_object_array_get_idx(steps, 0), "time_ns");
	return t;
}

static void show_step(struct out *out, struct json_object *step, int64_t zero)
{
	int64_t ns = number_of(step, "time_ns");
	time_t seconds = ns / NS_PER_S;
	char day[sizeof("00:00:00")];
	struct tm tm;

	strftime(day, sizeof(day), "%T", localtime_r(&seconds, &tm));
	fprintf(out->file, "    %-14s  %s.%06d  %+12.3f ms\n",
		string_of(step, "step"), day, (int)(ns % NS_PER_S / 1000),
		(ns - zero) / 1e6);
}

static void show_handover(struct out *out, const char *name,
			  struct json_object *handover)
{
	struct json_object *steps = json_object_object_get(handover, "steps");
	int64_t zero = origin(handover, steps);

	fprintf(out->file, "%s: handover %" PRId64 " role %s", name,
		number_of(handover, "id"), string_of(handover, "role"));
	/* nobody announced it */
	if (json_object_object_get(handover, "peer"))
		fprintf(out->file, " peer %s", string_of(handover, "peer"));
	fprintf(out->file, " outcome %s\n", string_of(handover, "outcome"));
	for (size_t i = 0; i < length(steps); i++)
		show_step(out, json_object_array_get_idx(steps, i), zero);
	/* they are known at the end */
	if (!json_object_object_get(handover, "held"))
		return;
	fprintf(out->file, "    packets held %" PRId64 " forwarded %" PRId64
		" dropped %" PRId64 "\n", number_of(handover, "held"),
		number_of(handover, "forwarded"), number_of(handover, "dropped"));
}

void timeline_show(struct out *out, struct json_object *answer)
{
	struct json_object *handovers = json_object_object_get(answer, "handovers");
	const char *name = string_of(answer, "name");

	if (out->json) {
		out_tree(out, answer);
		return;
	}
	if (!length(handovers))
		fprintf(out->file, "%s: no handover yet\n", name);
	for (size_t i = 0; i < length(handovers); i++)
		show_handover(out, name, json_object_array_get_idx(handovers, i));
}
