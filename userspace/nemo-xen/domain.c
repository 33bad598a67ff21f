// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"
#include "lib/log.h"

/* By its name: xl marks both ends of a migration with it. */
enum role {
	ROLE_NONE,	/* not there */
	ROLE_INCOMING,
	ROLE_HERE,
	ROLE_AWAY,	/* migrated; the new host has permission to start it */
	ROLES
};

/* How far it is with its end, as far as the store tells. */
enum pause {
	PAUSE_RUNS,
	PAUSE_ENDS,	/* reboot, poweroff: no migration */
	PAUSE_ASKED,	/* to suspend */
	PAUSE_ACKED,	/* it does what it was asked */
	PAUSE_STOPPED,
	PAUSES
};

enum input {
	INPUT_SUSPEND,	/* control/shutdown = suspend */
	INPUT_CLEAR,	/* control/shutdown is empty */
	INPUT_OTHER,	/* another word in it */
	INPUT_RELEASE,
	INPUTS
};

struct domain {
	struct domain *next;
	unsigned int domid;
	char *name, *uuid;
	char mr[NEMO_MR_NAME_MAX + 1];	/* empty: of no mobile router */
	char by_vif[NEMO_MR_NAME_MAX + 1];	/* what its interfaces say */
	enum role role;
	enum pause pause;
};

static const enum verb on_role[ROLES][ROLES] = {
	[ROLE_NONE][ROLE_INCOMING] = VERB_PREPARE,
	/* Just made, or of a toolstack that does not mark what comes (libvirt, xapi). */
	[ROLE_NONE][ROLE_HERE] = VERB_ASK,
	[ROLE_INCOMING][ROLE_NONE] = VERB_ABORT,
	/* The new host could not start it. */
	[ROLE_AWAY][ROLE_HERE] = VERB_ABORT,
};

/*
 * The guest takes the word out when it obeys, often before it is read here: then it
 * may have been any word. The agent is told nevertheless: it leaves only where a
 * peer is prepared, and a guest that reboots meanwhile is not migrated anyway.
 * Nothing tells of a resume, so any state can be followed by a new pause.
 */
static const struct {
	enum pause next;
	enum verb verb;
} on_input[PAUSES][INPUTS] = {
	[PAUSE_RUNS] = {
		[INPUT_SUSPEND]	= { PAUSE_ASKED, VERB_LEAVE },
		[INPUT_CLEAR]	= { PAUSE_ACKED, VERB_LEAVE },
		[INPUT_OTHER]	= { PAUSE_ENDS },
		[INPUT_RELEASE]	= { PAUSE_RUNS },
	},
	[PAUSE_ENDS] = {
		[INPUT_SUSPEND]	= { PAUSE_ASKED, VERB_LEAVE },
		[INPUT_CLEAR]	= { PAUSE_RUNS },
		[INPUT_OTHER]	= { PAUSE_ENDS },
		[INPUT_RELEASE]	= { PAUSE_ENDS },
	},
	[PAUSE_ASKED] = {
		[INPUT_SUSPEND]	= { PAUSE_ASKED },
		[INPUT_CLEAR]	= { PAUSE_ACKED },
		[INPUT_OTHER]	= { PAUSE_ENDS },
		[INPUT_RELEASE]	= { PAUSE_ASKED },
	},
	[PAUSE_ACKED] = {
		[INPUT_SUSPEND]	= { PAUSE_ASKED, VERB_LEAVE },
		[INPUT_CLEAR]	= { PAUSE_ACKED },
		[INPUT_OTHER]	= { PAUSE_ENDS },
		[INPUT_RELEASE]	= { PAUSE_STOPPED, VERB_STOPPED },
	},
	[PAUSE_STOPPED] = {
		[INPUT_SUSPEND]	= { PAUSE_ASKED, VERB_LEAVE },
		[INPUT_CLEAR]	= { PAUSE_ACKED, VERB_LEAVE },
		[INPUT_OTHER]	= { PAUSE_ENDS },
		[INPUT_RELEASE]	= { PAUSE_STOPPED },
	},
};

static const struct {
	const char *suffix;
	enum role role;
} suffixes[] = {
	{ "--incoming", ROLE_INCOMING },
	{ "--migratedaway", ROLE_AWAY },
};

/* Takes the mark off @name. */
static enum role role_of(char *name)
{
	size_t len = strlen(name), mark;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		mark = strlen(suffixes[i].suffix);
		if (len < mark || strcmp(name + len - mark, suffixes[i].suffix))
			continue;
		name[len - mark] = 0;
		return suffixes[i].role;
	}
	return ROLE_HERE;
}

/* Is there another domain of the mobile router that is, or will be, running here? */
static bool others(const struct domains *domains, const struct domain *domain)
{
	for (const struct domain *d = domains->first; d; d = d->next)
		if (d != domain && !strcmp(d->mr, domain->mr) &&
		    (d->role == ROLE_INCOMING ||
		     (d->role == ROLE_HERE && d->pause != PAUSE_STOPPED)))
			return true;
	return false;
}

