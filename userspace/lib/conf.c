// SPDX-License-Identifier: GPL-2.0
/* Sections and keys of the configuration file. */
#include <errno.h>
#include <ini.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "conf.h"
#include "conf_parse.h"

#define MR(field)	.offset = offsetof(struct nemo_conf_mr, field)
#define HA(field)	.offset = offsetof(struct nemo_conf_ha, field)
#define HOST(field)	.offset = offsetof(struct nemo_conf_host, field)
#define PEER(field)	.offset = offsetof(struct nemo_conf_peer, field)

static const struct conf_key nemod_keys[] = {
	{ "socket", conf_path, .offset = offsetof(struct nemo_conf, socket), .max = 107 },
	{ }
};

static const struct conf_key ha_keys[] = {
	{ "address", conf_address, HA(address) },
	{ "device", conf_ifname, HA(device) },
	{ "home-link", conf_ifname, HA(home_link) },
	{ "aggregate", conf_prefix, HA(aggregate) },
	/* RFC 6275 §6.1.7: 16 bits of 4 s, and all ones mean forever. */
	{ "max-lifetime", conf_number, HA(max_lifetime), 4, 262136 },
	{ }
};

static const struct conf_key host_keys[] = {
	{ "interface", conf_ifname, HOST(interface) },
	{ "device", conf_ifname, HOST(device) },
	{ "gateway-mac", conf_mac, HOST(gateway_mac) },
	{ }
};

static const struct conf_key mr_keys[] = {
	{ "hoa", conf_address, MR(hoa) },
	{ "mnp", conf_mnps, .repeat = true },
	{ "home-agent", conf_address, MR(home_agent) },
	{ "auth", conf_auth, MR(auth.none) },
	{ "spi", conf_number, MR(auth.spi), NEMO_AUTH_SPI_MIN, UINT32_MAX },
	{ "key-file", conf_key_file, MR(auth), .max = 255 },
	{ "attachment", conf_ifname, MR(attachment) },
	{ "guest", conf_guests, .repeat = true },
	{ "exclude", conf_excludes, .repeat = true },
	{ "lifetime", conf_number, MR(lifetime), 4, 262136 },
	{ "mode", conf_mode, MR(explicit_mode) },
	{ "mtu", conf_number, MR(mtu), 1280, 65535 },
	{ "trigger", conf_bool, MR(trigger) },
	{ "hold-packets", conf_number, MR(hold_packets), 1, 1048576 },
	{ "hold-bytes", conf_number, MR(hold_bytes), 1500, 1073741824 },
	{ "marker-timeout", conf_number, MR(marker_timeout), 1, 10000 },
	{ "xen", conf_xen, .repeat = true },
	{ }
};

static const struct conf_key peer_keys[] = {
	{ "address", conf_address, PEER(address) },
	{ "spi", conf_number, PEER(auth.spi), NEMO_AUTH_SPI_MIN, UINT32_MAX },
	{ "key-file", conf_key_file, PEER(auth), .max = 255 },
	{ }
};

void conf_mistake(struct conf_parser *p, unsigned int line, const char *fmt, ...)
{
	char what[512], text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	snprintf(text, sizeof(text), "%s:%u: %s", p->path, line, what);
	p->mistakes++;
	p->report(text, p->arg);
}

const struct nemo_conf_mr *nemo_conf_mr(const struct nemo_conf *conf,
					const char *name)
{
	for (unsigned int i = 0; i < conf->mrs; i++)
		if (!strcmp(conf->mr[i].name, name))
			return &conf->mr[i];
	return NULL;
}

const struct nemo_conf_peer *nemo_conf_peer(const struct nemo_conf *conf,
					    const char *name)
{
	for (unsigned int i = 0; i < conf->peers; i++)
		if (!strcmp(conf->peer[i].name, name))
			return &conf->peer[i];
	return NULL;
}

/* One more element of zeros for a list of @n; NULL after a mistake. */
static void *grow(struct conf_parser *p, void *list, unsigned int n,
		  size_t size)
{
	list = reallocarray(list, n + 1, size);
	if (list)
		memset((char *)list + n * size, 0, size);
	else
		conf_mistake(p, p->line, "no memory");
	return list;
}

