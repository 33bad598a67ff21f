/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the agent is asked. One line of JSON goes to its control socket, one
 * comes back: nemod(8).
 */
#ifndef NEMOCTL_AGENT_H
#define NEMOCTL_AGENT_H

#include <json-c/json_object.h>

#include "command.h"

/* A request that has but its command yet. */
struct json_object *agent_request(const char *cmd);

/*
 * Takes @request; the reply without its "ok". Ends the program with the agent's
 * words if it refuses, or if there is none.
 */
struct json_object *agent_ask(const struct ctl *ctl,
			      struct json_object *request);

/* The same, and shows what is in the reply. */
void agent_ask_and_show(struct ctl *ctl, struct json_object *request);

#endif /* NEMOCTL_AGENT_H */
