/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the configuration reader share. */
#ifndef NEMO_CONF_PARSE_H
#define NEMO_CONF_PARSE_H

#include "conf.h"

struct conf_key;

/* A file while it is read. */
struct conf_parser {
	const char *path;
	unsigned int line;		/* the one being read */
	unsigned int section;	/* the last with a [section] */
	const struct conf_key *keys;	/* of that section; NULL: it is not known */
	void *data;
	uint64_t *seen;
	unsigned int mistakes;
	void (*report)(const char *text, void *arg);
	void *arg;
	struct nemo_conf *conf;
};

__attribute__((format(printf, 3, 4)))
void conf_mistake(struct conf_parser *p, unsigned int line, const char *fmt, ...);

/**
 * struct conf_key - a key of a section
 * @parse: writes the value to @field; reports a mistake itself
 * @offset: of the field in the section's struct
 * @min: smallest number, where the value is one
 * @max: largest
 * @repeat: may be given more than once
 */
struct conf_key {
	const char *name;
	void (*parse)(struct conf_parser *p, const struct conf_key *key,
		      void *section, const char *value);
	size_t offset;
	uint32_t min, max;
	bool repeat;
};

void conf_address(struct conf_parser *p, const struct conf_key *key,
		  void *section, const char *value);
void conf_prefix(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value);
void conf_ifname(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value);
void conf_number(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value);
void conf_bool(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value);
void conf_mac(struct conf_parser *p, const struct conf_key *key, void *section,
	      const char *value);
void conf_path(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value);
void conf_key_file(struct conf_parser *p, const struct conf_key *key,
		   void *section, const char *value);
void conf_auth(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value);
void conf_mode(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value);
void conf_mnps(struct conf_parser *p, const struct conf_key *key,
	       void *section, const char *value);
void conf_guests(struct conf_parser *p, const struct conf_key *key,
		 void *section, const char *value);
void conf_excludes(struct conf_parser *p, const struct conf_key *key,
		   void *section, const char *value);
void conf_xen(struct conf_parser *p, const struct conf_key *key, void *section,
	      const char *value);

/* Calls @add for each part of a list with commas, with a check for room. */
void conf_list(struct conf_parser *p, const struct conf_key *key,
	       struct nemo_conf_mr *mr, const char *value, unsigned int *n,
	       unsigned int max,
	       bool (*add)(struct conf_parser *p, const struct conf_key *key,
			   struct nemo_conf_mr *mr, const char *part));

/* Is there a unicast address of global scope (also a ULA)? */
bool conf_is_global(const struct in6_addr *addr);

/* A section that has a name, for messages. */
struct conf_section {
	const char *kind, *name;
	unsigned int line;
};

/* Read the key that @auth names. */
void conf_read_key(struct conf_parser *p, struct nemo_conf_auth *auth,
		   const struct conf_section *section);

/* A Xen guest belongs to one mobile router. */
void conf_check_xen(struct conf_parser *p, const struct nemo_conf_mr *a,
		    const struct nemo_conf_mr *b);

/* What can be judged only when the whole file is read. */
void conf_check(struct conf_parser *p);

#endif /* NEMO_CONF_PARSE_H */
