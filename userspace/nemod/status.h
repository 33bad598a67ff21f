/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NEMOD_STATUS_H
#define NEMOD_STATUS_H

struct agent;
struct json_object;

/* What the agent knows, for `nemoctl status`; the caller puts it. */
struct json_object *status_json(const struct agent *agent);

#endif /* NEMOD_STATUS_H */
