// SPDX-License-Identifier: GPL-2.0
/*
 * Key files: hexadecimal digits, two an octet, that only their owner may read.
 * A file of one line and nothing secret in memory but the key itself.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf_parse.h"

static int digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower(c)) : NULL;

	return at ? at - digits : -1;
}

/* False if @text is not a key. */
static bool decode(struct nemo_conf_auth *auth, const char *text, size_t len)
{
	while (len && isspace(text[len - 1]))
		len--;
	if (len % 2 || len / 2 < NEMO_CONF_KEY_MIN ||
	    len / 2 > NEMO_CONF_KEY_MAX)
		return false;
	for (size_t i = 0; i < len; i += 2) {
		int high = digit(text[i]), low = digit(text[i + 1]);

		if (high < 0 || low < 0)
			return false;
		auth->key[i / 2] = high << 4 | low;
	}
	auth->keylen = len / 2;
	return true;
}

static void read_key(struct conf_parser *p, struct nemo_conf_auth *auth, int fd)
{
	unsigned int line = auth->key_file_line;
	char text[2 * NEMO_CONF_KEY_MAX + 8];
	ssize_t len = read(fd, text, sizeof(text));

	if (len < 0)
		conf_mistake(p, line, "key-file %s cannot be read: %s",
			     auth->key_file, strerror(errno));
	else if (!decode(auth, text, len))
		conf_mistake(p, line,
			     "key-file %s has no key; write %d to %d hexadecimal digits, as: openssl rand -hex 32",
			     auth->key_file, 2 * NEMO_CONF_KEY_MIN,
			     2 * NEMO_CONF_KEY_MAX);
	OPENSSL_cleanse(text, sizeof(text));
}

void conf_read_key(struct conf_parser *p, struct nemo_conf_auth *auth,
		   const struct conf_section *section)
{
	unsigned int line = auth->key_file_line;
	int fd = open(auth->key_file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		conf_mistake(p, line,
			     "key-file %s of [%s %s]: %s; make one with: openssl rand -hex 32",
			     auth->key_file, section->kind, section->name,
			     strerror(errno));
		return;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		conf_mistake(p, line, "key-file %s is not a file",
			     auth->key_file);
	else if (st.st_mode & 077)
		conf_mistake(p, line,
			     "key-file %s can be read by others than its owner; chmod 600 %s",
			     auth->key_file, auth->key_file);
	else
		read_key(p, auth, fd);
	close(fd);
}
