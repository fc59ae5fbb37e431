// What tools/torture preloads: makes the n-th call of a kind fail, or ends the process at it, and writes down calls.
//
//   cc -O2 -shared -fPIC -o faults.so faults.c
//
// TORTURE_FAULT=KIND:N:EFFECT, where EFFECT is the name of an errno, `short` (half of what is asked for), or a signal's name, which comes
// before the call; with a + after it, at all later calls of the kind, too. TORTURE_CALLS=FILE: each call with its path, one a line, and at the
// end of the process how many there were of each kind. Calls that end on the standard error are left alone: they say what went wrong.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* `any` counts all calls but those of memory; `alloc` the allocations of the libraries in C, `swift` all others. */
#define KINDS(KIND) \
	KIND(any) KIND(open) KIND(opendir) KIND(readdir) KIND(read) KIND(pread) KIND(write) KIND(pwrite) KIND(fsync) KIND(fdatasync) KIND(rename) \
	KIND(link) KIND(unlink) KIND(mkdir) KIND(rmdir) KIND(ftruncate) KIND(stat) KIND(flock) KIND(lock) KIND(alloc) KIND(swift)

#define ENUM(kind) K_##kind,
enum kind { KINDS(ENUM) K_COUNT };
#define NAME(kind) #kind,
static const char *const kind_names[] = { KINDS(NAME) };

static const struct { const char *name; int number; } errors[] = {
	{ "EIO", EIO }, { "ENOSPC", ENOSPC }, { "EDQUOT", EDQUOT }, { "EINTR", EINTR }, { "EACCES", EACCES }, { "EROFS", EROFS },
	{ "EMFILE", EMFILE }, { "ENOLCK", ENOLCK }, { "ENOSYS", ENOSYS }, { "EOPNOTSUPP", EOPNOTSUPP }, { "EPERM", EPERM },
	{ "ENOMEM", ENOMEM }, { "EXDEV", EXDEV }, { "EBUSY", EBUSY }, { "EMLINK", EMLINK }, { "EINVAL", EINVAL }, { "EEXIST", EEXIST },
}, signals[] = { { "KILL", SIGKILL }, { "TERM", SIGTERM }, { "INT", SIGINT }, { "HUP", SIGHUP } };

#define SHORT -1
static atomic_long counts[K_COUNT];
static int fault_kind = -1, fault_error, fault_signal, fault_stays;
static long fault_number;
static int calls = -1;

/* Where the libraries' code is that looks at what malloc returns. */
static struct { uintptr_t begin, end; } checked[16];
static int checked_count;

static int find_library(struct dl_phdr_info *info, size_t size, void *data)
{
	const char *names[] = { "libsqlite3", "libzstd", "libz.", "liblzma" };

	(void)size, (void)data;
	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!info->dlpi_name || !strstr(info->dlpi_name, names[i]))
			continue;
		for (int j = 0; j < info->dlpi_phnum && checked_count < 16; j++) {
			const ElfW(Phdr) *part = &info->dlpi_phdr[j];

			if (part->p_type == PT_LOAD && part->p_flags & PF_X) {
				checked[checked_count].begin = info->dlpi_addr + part->p_vaddr;
				checked[checked_count++].end = info->dlpi_addr + part->p_vaddr + part->p_memsz;
			}
		}
	}
	return 0;
}

static void fail(const char *what)
{
	dprintf(2, "faults.so: %s\n", what);
	_exit(99);
}

