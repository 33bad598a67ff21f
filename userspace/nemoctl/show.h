/* SPDX-License-Identifier: GPL-2.0 */
/* How mobile routers, bindings, devices and their changes look. */
#ifndef NEMOCTL_SHOW_H
#define NEMOCTL_SHOW_H

#include <json-c/json_object.h>

#include "lib/ha.h"
#include "lib/link.h"
#include "lib/mr.h"
#include "out.h"

/* One entry each, in an array that is open. @dev is the device's name. */
void show_mr(struct out *out, const struct nemo_mr_info *info, const char *dev,
	     const char *attachment);
void show_bce(struct out *out, const struct nemo_bce_info *info,
	      const char *dev);
void show_link(struct out *out, const struct nemo_link_info *info);

/* One notification, a line of its own. @now: for those without a time, in ns. */
void show_mr_event(struct out *out, const struct nemo_mr_info *info,
		   const char *dev, const char *attachment, uint64_t now);
void show_bce_event(struct out *out, const struct nemo_bce_info *info,
		    const char *dev);
void show_handover_event(struct out *out, struct json_object *event);

#endif /* NEMOCTL_SHOW_H */
