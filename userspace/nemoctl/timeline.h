/* SPDX-License-Identifier: GPL-2.0 */
/* The last handovers of a mobile router, as the agent keeps them. */
#ifndef NEMOCTL_TIMELINE_H
#define NEMOCTL_TIMELINE_H

#include <json-c/json_object.h>

#include "command.h"

/* nemoctl mr timeline */
void timeline(struct ctl *ctl, struct args *args);

/* The agent's answer as a table, or as the JSON that it is. */
void timeline_show(struct out *out, struct json_object *answer);

#endif /* NEMOCTL_TIMELINE_H */