static bool good_name(struct conf_parser *p, const char *name,
		      const char *what, const char *example)
{
	if (*name && strlen(name) <= NEMO_MR_NAME_MAX)
		return true;
	conf_mistake(p, p->line,
		     "the name of a %s has 1 to %d characters, as in %s", what,
		     NEMO_MR_NAME_MAX, example);
	return false;
}

static struct nemo_conf_mr *mr_section(struct conf_parser *p, const char *name)
{
	struct nemo_conf *conf = p->conf;
	struct nemo_conf_mr *mr;

	mr = (struct nemo_conf_mr *)nemo_conf_mr(conf, name);
	if (mr || !good_name(p, name, "mobile router", "[mr guest1]"))
		return mr;
	mr = grow(p, conf->mr, conf->mrs, sizeof(*mr));
	if (!mr)
		return NULL;
	conf->mr = mr;
	mr += conf->mrs++;
	mr->line = p->line;
	mr->lifetime = 60;
	mr->mtu = 1460;
	mr->trigger = true;
	mr->hold_packets = 8192;
	mr->hold_bytes = 16 << 20;
	strcpy(mr->name, name);
	return mr;
}

static struct nemo_conf_peer *peer_section(struct conf_parser *p,
					   const char *name)
{
	struct nemo_conf *conf = p->conf;
	struct nemo_conf_peer *peer;

	peer = (struct nemo_conf_peer *)nemo_conf_peer(conf, name);
	if (peer || !good_name(p, name, "peer", "[peer host2]"))
		return peer;
	peer = grow(p, conf->peer, conf->peers, sizeof(*peer));
	if (!peer)
		return NULL;
	conf->peer = peer;
	peer += conf->peers++;
	peer->line = p->line;
	strcpy(peer->name, name);
	return peer;
}

/* What follows @kind in the name of a section; NULL for another kind. */
static const char *named(const char *section, const char *kind)
{
	size_t len = strlen(kind);

	if (strncmp(section, kind, len) || !strchr(" \t", section[len]))
		return NULL;
	return section + len + strspn(section + len, " \t");
}

static void section_is(struct conf_parser *p, const struct conf_key *keys,
		       void *data, uint64_t *seen)
{
	p->keys = keys;
	p->data = data;
	p->seen = seen;
}

/* What the lines after [@name] are about. */
static void enter_section(struct conf_parser *p, const char *name)
{
	struct nemo_conf *conf = p->conf;
	struct nemo_conf_peer *peer;
	struct nemo_conf_mr *mr;

	section_is(p, NULL, NULL, NULL);
	if (!strcmp(name, "nemod")) {
		section_is(p, nemod_keys, conf, &conf->seen);
	} else if (!strcmp(name, "ha")) {
		conf->ha.line = conf->ha.line ?: p->line;
		section_is(p, ha_keys, &conf->ha, &conf->ha.seen);
	} else if (!strcmp(name, "host")) {
		conf->host.line = conf->host.line ?: p->line;
		section_is(p, host_keys, &conf->host, &conf->host.seen);
	} else if (named(name, "mr")) {
		mr = mr_section(p, named(name, "mr"));
		if (mr)
			section_is(p, mr_keys, mr, &mr->seen);
	} else if (named(name, "peer")) {
		peer = peer_section(p, named(name, "peer"));
		if (peer)
			section_is(p, peer_keys, peer, &peer->seen);
	} else {
		conf_mistake(p, p->line,
			     "unknown section [%s]; there are [nemod], [ha], [host], [mr NAME] and [peer NAME]",
			     name);
	}
}

static void unknown_key(struct conf_parser *p, const struct conf_key *keys,
			const char *section, const char *name)
{
	char list[256] = "";

	for (; keys->name; keys++) {
		strncat(list, " ", sizeof(list) - strlen(list) - 1);
		strncat(list, keys->name, sizeof(list) - strlen(list) - 1);
	}
	conf_mistake(p, p->line, "unknown key %s in [%s]; it knows:%s", name,
		     section, list);
}

