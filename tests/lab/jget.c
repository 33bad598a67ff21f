// SPDX-License-Identifier: GPL-2.0
/*
 * jget PATH [FILE] - one value of a JSON text, a string without its quotes. For what a
 * scenario polls: jq compiles its library at each start, which takes half a second in an
 * emulated machine, and this is one of its paths only.
 *
 * PATH is made of .name, ["name"] or ."name", [N] and [name=value], the first object of an
 * array that has this string there. What is not there is null.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void die(const char *what, const char *which)
{
	fprintf(stderr, "jget: %s: %s\n", what, which);
	exit(2);
}

static struct json_object *element(struct json_object *array, const char *step)
{
	char *end;
	long i = strtol(step, &end, 10);

	if (*end || i < 0)
		die("not an index", step);
	return json_object_array_get_idx(array, i);
}

static struct json_object *chosen(struct json_object *array, const char *name, const char *value)
{
	struct json_object *object, *member;
	size_t i;

	for (i = 0; i < json_object_array_length(array); i++) {
		object = json_object_array_get_idx(array, i);
		if (json_object_object_get_ex(object, name, &member) &&
		    !strcmp(json_object_get_string(member) ?: "", value))
			return object;
	}
	return NULL;
}

static struct json_object *member(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object))
		die("no object, so it has no", name);
	return json_object_object_get_ex(object, name, &value) ? value : NULL;
}

/* What is between brackets, which may be quoted. */
static struct json_object *bracket(struct json_object *at, char *step)
{
	char *value = strchr(step, '=');
	size_t len = strlen(step);

	if (*step == '"' && len > 1 && step[len - 1] == '"') {
		step[len - 1] = '\0';
		return at ? member(at, step + 1) : NULL;
	}
	if (!at)
		return NULL;
	if (!json_object_is_type(at, json_type_array))
		die("not an array", step);
	if (!value)
		return element(at, step);
	*value = '\0';
	return chosen(at, step, value + 1);
}

/* One step, at *path; *path is behind it then. */
static struct json_object *step(struct json_object *at, char **path)
{
	char *p = *path, *end = NULL;
	char buf[256];

	if (p[0] == '.' && p[1] == '[')
		p++;
	if (*p == '[')
		end = strchr(p, ']');
	else if (p[0] == '.' && p[1] == '"')
		end = strchr(p + 2, '"');
	else if (*p == '.' && strcspn(p + 1, ".["))
		end = p + 1 + strcspn(p + 1, ".[");
	if (!end || end - p >= (long)sizeof(buf))
		die("not a path", p);
	snprintf(buf, sizeof(buf), "%.*s", (int)(end - p - 1), p + 1);
	*path = *end == ']' || *end == '"' ? end + 1 : end;
	if (*p == '[')
		return bracket(at, buf);
	return at ? member(at, buf + (*buf == '"')) : NULL;
}

int main(int argc, char **argv)
{
	struct json_object *at;
	char *path;

	if (argc < 2 || argc > 3)
		die("usage", "jget PATH [FILE]");
	at = argc == 3 ? json_object_from_file(argv[2]) : json_object_from_fd(STDIN_FILENO);
	if (!at)
		die("no JSON", argc == 3 ? argv[2] : "stdin");
	for (path = argv[1]; *path;)
		at = step(at, &path);
	puts(json_object_is_type(at, json_type_string) ? json_object_get_string(at) :
	     json_object_to_json_string_ext(at, JSON_C_TO_STRING_PLAIN));
	return 0;
}