__attribute__((constructor)) static void begin(void)
{
	const char *fault = getenv("TORTURE_FAULT"), *path = getenv("TORTURE_CALLS");
	char kind[16], effect[16];

	dl_iterate_phdr(find_library, NULL);
	if (path) {
		int opened = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

		/* Out of the way of numbers that the process counts on. */
		calls = syscall(SYS_fcntl, opened, F_DUPFD_CLOEXEC, 500);
		syscall(SYS_close, opened);
		if (calls < 0)
			fail("TORTURE_CALLS cannot be written");
	}
	if (!fault)
		return;
	if (sscanf(fault, "%15[a-z]:%ld:%15[A-Za-z]", kind, &fault_number, effect) != 3)
		fail("TORTURE_FAULT is KIND:N:EFFECT");
	fault_stays = strchr(fault, '+') != NULL;
	for (int i = 0; i < K_COUNT; i++)
		if (!strcmp(kind, kind_names[i]))
			fault_kind = i;
	for (unsigned i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (!strcmp(effect, errors[i].name))
			fault_error = errors[i].number;
	for (unsigned i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		if (!strcmp(effect, signals[i].name))
			fault_signal = signals[i].number;
	if (!strcmp(effect, "short"))
		fault_error = SHORT;
	if (fault_kind < 0 || !(fault_error || fault_signal))
		fail("TORTURE_FAULT has no such kind or effect");
}

__attribute__((destructor)) static void end(void)
{
	if (calls < 0)
		return;
	for (int i = 0; i < K_COUNT; i++)
		dprintf(calls, "count\t%s\t%ld\n", kind_names[i], atomic_load(&counts[i]));
}

static void note(enum kind kind, const char *path, int descriptor)
{
	char text[PATH_MAX + 64], name[32], target[PATH_MAX];
	long length;

	if (calls < 0)
		return;
	if (!path) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", descriptor);
		length = syscall(SYS_readlinkat, AT_FDCWD, name, target, sizeof(target) - 1);
		target[length < 0 ? 0 : length] = 0;
		path = target;
	}
	length = snprintf(text, sizeof(text), "%s\t%s\n", kind_names[kind], path);
	syscall(SYS_write, calls, text, length);
}

static int strikes(enum kind kind)
{
	long number = atomic_fetch_add(&counts[kind], 1) + 1;

	return (int)kind == fault_kind && (number == fault_number || (fault_stays && number > fault_number));
}

/* 0: the call is made; else it fails by this errno, or SHORT. */
static int meet(enum kind kind, const char *path, int descriptor)
{
	int struck = strikes(kind) | strikes(K_any);

	note(kind, path, descriptor);
	if (!struck)
		return 0;
	if (fault_signal) {
		syscall(SYS_kill, syscall(SYS_getpid), fault_signal);
		return 0;
	}
	if (fault_error == SHORT)
		return SHORT;
	errno = fault_error;
	return fault_error;
}

#define REAL(name) \
	static __typeof__(name) *real; \
	if (!real) \
		real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

/* A kind whose calls fail with -1, in all its names. */
#define CALL(kind, name, parameters, arguments, path, descriptor) \
	int name parameters \
	{ \
		REAL(name); \
		return meet(K_##kind, path, descriptor) > 0 ? -1 : real arguments; \
	}

#define OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		mode_t mode = 0; \
		va_list rest; \
		REAL(name); \
		va_start(rest, flags); \
		if (flags & (O_CREAT | __O_TMPFILE)) \
			mode = va_arg(rest, mode_t); \
		va_end(rest); \
		return meet(K_open, path, -1) > 0 ? -1 : real(path, flags, mode); \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
	int name(int folder, const char *path, int flags, ...) \
	{ \
		mode_t mode = 0; \
		va_list rest; \
		REAL(name); \
		va_start(rest, flags); \
		if (flags & (O_CREAT | __O_TMPFILE)) \
			mode = va_arg(rest, mode_t); \
		va_end(rest); \
		return meet(K_open, path, -1) > 0 ? -1 : real(folder, path, flags, mode); \
	}
OPENAT(openat)
OPENAT(openat64)
CALL(open, mkstemp, (char *name), (name), name, -1)

DIR *opendir(const char *path)
{
	REAL(opendir);
	return meet(K_opendir, path, -1) > 0 ? NULL : real(path);
}

#define READDIR(name, type) \
	struct type *name(DIR *folder) \
	{ \
		REAL(name); \
		return meet(K_readdir, NULL, dirfd(folder)) > 0 ? NULL : real(folder); \
	}
READDIR(readdir, dirent)
READDIR(readdir64, dirent64)

#define MOVE(kind, name, type, ...) \
	ssize_t name(int descriptor, type bytes, size_t count, ##__VA_ARGS__)
#define HALVED(kind) \
	if (descriptor == 2) \
		return real(descriptor, bytes, count REST); \
	int error = meet(K_##kind, NULL, descriptor); \
	if (error > 0) \
		return -1; \
	return real(descriptor, bytes, error == SHORT && count > 1 ? count / 2 : count REST);

#define REST
MOVE(read, read, void *) { REAL(read); HALVED(read) }
MOVE(write, write, const void *) { REAL(write); HALVED(write) }
#undef REST
#define REST , offset
MOVE(pread, pread, void *, off_t offset) { REAL(pread); HALVED(pread) }
MOVE(pread, pread64, void *, off64_t offset) { REAL(pread64); HALVED(pread) }
MOVE(pwrite, pwrite, const void *, off_t offset) { REAL(pwrite); HALVED(pwrite) }
MOVE(pwrite, pwrite64, const void *, off64_t offset) { REAL(pwrite64); HALVED(pwrite) }

CALL(fsync, fsync, (int file), (file), NULL, file)
CALL(fdatasync, fdatasync, (int file), (file), NULL, file)
CALL(rename, rename, (const char *from, const char *to), (from, to), to, -1)
CALL(rename, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to), to, -1)
CALL(rename, renameat2, (int a, const char *from, int b, const char *to, unsigned flags), (a, from, b, to, flags), to, -1)
CALL(link, link, (const char *from, const char *to), (from, to), to, -1)
CALL(link, linkat, (int a, const char *from, int b, const char *to, int flags), (a, from, b, to, flags), to, -1)
CALL(unlink, unlink, (const char *path), (path), path, -1)
CALL(unlink, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), path, -1)
CALL(mkdir, mkdir, (const char *path, mode_t mode), (path, mode), path, -1)
CALL(rmdir, rmdir, (const char *path), (path), path, -1)
CALL(ftruncate, ftruncate, (int file, off_t size), (file, size), NULL, file)
CALL(ftruncate, ftruncate64, (int file, off64_t size), (file, size), NULL, file)
CALL(flock, flock, (int file, int how), (file, how), NULL, file)
CALL(stat, stat, (const char *path, struct stat *status), (path, status), path, -1)
CALL(stat, stat64, (const char *path, struct stat64 *status), (path, status), path, -1)
CALL(stat, lstat, (const char *path, struct stat *status), (path, status), path, -1)
CALL(stat, fstat, (int file, struct stat *status), (file, status), NULL, file)
CALL(stat, fstat64, (int file, struct stat64 *status), (file, status), NULL, file)
CALL(stat, access, (const char *path, int how), (path, how), path, -1)

/* Locks alone: what else fcntl does is of no file. */
#define FCNTL(name) \
	int name(int file, int command, ...) \
	{ \
		va_list rest; \
		void *argument; \
		REAL(name); \
		va_start(rest, command); \
		argument = va_arg(rest, void *); \
		va_end(rest); \
		if ((command == F_SETLK || command == F_SETLKW || command == F_GETLK || command == F_OFD_SETLK) && \
		    meet(K_lock, NULL, file) > 0) \
			return -1; \
		return real(file, command, argument); \
	}
FCNTL(fcntl)
FCNTL(fcntl64)

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);

static int starves(const void *caller)
{
	enum kind kind = K_swift;

	for (int i = 0; i < checked_count; i++)
		if ((uintptr_t)caller >= checked[i].begin && (uintptr_t)caller < checked[i].end)
			kind = K_alloc;
	if (!strikes(kind))
		return 0;
	if (fault_signal) {
		syscall(SYS_kill, syscall(SYS_getpid), fault_signal);
		return 0;
	}
	errno = ENOMEM;
	return 1;
}

#define CALLER __builtin_return_address(0)
void *malloc(size_t size) { return starves(CALLER) ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return starves(CALLER) ? NULL : __libc_calloc(count, size); }
void *realloc(void *old, size_t size) { return starves(CALLER) ? NULL : __libc_realloc(old, size); }
void *aligned_alloc(size_t align, size_t size) { return starves(CALLER) ? NULL : __libc_memalign(align, size); }

int posix_memalign(void **block, size_t align, size_t size)
{
	if (starves(CALLER))
		return ENOMEM;
	*block = __libc_memalign(align, size);
	return *block ? 0 : ENOMEM;
}
