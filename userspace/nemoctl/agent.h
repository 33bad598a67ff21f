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

/*
 * Asks the agent to tell of handovers: the socket, or -1 if no agent runs here. Ends the
 * program for any other reason, and for this one if it @must be.
 */
int agent_watch(const struct ctl *ctl, bool must);

/* The same, and shows what is in the reply. */
void agent_ask_and_show(struct ctl *ctl, struct json_object *request);

#endif /* NEMOCTL_AGENT_H */