static int handle(void *arg, const char *section, const char *name,
		  const char *value)
{
	struct conf_parser *p = arg;
	const struct conf_key *key;
	uint64_t bit;

	if (!p->section)
		conf_mistake(p, p->line, "%s is in no section; begin with [ha] or [host]",
			     name);
	if (!p->keys)
		return 1;
	for (key = p->keys; key->name && strcmp(key->name, name); key++)
		;
	if (!key->name) {
		unknown_key(p, p->keys, section, name);
		return 1;
	}
	bit = 1ULL << (key - p->keys);
	if (*p->seen & bit && !key->repeat) {
		conf_mistake(p, p->line, "%s is given twice in [%s]; keep one",
			     name, section);
		return 1;
	}
	*p->seen |= bit;
	key->parse(p, key, p->data, value);
	return 1;
}

struct source {
	FILE *file;
	struct conf_parser *p;
};

/*
 * inih tells of keys only: a section with none would not be seen. Nor is an indented one to be
 * more of the value before it.
 */
static void section_line(struct conf_parser *p, char *line)
{
	char *start = line + strspn(line, " \t"), *end, name[64];

	if (*start != '[')
		return;
	memmove(line, start, strlen(start) + 1);
	p->section = p->line;
	end = strchr(line, ']');
	/* A name that is cut is too long, and without ] inih complains. */
	snprintf(name, sizeof(name), "%.*s", end ? (int)(end - line - 1) : 0,
		 line + 1);
	if (end)
		enter_section(p, name);
}

/* Counts lines for inih, which does not tell them, and refuses to cut them. */
static char *read_line(char *buf, int size, void *arg)
{
	struct source *source = arg;
	char *line;

	line = fgets(buf, size, source->file);
	if (!line)
		return NULL;
	source->p->line++;
	if (!strchr(line, '\n') && !feof(source->file)) {
		conf_mistake(source->p, source->p->line,
			     "the line is too long; at most %d characters",
			     size - 2);
		for (int c = 0; c != '\n' && c != EOF;)
			c = getc(source->file);
		strcpy(line, "\n");
	}
	section_line(source->p, line);
	return line;
}

static void read_file(struct conf_parser *p)
{
	struct source source = { fopen(p->path, "re"), p };
	int bad;

	if (!source.file) {
		conf_mistake(p, 0, "cannot be read: %s; name the file with -c",
			     strerror(errno));
		return;
	}
	bad = ini_parse_stream(read_line, &source, handle, p);
	fclose(source.file);
	if (bad)
		conf_mistake(p, bad,
			     "neither [section], key = value, nor a comment that starts with ; or #");
}

static struct nemo_conf *conf_new(void)
{
	struct nemo_conf *conf = calloc(1, sizeof(*conf));

	if (!conf)
		return NULL;
	strcpy(conf->socket, NEMO_CONF_SOCKET);
	strcpy(conf->ha.device, "nemo-ha0");
	conf->ha.max_lifetime = 420;
	strcpy(conf->host.device, "nemo0");
	/* Locally administered, so no vendor has given it to a machine. */
	memcpy(conf->host.gateway_mac, "\x02\x00\x5e\x00\x01\xfe", 6);
	return conf;
}

struct nemo_conf *nemo_conf_load(const char *path,
				 void (*report)(const char *text, void *arg),
				 void *arg)
{
	struct conf_parser p = {
		.path = path,
		.report = report,
		.arg = arg,
		.conf = conf_new(),
	};

	if (!p.conf) {
		conf_mistake(&p, 0, "no memory");
		return NULL;
	}
	read_file(&p);
	if (!p.mistakes)
		conf_check(&p);
	if (p.mistakes) {
		nemo_conf_free(p.conf);
		return NULL;
	}
	return p.conf;
}

void nemo_conf_free(struct nemo_conf *conf)
{
	if (!conf)
		return;
	for (unsigned int i = 0; i < conf->mrs; i++)
		OPENSSL_cleanse(&conf->mr[i].auth, sizeof(conf->mr[i].auth));
	for (unsigned int i = 0; i < conf->peers; i++)
		OPENSSL_cleanse(&conf->peer[i].auth,
				sizeof(conf->peer[i].auth));
	free(conf->mr);
	free(conf->peer);
	free(conf);
}
