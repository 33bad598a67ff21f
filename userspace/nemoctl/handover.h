/* SPDX-License-Identifier: GPL-2.0 */
/* Announced handovers, which the agents of two hosts arrange. */
#ifndef NEMOCTL_HANDOVER_H
#define NEMOCTL_HANDOVER_H

#include <json-c/json_object.h>

#include "command.h"

/* Commands of nemoctl mr. */
void handover_prepare(struct ctl *ctl, struct args *args);
void handover_leave(struct ctl *ctl, struct args *args);
void handover_arrive(struct ctl *ctl, struct args *args);
void handover_abort(struct ctl *ctl, struct args *args);

#endif /* NEMOCTL_HANDOVER_H */