/* What is true of one guest only, is not said of a mobile router with several. */
static bool for_all(const struct domain *domain, enum verb verb)
{
	return verb == VERB_STOPPED ||
	       (verb == VERB_ABORT && domain->role == ROLE_NONE);
}

static void say(const struct domains *domains, const struct domain *domain,
		enum verb verb)
{
	if (verb == VERB_NONE || !*domain->mr)
		return;
	if (for_all(domain, verb) && others(domains, domain))
		return;
	domains->say(domains->arg, domain->mr, verb);
}

static void set_role(const struct domains *domains, struct domain *domain,
		     enum role role)
{
	enum verb verb = on_role[domain->role][role];

	if (role != domain->role)
		log_debug("domain %u: role %d -> %d", domain->domid,
			  domain->role, role);
	domain->role = role;
	say(domains, domain, verb);
}

static struct domain **find(struct domains *domains, unsigned int domid)
{
	struct domain **at = &domains->first;

	while (*at && (*at)->domid != domid)
		at = &(*at)->next;
	return at;
}

static void forget(struct domain **at)
{
	struct domain *domain = *at;

	*at = domain->next;
	free(domain->name);
	free(domain->uuid);
	free(domain);
}

/* Is that another mobile router than before? */
static bool map(const struct domains *domains, struct domain *domain)
{
	const struct nemo_conf_mr *mr;
	char before[sizeof(domain->mr)];

	strcpy(before, domain->mr);
	mr = nemo_conf_xen(domains->conf, domain->name, domain->uuid);
	strcpy(domain->mr, mr ? mr->name : domain->by_vif);
	return strcmp(before, domain->mr);
}

/* What it is known by may come later than its name, and is said then. */
static void map_to(const struct domains *domains, struct domain *domain,
		   enum role role)
{
	if (map(domains, domain))
		domain->role = ROLE_NONE;
	set_role(domains, domain, role);
}

static void rename_domain(const struct domains *domains, struct domain *domain,
			  char *name, char *uuid)
{
	enum role role = role_of(name);

	free(domain->name);
	free(domain->uuid);
	domain->name = name;
	domain->uuid = uuid;
	map_to(domains, domain, role);
}

void domain_named(struct domains *domains, unsigned int domid, const char *name,
		  const char *uuid)
{
	struct domain **at = find(domains, domid);
	char *names[2];

	if (!name) {
		if (!*at)
			return;
		set_role(domains, *at, ROLE_NONE);
		forget(at);
		return;
	}
	if (!*at)
		*at = calloc(1, sizeof(**at));
	names[0] = strdup(name);
	names[1] = strdup(uuid);
	if (!*at || !names[0] || !names[1]) {
		log_err("no memory for domain %u", domid);
		free(names[0]);
		free(names[1]);
		if (*at && !(*at)->name)
			forget(at);
		return;
	}
	(*at)->domid = domid;
	rename_domain(domains, *at, names[0], names[1]);
}

void domain_vif(struct domains *domains, unsigned int domid, const uint8_t mac[6],
		const char *bridge)
{
	struct domain *domain = *find(domains, domid);
	const struct nemo_conf_mr *mr;

	mr = domain ? nemo_conf_vif(domains->conf, mac, bridge) : NULL;
	if (!mr)
		return;
	strcpy(domain->by_vif, mr->name);
	map_to(domains, domain, domain->role);
}

static void input(const struct domains *domains, struct domain *domain,
		  enum input input)
{
	enum verb verb = on_input[domain->pause][input].verb;

	domain->pause = on_input[domain->pause][input].next;
	if (domain->role == ROLE_HERE)
		say(domains, domain, verb);
}

void domain_shutdown(struct domains *domains, unsigned int domid,
		     const char *value)
{
	struct domain *domain = *find(domains, domid);

	if (!domain)
		return;
	if (!value || !*value)
		input(domains, domain, INPUT_CLEAR);
	else if (!strcmp(value, "suspend"))
		input(domains, domain, INPUT_SUSPEND);
	else
		input(domains, domain, INPUT_OTHER);
}

void domains_released(struct domains *domains)
{
	for (struct domain *d = domains->first; d; d = d->next)
		input(domains, d, INPUT_RELEASE);
}

void domains_remind(struct domains *domains)
{
	for (struct domain *d = domains->first; d; d = d->next)
		if (d->role == ROLE_INCOMING)
			say(domains, d, VERB_AGAIN);
}

void domains_map(struct domains *domains, const struct nemo_conf *conf)
{
	domains->conf = conf;
	for (struct domain *d = domains->first; d; d = d->next) {
		*d->by_vif = 0;
		map(domains, d);
	}
}

int domains_next(const struct domains *domains, unsigned int domid)
{
	int next = -1;

	for (const struct domain *d = domains->first; d; d = d->next)
		if (d->domid >= domid && (next < 0 || d->domid < (unsigned int)next))
			next = d->domid;
	return next;
}

void domains_free(struct domains *domains)
{
	while (domains->first)
		forget(&domains->first);
}
