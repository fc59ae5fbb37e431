/* A tracefs made of plain files, for tests of whole programs: LD_PRELOAD it, and an instance has its files when it is made and is
 * gone with them, and a line written to kprobe_events makes or removes an event. STANDIN_REFUSE names an event that is not taken.
 * A file `busy` in an instance keeps it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_rmdir)(const char *);

__attribute__((constructor)) static void find(void)
{
	real_write = dlsym(RTLD_NEXT, "write");
	real_mkdir = dlsym(RTLD_NEXT, "mkdir");
	real_rmdir = dlsym(RTLD_NEXT, "rmdir");
}

static void put(const char *folder, const char *name, const char *text)
{
	char path[PATH_MAX];
	int file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	for (char *at = strchr(path + strlen(folder) + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = 0;
		real_mkdir(path, 0755);
		*at = '/';
	}
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (file >= 0) {
		real_write(file, text, strlen(text));
		close(file);
	}
}

static void event_format(const char *instance, const char *event)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "events/%s/format", event);
	put(instance, path, "name: stand_in\nID: 9999\nformat:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n");
}

int mkdir(const char *path, mode_t mode)
{
	char name[PATH_MAX];
	int made = real_mkdir(path, mode);

	if (made || !strstr(path, "/tracing/instances/"))
		return made;
	put(path, "trace_clock", "local global [mono] boot\n");
	put(path, "buffer_size_kb", "");
	put(path, "tracing_on", "1\n");
	put(path, "trace_marker", "");
	put(path, "per_cpu/cpu0/stats", "entries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0\nread events: 0\n");
	put(path, "per_cpu/cpu0/trace_pipe_raw", "");
	put(path, "events/header_page", "");
	put(path, "events/header_event", "");
	put(path, "events/kvm/kvm_unmap_hva_range/enable", "0\n");
	snprintf(name, sizeof(name), "%s/trace_pipe", path);
	mkfifo(name, 0600);
	event_format(path, "ftrace/print");
	event_format(path, "kvm/kvm_unmap_hva_range");
	return 0;
}

static int drop(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
	return kind == FTW_DP ? real_rmdir(path) : unlink(path);
}

int rmdir(const char *path)
{
	char name[PATH_MAX];

	if (!strstr(path, "/tracing/instances/"))
		return real_rmdir(path);
	snprintf(name, sizeof(name), "%s/busy", path);
	if (!access(name, F_OK)) {
		errno = EBUSY;
		return -1;
	}
	return nftw(path, drop, 8, FTW_DEPTH | FTW_PHYS);
}

/* All lines but those of an event stay. */
static void remove_event(const char *list, const char *event)
{
	char line[4096], part[PATH_MAX], words[300];
	FILE *from = fopen(list, "r"), *to;

	snprintf(part, sizeof(part), "%s.part", list);
	snprintf(words, sizeof(words), ":%s ", event);
	to = fopen(part, "w");
	while (from && to && fgets(line, sizeof(line), from))
		if (!strstr(line, words))
			fputs(line, to);
	if (from)
		fclose(from);
	if (to)
		fclose(to);
	rename(part, list);
}

static ssize_t probe(int file, const char *list, const char *text, size_t count)
{
	char line[4096], tracefs[PATH_MAX], path[PATH_MAX + 300], event[200] = "", group[200] = "";
	const char *refused = getenv("STANDIN_REFUSE");
	struct dirent *entry;
	DIR *instances;

	if (count >= sizeof(line)) {
		errno = E2BIG;
		return -1;
	}
	memcpy(line, text, count);
	line[count] = 0;
	snprintf(tracefs, sizeof(tracefs), "%.*s", (int)(strlen(list) - strlen("/kprobe_events")), list);
	sscanf(line, "%*[^:]:%199[^ \n]", event);
	sscanf(event, "%199[^/]", group);
	if (line[0] == '-') {
		snprintf(path, sizeof(path), "%s/instances/%s", tracefs, group);
		if (!access(path, F_OK)) {
			errno = EBUSY;
			return -1;
		}
		remove_event(list, event);
		snprintf(path, sizeof(path), "%s/events/%s", tracefs, event);
		nftw(path, drop, 8, FTW_DEPTH | FTW_PHYS);
		snprintf(path, sizeof(path), "%s/events/%s", tracefs, group);
		real_rmdir(path);
		return count;
	}
	if (refused && !strcmp(refused, event + strlen(group) + 1)) {
		snprintf(path, sizeof(path), "[ 1.0] trace_kprobe: error: Refused by the stand-in\n  Command: %.150s\n", line);
		put(tracefs, "error_log", path);
		errno = EINVAL;
		return -1;
	}
	snprintf(path, sizeof(path), "events/%s/enable", event);
	put(tracefs, path, "0\n");
	snprintf(path, sizeof(path), "%s/instances", tracefs);
	instances = opendir(path);
	while (instances && (entry = readdir(instances))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/instances/%s", tracefs, entry->d_name);
		event_format(path, event);
		snprintf(path, sizeof(path), "instances/%s/events/%s/enable", entry->d_name, group);
		put(tracefs, path, "0\n");
	}
	if (instances)
		closedir(instances);
	return real_write(file, text, count);
}

ssize_t write(int file, const void *text, size_t count)
{
	char link[64], path[PATH_MAX];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
	length = readlink(link, path, sizeof(path) - 1);
	if (length > 0) {
		path[length] = 0;
		if (length > 14 && !strcmp(path + length - 14, "/kprobe_events"))
			return probe(file, path, text, count);
	}
	return real_write(file, text, count);
}
