/* SPDX-License-Identifier: GPL-2.0 */
/* The configuration file of nemod: nemo.conf(5). */
#ifndef NEMO_CONF_H
#define NEMO_CONF_H

#include <linux/nemo_mr.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prefix.h"

#define NEMO_CONF_PATH		"/etc/nemo/nemo.conf"
#define NEMO_CONF_SOCKET	"/run/nemo/nemod.sock"
#define NEMO_CONF_KEY_MIN	16	/* octets */
#define NEMO_CONF_KEY_MAX	64
#define NEMO_CONF_XEN_MAX	16	/* guests of a mobile router */
#define NEMO_CONF_XEN_LEN	63

/* Lines are numbers in the file; 0 for what is not there. */

/**
 * struct nemo_conf_auth - how messages are authenticated
 * @key_file: first, so that the table of keys can name both
 * @none: not at all
 * @key: wiped by nemo_conf_free()
 */
struct nemo_conf_auth {
	char key_file[256];
	unsigned int key_file_line;
	bool none;
	uint32_t spi;
	uint8_t key[NEMO_CONF_KEY_MAX];
	size_t keylen;
};

/**
 * struct nemo_conf_mr - [mr NAME]: one mobile router
 * @line: of the section, for messages; the other lines likewise
 * @lifetime: seconds, a multiple of 4
 * @xen: names or UUIDs of Xen guests; none: the guest of the mobile router's name
 */
struct nemo_conf_mr {
	unsigned int line;
	char name[NEMO_MR_NAME_MAX + 1];
	struct in6_addr hoa;
	struct in6_addr home_agent;
	unsigned int mnps;
	struct nemo_prefix mnp[NEMO_MR_PREFIX_MAX];
	unsigned int mnp_line[NEMO_MR_PREFIX_MAX];
	struct nemo_conf_auth auth;
	char attachment[IFNAMSIZ];
	unsigned int guests;
	uint8_t guest[NEMO_MR_GUEST_MAX][6];
	unsigned int excludes;
	char exclude[NEMO_MR_EXCLUDE_MAX][IFNAMSIZ];
	uint32_t lifetime;
	bool explicit_mode;
	uint32_t mtu;
	bool trigger;
	uint32_t hold_packets;
	uint32_t hold_bytes;
	uint32_t marker_timeout;	/* ms; 0: from the round trip */
	unsigned int xens;
	char xen[NEMO_CONF_XEN_MAX][NEMO_CONF_XEN_LEN + 1];
	unsigned int xen_line[NEMO_CONF_XEN_MAX];
	uint64_t seen;		/* which keys the file gives: conf.c's table */
};

/* [ha]: this node is a home agent */
struct nemo_conf_ha {
	unsigned int line;		/* 0: it is not */
	struct in6_addr address;
	char device[IFNAMSIZ];
	char home_link[IFNAMSIZ];
	struct nemo_prefix aggregate;	/* length 0: none */
	uint32_t max_lifetime;	/* seconds */
	uint64_t seen;
};

/* [host]: this node serves guests */
struct nemo_conf_host {
	unsigned int line;		/* 0: it does not */
	char interface[IFNAMSIZ];
	char device[IFNAMSIZ];
	uint8_t gateway_mac[6];
	uint64_t seen;
};

/* [peer NAME]: another host that guests come from and go to */
struct nemo_conf_peer {
	unsigned int line;
	char name[NEMO_MR_NAME_MAX + 1];
	struct in6_addr address;
	struct nemo_conf_auth auth;
	uint64_t seen;
};

struct nemo_conf {
	char socket[108];
	uint64_t seen;
	struct nemo_conf_ha ha;
	struct nemo_conf_host host;
	unsigned int mrs;
	struct nemo_conf_mr *mr;
	unsigned int peers;
	struct nemo_conf_peer *peer;
};

/**
 * nemo_conf_load - read and check all of a file
 * @report: told of each mistake: "FILE:LINE: what is wrong; what would be right"
 *
 * Return: the configuration, or NULL after at least one @report.
 */
struct nemo_conf *nemo_conf_load(const char *path,
				 void (*report)(const char *text, void *arg),
				 void *arg);
void nemo_conf_free(struct nemo_conf *conf);

/**
 * nemo_conf_warn - what is no mistake, but perhaps not meant
 * @path: that it was loaded from
 * @report: told of each: "FILE:LINE: warning: what is so; what would be better"
 */
void nemo_conf_warn(const struct nemo_conf *conf, const char *path,
		    void (*report)(const char *text, void *arg), void *arg);

const struct nemo_conf_mr *nemo_conf_mr(const struct nemo_conf *conf,
					const char *name);
const struct nemo_conf_peer *nemo_conf_peer(const struct nemo_conf *conf,
					    const char *name);

/* That a Xen guest belongs to, or NULL. */
const struct nemo_conf_mr *nemo_conf_xen(const struct nemo_conf *conf,
					 const char *name, const char *uuid);

/*
 * That a guest belongs to by its interface: by the MAC address, or as the only mobile router of the
 * bridge, if that names no guests; or NULL.
 */
const struct nemo_conf_mr *nemo_conf_vif(const struct nemo_conf *conf,
					 const uint8_t mac[6],
					 const char *bridge);

#endif /* NEMO_CONF_H */
