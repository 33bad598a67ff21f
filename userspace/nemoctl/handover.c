// SPDX-License-Identifier: GPL-2.0
/* nemoctl mr prepare, leave, arrive, abort: the steps of an announced handover. */
#include <string.h>

#include "agent.h"
#include "handover.h"

#define TO	1
#define STOPPED	2

static bool is_word(struct args *args, const char *word)
{
	return args->left && !strcmp(*args->next, word);
}

static struct json_object *read_names(struct args *args)
{
	struct json_object *names = json_object_new_array();
	const char *name;

	do {
		name = args_need(args, "the name of a mobile router");
		json_object_array_add(names, json_object_new_string(name));
	} while (args->left && !is_word(args, "to") && !is_word(args, "stopped"));
	return names;
}

static void add_string(struct json_object *to, const char *key,
		       const char *value)
{
	json_object_object_add(to, key, json_object_new_string(value));
}

/* NAME..., and what may follow. */
static void hand_over(struct ctl *ctl, struct args *args, const char *cmd,
		      unsigned int allowed)
{
	struct json_object *request = agent_request(cmd);

	json_object_object_add(request, "mr", read_names(args));
	if (allowed & TO && is_word(args, "to")) {
		args_next(args);
		add_string(request, "to", args_need(args, "the name of a peer"));
	}
	if (allowed & STOPPED && is_word(args, "stopped")) {
		args_next(args);
		json_object_object_add(request, "stopped",
				       json_object_new_boolean(true));
	}
	args_end(args);
	agent_ask_and_show(ctl, request);
}

void handover_prepare(struct ctl *ctl, struct args *args)
{
	hand_over(ctl, args, "prepare", TO);
}

void handover_leave(struct ctl *ctl, struct args *args)
{
	hand_over(ctl, args, "leave", TO | STOPPED);
}

void handover_arrive(struct ctl *ctl, struct args *args)
{
	hand_over(ctl, args, "arrive", 0);
}

void handover_abort(struct ctl *ctl, struct args *args)
{
	hand_over(ctl, args, "abort", 0);
}
