// SPDX-License-Identifier: GPL-2.0
/* nemoctl [OPTIONS] OBJECT [COMMAND [ARGUMENTS]] */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "error.h"
#include "lib/conf.h"

#define USAGE "[-j] [-p] [-n NETNS] [-S SOCKET] OBJECT [COMMAND [ARGUMENTS]]"

static const struct object objects[] = {
	{ "mr", mr_commands, "mobile routers of this host" },
	{ "ha", ha_commands, "binding cache of this home agent" },
	{ "link", link_commands, "tunnel devices" },
	{ "activate", activate_commands, NULL },
	{ "release", release_commands, NULL },
	{ "reload", reload_commands, NULL },
	{ "status", status_commands, NULL },
	{ "monitor", monitor_commands, NULL },
	{ "help", NULL, NULL },
	{ }
};

/* An object without help of its own is a command. */
static void help_objects(void)
{
	puts("Usage: nemoctl " USAGE "\n");
	for (const struct object *o = objects; o->name; o++)
		if (o->commands)
			printf("  %-10s %s\n", o->name,
			       o->help ?: o->commands->help);
	puts("\n"
	     "  -j  JSON          -p  JSON with line ends\n"
	     "  -n  in a network namespace: its name (ip netns) or path\n"
	     "  -S  the agent's control socket, by default " NEMO_CONF_SOCKET "\n\n"
	     "`nemoctl OBJECT help` tells more; words may be abbreviated.");
}

static void help_commands(const struct command *c)
{
	for (; c->name; c++)
		printf("Usage: nemoctl %s\n    %s\n", c->usage, c->help);
}

static void help(struct args *args)
{
	const char *word = args_next(args);
	const struct object *o;

	if (!word) {
		help_objects();
		return;
	}
	o = args_match(args, "object", word, objects, sizeof(*objects));
	args_end(args);
	if (o->commands)
		help_commands(o->commands);
	else
		help_objects();
}

static void run(struct ctl *ctl, const struct command *c, struct args *args)
{
	args->usage = c->usage;
	if (args->left == 1 && !strcmp(*args->next, "help")) {
		printf("Usage: nemoctl %s\n    %s\n", c->usage, c->help);
		return;
	}
	c->run(ctl, args);
}

static void run_object(struct ctl *ctl, const struct object *o,
		       struct args *args)
{
	const struct command *c = o->commands;
	char usage[64];

	if (!o->help) {		/* a command by itself */
		run(ctl, c, args);
		return;
	}
	snprintf(usage, sizeof(usage), "%s help", o->name);
	args->usage = usage;
	if (args->left && !strcmp(*args->next, "help")) {
		help_commands(c);
		return;
	}
	if (args->left)
		c = args_match(args, "command", args_next(args), c, sizeof(*c));
	run(ctl, c, args);
}

static void enter_netns(const char *name)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", strchr(name, '/') ? "" : "/run/netns/",
		 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("network namespace %s: %s; `ip netns` lists those with a name",
		    name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		die("network namespace %s: %s%s", name, strerror(errno),
		    errno == EPERM ? "; run it as root" : "");
	close(fd);
}

/* How it is shown may stand behind the words, too: mr timeline NAME -j */
static bool read_last(struct ctl *ctl, struct args *args)
{
	const char *last = args->left ? args->next[args->left - 1] : "";
	bool pretty = !strcmp(last, "-p");

	if (!pretty && strcmp(last, "-j"))
		return false;
	ctl->out.json = true;
	ctl->out.pretty |= pretty;
	args->left--;
	return true;
}

static void read_options(struct ctl *ctl, int argc, char **argv,
			 struct args *args)
{
	int c;

	while ((c = getopt(argc, argv, "+jpn:S:h")) != -1) {
		switch (c) {
		case 'j':
			ctl->out.json = true;
			break;
		case 'p':
			ctl->out.json = true;
			ctl->out.pretty = true;
			break;
		case 'n':
			enter_netns(optarg);
			break;
		case 'S':
			ctl->socket = optarg;
			break;
		case 'h':
			help_objects();
			exit(EXIT_SUCCESS);
		default:
			fputs("Usage: nemoctl " USAGE "\n", stderr);
			exit(EXIT_USAGE);
		}
	}
	args->left = argc - optind;
	args->next = argv + optind;
	while (read_last(ctl, args))
		;
}

int main(int argc, char **argv)
{
	struct ctl ctl = {
		.out = { .file = stdout, .colour = isatty(STDOUT_FILENO) },
		.socket = NEMO_CONF_SOCKET,
	};
	struct args args = { .usage = USAGE };
	const struct object *o;

	read_options(&ctl, argc, argv, &args);
	o = args_match(&args, "object", args_need(&args, "the object"), objects,
		       sizeof(*objects));
	if (o->commands)
		run_object(&ctl, o, &args);
	else
		help(&args);
	return fflush(stdout) || ferror(stdout) ? EXIT_REFUSED : EXIT_SUCCESS;
}
