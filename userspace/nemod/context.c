// SPDX-License-Identifier: GPL-2.0
#include <openssl/evp.h>
#include <string.h>

#include "context.h"
#include "wire/bytes.h"

#define ROUTER_LEN	28
#define ROUTER_LEN_LEAST	24	/* without what came later */
#define NEIGHBOUR_LEN	22

unsigned int context_room(const struct context_message *m)
{
	return CONTEXT_SLOTS - m->msg.opts.n_vendor;
}

/* An option of @len octets, to be filled in; NULL if there is no room. */
static uint8_t *next(struct context_message *m, enum context_subtype subtype,
		     uint8_t len)
{
	struct mh_opts *opts = &m->msg.opts;
	uint8_t *octets = m->octets[opts->n_vendor];

	if (!context_room(m))
		return NULL;
	opts->vendor[opts->n_vendor++] = (struct mh_vendor){
		.id = CONTEXT_VENDOR,
		.subtype = subtype,
		.value = { octets, len },
	};
	return octets;
}

bool context_add(struct context_message *m, const struct context *c)
{
	uint8_t *octets = next(m, CONTEXT_ROUTER, ROUTER_LEN);

	if (!octets)
		return false;
	memcpy(octets, &c->hoa, 16);
	put16(octets + 16, c->seq);
	put16(octets + 18, c->lifetime);
	octets[20] = c->flags;
	octets[21] = c->status;
	put16(octets + 22, c->id);
	put16(octets + 24, c->alike);
	put16(octets + 26, c->round_trip);
	return true;
}

bool context_add_neighbour(struct context_message *m,
			   const struct context_neighbour *n)
{
	uint8_t *octets = next(m, CONTEXT_NEIGHBOUR, NEIGHBOUR_LEN);

	if (!octets)
		return false;
	memcpy(octets, &n->addr, 16);
	memcpy(octets + 16, n->mac, 6);
	return true;
}

static uint16_t hash(const void *data, size_t size)
{
	uint8_t digest[EVP_MAX_MD_SIZE];

	return EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) ?
		       get16(digest) : 0;
}

uint16_t context_alike(const struct nemo_conf_mr *mr)
{
	uint16_t alike = hash(&mr->home_agent, sizeof(mr->home_agent));

	for (unsigned int i = 0; i < mr->mnps; i++) {
		uint8_t octets[17];

		memcpy(octets, &mr->mnp[i].addr, 16);
		octets[16] = mr->mnp[i].len;
		alike += hash(octets, sizeof(octets));
	}
	return alike ?: 1;
}

void context_describe(struct context_message *m, const struct nemo_conf_mr *mr)
{
	struct mh_opts *opts = &m->msg.opts;

	strcpy(m->name, mr->name);
	opts->has |= MH_BIT(MH_OPT_MN_ID) | MH_BIT(MH_OPT_LMA) |
		     MH_BIT(MH_OPT_LINK_LOCAL);
	opts->mn_id.subtype = MH_MN_ID_NAI;
	opts->mn_id.id = (struct mh_data){ (const uint8_t *)m->name,
					   strlen(m->name) };
	opts->lma = mr->home_agent;
	/* The gateway's, the same on every host. */
	opts->link_local = (struct in6_addr){ .s6_addr = { 0xfe, 0x80,
							   [15] = 1 } };
	for (unsigned int i = 0; i < mr->mnps; i++)
		opts->mnp[i] = (struct mh_prefix){ mr->mnp[i].addr,
						   mr->mnp[i].len };
	opts->n_mnp = mr->mnps;
}

static bool is(const struct mh_vendor *v, enum context_subtype subtype,
	       uint8_t len)
{
	/* A later version may say more at the end. */
	return v->id == CONTEXT_VENDOR && v->subtype == subtype &&
	       v->value.len >= len;
}

bool context_read(const struct mh_vendor *v, struct context *c)
{
	const uint8_t *octets = v->value.data;

	if (!is(v, CONTEXT_ROUTER, ROUTER_LEN_LEAST))
		return false;
	memcpy(&c->hoa, octets, 16);
	c->seq = get16(octets + 16);
	c->lifetime = get16(octets + 18);
	c->flags = octets[20];
	c->status = octets[21];
	c->id = get16(octets + 22);
	c->alike = v->value.len < ROUTER_LEN ? 0 : get16(octets + 24);
	c->round_trip = v->value.len < ROUTER_LEN ? 0 : get16(octets + 26);
	return true;
}

bool context_read_neighbour(const struct mh_vendor *v,
			    struct context_neighbour *n)
{
	if (!is(v, CONTEXT_NEIGHBOUR, NEIGHBOUR_LEN))
		return false;
	memcpy(&n->addr, v->value.data, 16);
	memcpy(n->mac, v->value.data + 16, 6);
	return true;
}

bool context_find(const struct mh_opts *opts, const struct in6_addr *hoa,
		  struct context *c)
{
	for (unsigned int i = 0; i < opts->n_vendor; i++)
		if (context_read(&opts->vendor[i], c) &&
		    IN6_ARE_ADDR_EQUAL(&c->hoa, hoa))
			return true;
	return false;
}

static bool has_prefix(const struct nemo_conf_mr *mr,
		       const struct mh_prefix *prefix)
{
	for (unsigned int i = 0; i < mr->mnps; i++)
		if (mr->mnp[i].len == prefix->len &&
		    IN6_ARE_ADDR_EQUAL(&mr->mnp[i].addr, &prefix->addr))
			return true;
	return false;
}

bool context_agrees(const struct mh_opts *opts, const struct nemo_conf_mr *mr)
{
	if (mh_has(opts, MH_OPT_LMA) &&
	    !IN6_ARE_ADDR_EQUAL(&opts->lma, &mr->home_agent))
		return false;
	if (!opts->n_mnp)
		return true;
	for (unsigned int i = 0; i < opts->n_mnp; i++)
		if (!has_prefix(mr, &opts->mnp[i]))
			return false;
	return opts->n_mnp == mr->mnps;
}
