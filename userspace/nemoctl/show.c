// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/names.h"
#include "show.h"

static enum out_colour state_colour(uint8_t state)
{
	switch (state) {
	case NEMO_MR_STATE_ACTIVE:
		return OUT_GREEN;
	case NEMO_MR_STATE_STANDBY:
		return OUT_PLAIN;
	default:
		return OUT_YELLOW;	/* on its way */
	}
}

static void show_prefixes(struct out *out, const struct nemo_prefix *list,
			  unsigned int n)
{
	char text[NEMO_PREFIX_STRLEN];

	out_array(out, "mnp");
	for (unsigned int i = 0; i < n; i++)
		out_element(out, " mnp %s", nemo_prefix_print(&list[i], text));
	out_end(out);
}

static void show_counters(struct out *out, const struct nemo_names *names,
			  const uint64_t *counters, const char *format)
{
	for (unsigned int i = 0; i < names->n; i++) {
		if (!names->name[i])
			continue;
		/* people care for those that count something */
		if (counters[i] && !out->json)
			fprintf(out->file, format, names->name[i], counters[i]);
		out_number(out, names->name[i], NULL, counters[i]);
	}
}

static void show_mr_addresses(struct out *out, const struct nemo_mr_info *info)
{
	if (NEMO_HAS(info, NEMO_MR_A_HOA))
		out_addr(out, "hoa", " hoa %s", &info->hoa);
	if (NEMO_HAS(info, NEMO_MR_A_HA))
		out_addr(out, "ha", " ha %s", &info->ha);
	if (NEMO_HAS(info, NEMO_MR_A_COA))
		out_addr(out, "coa", " coa %s", &info->coa);
	if (NEMO_HAS(info, NEMO_MR_A_PEER))
		out_addr(out, "peer", " peer %s", &info->peer);
}

static void show_guests(struct out *out, const struct nemo_mr_info *info)
{
	char text[sizeof("00:00:00:00:00:00")];

	out_array(out, "guest");
	for (unsigned int i = 0; i < info->guests; i++) {
		const uint8_t *mac = info->guest[i];

		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x",
			 mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
		out_element(out, " guest %s", text);
	}
	out_end(out);
}

/* A flag that is mostly off: people care for it when it is on. */
static void show_flag(struct out *out, const char *key, const char *format,
		      bool on)
{
	out_bool(out, key, on ? format : NULL, on);
}

static void show_mr_match(struct out *out, const struct nemo_mr_info *info,
			  const char *attachment)
{
	if (info->attachment)
		out_string(out, "attachment", " attachment %s", attachment);
	show_guests(out, info);
	out_array(out, "exclude");
	for (unsigned int i = 0; i < info->excludes; i++)
		out_element(out, " exclude %s", info->exclude[i]);
	out_end(out);
	out_bool(out, "trigger", " trigger %s",
		 info->flags & NEMO_MR_FLAG_TRIGGER);
	show_flag(out, "prepared-uplink", " prepared-uplink %s",
		  info->flags & NEMO_MR_FLAG_PREPARED_UPLINK);
	show_flag(out, "undo", " undo %s", info->flags & NEMO_MR_FLAG_UNDO);
	show_flag(out, "leave-with-port", " leave-with-port %s",
		  info->flags & NEMO_MR_FLAG_LEAVE_WITH_PORT);
	show_flag(out, "quiet", " quiet %s", info->flags & NEMO_MR_FLAG_QUIET);
}

static void show_mr_binding(struct out *out, const struct nemo_mr_info *info)
{
	out_number(out, "seq", " seq %" PRIu64, info->seq);
	out_number(out, "lifetime", " lifetime %" PRIu64 "s", info->lifetime);
	out_number(out, "expires", " expires %" PRIu64 "ms", info->expires);
	if (NEMO_HAS(info, NEMO_MR_A_LAST_FRAME))
		out_number(out, "last-frame", " last-frame %" PRIu64 "ms",
			   info->last_frame);
}

/* What waits now. */
static void show_mr_held(struct out *out, const struct nemo_mr_info *info)
{
	out_number(out, "held-uplink", " held-uplink %" PRIu64,
		   info->held_uplink);
	out_number(out, "held-downlink", " held-downlink %" PRIu64,
		   info->held_downlink);
	show_flag(out, "marker-due", " marker-due %s", info->marker_due);
}

static void show_mr_stats(struct out *out, const struct nemo_mr_info *info)
{
	out_object(out, "stats");
	show_counters(out, &nemo_mr_stats, info->stats, " %s %" PRIu64);
	out_end(out);
}

