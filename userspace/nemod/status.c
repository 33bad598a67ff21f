// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <json-c/json.h>

#include "agent.h"
#include "clock.h"
#include "lib/names.h"
#include "status.h"

static void add_string(struct json_object *to, const char *key,
		       const char *value)
{
	json_object_object_add(to, key, json_object_new_string(value));
}

static void add_number(struct json_object *to, const char *key, uint64_t value)
{
	json_object_object_add(to, key, json_object_new_uint64(value));
}

static void add_double(struct json_object *to, const char *key, double value)
{
	char text[32];

	/* Microseconds are enough, and all that is meant. */
	snprintf(text, sizeof(text), "%.3f", value);
	json_object_object_add(to, key, json_object_new_double_s(value, text));
}

static void add_address(struct json_object *to, const char *key,
			const struct in6_addr *addr)
{
	char text[INET6_ADDRSTRLEN];

	if (IN6_IS_ADDR_UNSPECIFIED(addr))
		return;
	inet_ntop(AF_INET6, addr, text, sizeof(text));
	add_string(to, key, text);
}

/* Seconds since a time, where there was one. */
static void add_age(struct json_object *to, const char *key, uint64_t at)
{
	if (at)
		add_double(to, key, (clock_realtime() - at) / 1e9);
}

static void add_ba_status(struct json_object *to, int status)
{
	if (status < 0)
		return;
	add_number(to, "status", status);
	add_string(to, "status_name", mh_ba_status_name(status));
}

static const char *const exchanges[] = {
	[BUL_NONE] = "none",
	[BUL_REGISTER] = "register",
	[BUL_REFRESH] = "refresh",
	[BUL_RELEASE] = "release",
	[BUL_TRANSIENT] = "transient",
};

static struct json_object *handover_json(const struct handover *h)
{
	struct json_object *json = json_object_new_object();

	add_string(json, "step", handover_steps[h->step]);
	if (h->step == HANDOVER_NONE)
		return json;
	add_number(json, "id", h->id);
	add_string(json, "peer", h->peer_name);
	add_address(json, "peer_address", &h->peer);
	return json;
}

static struct json_object *peers_json(const struct peers *peers)
{
	struct json_object *list = json_object_new_array();

	for (unsigned int i = 0; i < peers->n; i++) {
		const struct peer *peer = peers->peer[i];
		struct json_object *json = json_object_new_object();

		add_string(json, "name", peer->conf->name);
		add_address(json, "address", &peer->conf->address);
		add_number(json, "hi_sent", peer->sent);
		add_number(json, "hack_received", peer->answered);
		add_number(json, "hi_received", peer->heard);
		json_object_array_add(list, json);
	}
	return list;
}

static struct json_object *mr_json(const struct mr *mr)
{
	struct json_object *json = json_object_new_object();
	const struct bul *bul = &mr->bul;

	add_string(json, "name", mr->conf->name);
	add_string(json, "state", nemo_name(&nemo_mr_states, mr->state));
	add_address(json, "hoa", &mr->conf->hoa);
	add_address(json, "home_agent", &mr->conf->home_agent);
	add_address(json, "coa", &bul->coa);
	add_string(json, "attachment", mr->conf->attachment);
	add_string(json, "exchange", exchanges[bul->exchange]);
	add_number(json, "seq", bul->seq);
	add_number(json, "lifetime", bul->granted);
	add_age(json, "bu_age", bul->bu_at);
	add_age(json, "ba_age", bul->ba_at);
	add_ba_status(json, bul->status);
	add_double(json, "frame_to_ba_ms", bul->frame_to_ba_ms);
	add_double(json, "round_trip_ms", bul->round_trip_ms);
	add_number(json, "bu_sent", bul->bus);
	add_number(json, "ba_received", bul->bas);
	add_number(json, "bri_received", bul->bris);
	json_object_object_add(json, "handover", handover_json(&mr->handover));
	return json;
}

static struct json_object *ha_mr_json(const struct ha_mr *mr)
{
	struct json_object *json = json_object_new_object();

	add_string(json, "name", mr->conf->name);
	add_address(json, "hoa", &mr->conf->hoa);
	add_address(json, "coa", &mr->coa);
	if (mr->history.has_seq)
		add_number(json, "seq", mr->history.seq);
	add_number(json, "lifetime", mr->lifetime);
	add_age(json, "ba_age", mr->ba_at);
	add_ba_status(json, mr->status);
	add_number(json, "bu_received", mr->bus);
	add_number(json, "bu_refused", mr->refused);
	return json;
}

static struct json_object *host_json(const struct host *host)
{
	struct json_object *json = json_object_new_object();
	struct json_object *list = json_object_new_array();

	add_string(json, "interface", host->conf->host.interface);
	add_address(json, "coa", &host->coa);
	add_number(json, "ra_sent", host->ra.sent);
	for (unsigned int i = 0; i < host->mrs; i++)
		json_object_array_add(list, mr_json(host->mr[i]));
	json_object_object_add(json, "mr", list);
	json_object_object_add(json, "peer", peers_json(&host->peers));
	add_number(json, "hi_dropped", host->peers.dropped);
	return json;
}

static struct json_object *ha_json(const struct ha *ha)
{
	struct json_object *json = json_object_new_object();
	struct json_object *list = json_object_new_array();

	add_address(json, "address", &ha->conf->ha.address);
	for (unsigned int i = 0; i < ha->mrs; i++)
		json_object_array_add(list, ha_mr_json(ha->mr[i]));
	json_object_object_add(json, "mr", list);
	return json;
}

static struct json_object *counts(const uint64_t by_type[MH_TYPES])
{
	struct json_object *json = json_object_new_object();

	for (int type = 0; type < MH_TYPES; type++)
		if (by_type[type])
			add_number(json, mh_type_name(type), by_type[type]);
	return json;
}

struct json_object *status_json(const struct agent *agent)
{
	struct json_object *json = json_object_new_object();

	json_object_object_add(json, "ok", json_object_new_boolean(true));
	if (agent->host)
		json_object_object_add(json, "host", host_json(agent->host));
	if (agent->ha)
		json_object_object_add(json, "ha", ha_json(agent->ha));
	json_object_object_add(json, "sent", counts(agent->mh.sent));
	json_object_object_add(json, "received", counts(agent->mh.received));
	add_number(json, "malformed", agent->mh.bad);
	return json;
}