static void show_mr_hold(struct out *out, const struct nemo_mr_info *info)
{
	out_number(out, "hold-packets", " hold-packets %" PRIu64,
		   info->hold_packets);
	out_number(out, "hold-bytes", " hold-bytes %" PRIu64, info->hold_bytes);
	out_number(out, "marker-timeout", " marker-timeout %" PRIu64 "ms",
		   info->marker_timeout);
	show_mr_held(out, info);
}

static void show_mr_head(struct out *out, const struct nemo_mr_info *info,
			 const char *dev)
{
	out_string(out, "name", "%s:", info->name);
	out_string(out, "dev", " dev %s", dev);
	out_number(out, "ifindex", NULL, info->ifindex);
}

static void show_mr_body(struct out *out, const struct nemo_mr_info *info,
			 const char *attachment)
{
	out_text(out, " state");
	out_coloured(out, "state", state_colour(info->state), " %s",
		     nemo_name(&nemo_mr_states, info->state));
	out_text(out, "\n   ");
	show_mr_addresses(out, info);
	out_text(out, "\n   ");
	show_prefixes(out, info->prefix, info->prefixes);
	out_text(out, "\n   ");
	show_mr_match(out, info, attachment);
	out_text(out, "\n   ");
	show_mr_binding(out, info);
	out_text(out, "\n   ");
	show_mr_hold(out, info);
	out_text(out, "\n    counters");
	show_mr_stats(out, info);
	out_text(out, "\n");
}

void show_mr(struct out *out, const struct nemo_mr_info *info, const char *dev,
	     const char *attachment)
{
	out_object(out, NULL);
	show_mr_head(out, info, dev);
	show_mr_body(out, info, attachment);
	out_end(out);
}

static void show_bce_addresses(struct out *out, const struct nemo_bce_info *info)
{
	out_addr(out, "coa", " coa %s", &info->coa);
	if (NEMO_HAS(info, NEMO_HA_A_TCOA))
		out_addr(out, "tcoa", " tcoa %s", &info->tcoa);
	if (NEMO_HAS(info, NEMO_HA_A_TCOA_LIFETIME))
		out_number(out, "tcoa-lifetime", " tcoa-lifetime %" PRIu64 "ms",
			   info->tcoa_lifetime);
	out_addr(out, "local", " local %s", &info->local);
}

void show_bce(struct out *out, const struct nemo_bce_info *info,
	      const char *dev)
{
	out_object(out, NULL);
	out_addr(out, "hoa", "%s:", &info->hoa);
	if (NEMO_HAS(info, NEMO_HA_A_NAME))
		out_string(out, "name", " name %s", info->name);
	out_string(out, "dev", " dev %s", dev);
	out_number(out, "ifindex", NULL, info->ifindex);
	out_text(out, "\n   ");
	show_bce_addresses(out, info);
	out_text(out, "\n   ");
	show_prefixes(out, info->prefix, info->prefixes);
	out_text(out, "\n   ");
	out_number(out, "seq", " seq %" PRIu64, info->seq);
	out_number(out, "lifetime", " lifetime %" PRIu64 "s", info->lifetime);
	out_number(out, "expires", " expires %" PRIu64 "ms", info->expires);
	out_text(out, "\n    counters");
	out_object(out, "stats");
	show_counters(out, &nemo_ha_stats, info->stats, " %s %" PRIu64);
	out_end(out);
	out_text(out, "\n");
	out_end(out);
}

static bool is_mr_link(const struct nemo_link_info *info)
{
	return !strcmp(info->kind, NEMO_MR_FAMILY_NAME);
}

void show_link(struct out *out, const struct nemo_link_info *info)
{
	out_object(out, NULL);
	out_string(out, "dev", "%s:", info->ifname);
	out_number(out, "ifindex", NULL, info->ifindex);
	out_string(out, "type", " type %s", is_mr_link(info) ? "mr" : "ha");
	out_number(out, "count", is_mr_link(info) ? " mobile-routers %" PRIu64 :
		   " bindings %" PRIu64, info->count);
	if (is_mr_link(info)) {
		out_number(out, "hold-bytes", " hold-bytes %" PRIu64,
			   info->hold_bytes);
		out_number(out, "held-bytes", " held-bytes %" PRIu64,
			   info->held_bytes);
	}
	out_text(out, "\n    drops");
	out_object(out, "drops");
	show_counters(out, &nemo_drops, info->drops, " %s %" PRIu64);
	out_end(out);
	out_text(out, "\n");
	out_end(out);
}

/* Notifications ---------------------------------------------------------- */

static void show_time(struct out *out, uint64_t ns)
{
	time_t seconds = ns / 1000000000;
	char text[sizeof("2026-01-01T00:00:00.000000000")];
	struct tm tm;
	size_t n;

	out_number(out, "time", NULL, ns);
	if (out->json)
		return;
	n = strftime(text, sizeof(text), "%FT%T", localtime_r(&seconds, &tm));
	snprintf(text + n, sizeof(text) - n, ".%09u",
		 (unsigned int)(ns % 1000000000));
	fputs(text, out->file);
}

static void show_mr_state(struct out *out, const struct nemo_mr_info *info)
{
	bool stays = info->state == info->old_state;

	/* an event of a state that stays: once is enough for people */
	out_string(out, "old-state", stays ? NULL : " %s ->",
		   nemo_name(&nemo_mr_states, info->old_state));
	out_coloured(out, "state", state_colour(info->state), " %s",
		     nemo_name(&nemo_mr_states, info->state));
	out_string(out, "reason", " reason %s",
		   nemo_name(&nemo_mr_reasons, info->reason));
	show_mr_addresses(out, info);
	out_number(out, "seq", " seq %" PRIu64, info->seq);
	show_mr_held(out, info);
	out_text(out, " counters");
	show_mr_stats(out, info);
}

static void show_mr_new(struct out *out, const struct nemo_mr_info *info,
			const char *attachment)
{
	out_coloured(out, "state", state_colour(info->state), " state %s",
		     nemo_name(&nemo_mr_states, info->state));
	show_mr_addresses(out, info);
	show_prefixes(out, info->prefix, info->prefixes);
	show_mr_match(out, info, attachment);
}

void show_mr_event(struct out *out, const struct nemo_mr_info *info,
		   const char *dev, const char *attachment, uint64_t now)
{
	out_object(out, NULL);
	show_time(out, NEMO_HAS(info, NEMO_MR_A_TIME) ? info->time : now);
	out_text(out, " mr ");
	switch (info->cmd) {
	case NEMO_MR_CMD_MR_NEW_NTF:
		out_string(out, "event", "%s ", "new");
		show_mr_head(out, info, dev);
		show_mr_new(out, info, attachment);
		break;
	case NEMO_MR_CMD_MR_DEL_NTF:
		out_string(out, "event", "%s ", "del");
		show_mr_head(out, info, dev);
		break;
	default:
		out_string(out, "event", "%s ", "state");
		show_mr_head(out, info, dev);
		show_mr_state(out, info);
	}
	out_text(out, "\n");
	out_end(out);
	fflush(out->file);
}

/* A step or the end of one, as the agent says it. */
void show_handover_event(struct out *out, struct json_object *event)
{
	if (out->json) {
		out_tree(out, event);
		return;
	}
	json_object_object_foreach(event, key, value) {
		if (!strcmp(key, "time"))
			show_time(out, json_object_get_uint64(value));
		else if (!strcmp(key, "event"))
			fprintf(out->file, " %s", json_object_get_string(value));
		else if (!strcmp(key, "name"))
			fprintf(out->file, " %s:", json_object_get_string(value));
		else
			fprintf(out->file, " %s %s", key,
				json_object_get_string(value));
	}
	fputc('\n', out->file);
	fflush(out->file);
}

void show_bce_event(struct out *out, const struct nemo_bce_info *info,
		    const char *dev)
{
	out_object(out, NULL);
	show_time(out, info->time);
	out_text(out, " ha ");
	out_string(out, "event", "%s ",
		   nemo_name(&nemo_ha_reasons, info->reason));
	out_addr(out, "hoa", "%s:", &info->hoa);
	if (NEMO_HAS(info, NEMO_HA_A_NAME))
		out_string(out, "name", " name %s", info->name);
	out_string(out, "dev", " dev %s", dev);
	out_number(out, "ifindex", NULL, info->ifindex);
	show_bce_addresses(out, info);
	if (NEMO_HAS(info, NEMO_HA_A_OLD_COA))
		out_addr(out, "old-coa", " old-coa %s", &info->old_coa);
	out_number(out, "seq", " seq %" PRIu64, info->seq);
	out_number(out, "lifetime", " lifetime %" PRIu64 "s", info->lifetime);
	out_text(out, "\n");
	out_end(out);
	fflush(out->file);
}
