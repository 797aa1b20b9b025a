/*
 * An LD_PRELOAD library that stands between a process and its disk.
 *
 * Every operation that changes something below one directory, and every sync, goes through a single gate. There it is
 *   - counted, so that a test can say "fewer than one sync per six objects" from outside;
 *   - made to fail, when the fault plan names it;
 *   - the last one ever, when the plan cuts the power there: the process is killed inside the gate;
 *   - for syncs, answered without being done, when the disk is to lie about them;
 *   - written to a journal, data included.
 * The journal is all that a test needs to work out what a real disk could hold after a power cut: what syncs covered is
 * there, anything else may be. That model is DiskImage.cs; nothing here knows it. The wall clock can be moved as well.
 *
 * Environment:
 *   COFFER_SHIM_ROOT      the directory that is watched; it must exist, and no part of its path may be a link
 *   COFFER_SHIM_JOURNAL   the file that records are appended to; without it nothing is recorded
 *   COFFER_SHIM_CONTINUE  when set, a journal that is there already is gone on with
 *   COFFER_SHIM_CONTROL   the shared page that holds the plan, the clock offset and the counts (struct control)
 *
 * Descriptors are looked up in /proc/self/fd each time instead of being tracked: dup, close, fork and inherited
 * descriptors then need no care. What would go past the gate is refused, so that the caller falls back to plain writes:
 * copy_file_range, sendfile into a file, reflinks, O_TMPFILE. A writable shared mapping is recorded, and DiskImage
 * accepts it for SQLite's -shm file only. O_SYNC writes get no credit for being durable.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) \
    ({ static __typeof__(&name) next; if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name); next; })

#define ANSWER_BYTES 4096

/* The order of the counts in struct control, and the bits of fault_kinds; ShimControl.cs mirrors both. */
enum operation { WRITE, RESIZE, SYNC, RENAME, CREATE, REMOVE, OPERATIONS };

/* Which syncs are answered without being done; LyingSyncs in FaultPlan.cs. */
enum lie { LIE_DIRECTORIES = 1, LIE_LOGS = 2, LIE_FILES = 4 };

/* JournalKind in Journal.cs. */
enum kind
{
    KIND_BASE_END = 1, KIND_CREATE, KIND_MAKE_DIRECTORY, KIND_WRITE, KIND_TRUNCATE, KIND_ALLOCATE, KIND_RENAME, KIND_LINK,
    KIND_UNLINK, KIND_REMOVE_DIRECTORY, KIND_SYNC_BEGIN, KIND_SYNC_END, KIND_SYNC_ALL_BEGIN, KIND_MAP_SHARED, KIND_ANSWER,
};

struct record
{
    uint32_t size; /* of the whole record: this header, path, target, data */
    uint32_t kind;
    uint32_t mode; /* st_mode; for KIND_ALLOCATE the flags of fallocate */
    uint16_t path_length;
    uint16_t target_length;
    uint64_t inode;
    int64_t offset; /* for syncs the number that joins begin and end */
    int64_t length;
    int64_t result; /* as the caller sees it, or -errno */
};

struct control
{
    volatile int64_t clock_offset_ms;
    volatile int64_t plan; /* a new number starts the counting of cut_at and fault_first anew */
    volatile int64_t cut_at;
    volatile int64_t fault_kinds;
    volatile int64_t fault_first;
    volatile int64_t fault_last;
    volatile int64_t fault_errno;
    volatile int64_t fault_half;
    volatile int64_t counts[OPERATIONS];
    volatile int64_t faults_delivered;
    volatile int64_t sync_delay_us;
    volatile int64_t lies;
    char fault_path[128];
};

static char root[PATH_MAX];
static size_t root_length;
static const char *journal_path;
static int journal = -1;
static struct control no_control;
static struct control *control = &no_control;

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int64_t plan_seen, operations_of_plan, matches_of_plan, syncs_begun;

static void die(const char *what)
{
    fprintf(stderr, "powercut: %s: %s\n", what, strerror(errno));
    abort();
}

__attribute__((constructor)) static void load(void)
{
    const char *given = getenv("COFFER_SHIM_ROOT");
    const char *control_path = getenv("COFFER_SHIM_CONTROL");
    journal_path = getenv("COFFER_SHIM_JOURNAL");
    if (control_path)
    {
        int fd = REAL(open)(control_path, O_RDWR | O_CLOEXEC);
        if (fd < 0) die(control_path);
        void *page = REAL(mmap)(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (page == MAP_FAILED) die(control_path);
        control = page;
        close(fd);
    }
    if (given)
    {
        if (!realpath(given, root)) die(given);
        if (strcmp(given, root) != 0) die("COFFER_SHIM_ROOT leads through a link or is not absolute");
        root_length = strlen(root);
    }
}

/* ---- Which paths and descriptors are below the root ---- */

/* Turns an absolute path into one relative to the root, without ".", ".." and empty parts. */
static bool below_root(const char *absolute, char relative[PATH_MAX])
{
    char clean[PATH_MAX];
    size_t length = 0;
    for (const char *part = absolute; *part;)
    {
        size_t size = strcspn(part, "/");
        if (size == 2 && part[0] == '.' && part[1] == '.')
        {
            while (length > 0 && clean[--length] != '/') { }
        }
        else if (size > 0 && !(size == 1 && part[0] == '.'))
        {
            if (length + size + 2 > sizeof clean) return false;
            clean[length++] = '/';
            memcpy(clean + length, part, size);
            length += size;
        }
        part += size + (part[size] == '/');
    }
    clean[length] = 0;
    if (length < root_length || memcmp(clean, root, root_length) != 0) return false;
    if (clean[root_length] != '/' && clean[root_length] != 0) return false;
    strcpy(relative, clean + root_length + (clean[root_length] == '/'));
    return true;
}

static bool path_of(int fd, char absolute[PATH_MAX])
{
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, absolute, PATH_MAX - 1);
    if (length <= 0) return false;
    absolute[length] = 0;
    return true;
}

static bool path_below_root(int directory, const char *path, char relative[PATH_MAX])
{
    if (root_length == 0) return false;
    if (path[0] == '/') return below_root(path, relative);

    char absolute[2 * PATH_MAX];
    if (directory == AT_FDCWD ? !getcwd(absolute, PATH_MAX) : !path_of(directory, absolute)) return false;
    size_t length = strlen(absolute);
    snprintf(absolute + length, sizeof absolute - length, "/%s", path);
    return below_root(absolute, relative);
}

/* A regular file or directory below the root; the path is where it is now, or was before it was unlinked. */
static bool fd_below_root(int fd, struct stat *status, char relative[PATH_MAX])
{
    char absolute[PATH_MAX];
    return root_length > 0 && fstat(fd, status) == 0 && (S_ISREG(status->st_mode) || S_ISDIR(status->st_mode))
        && path_of(fd, absolute) && below_root(absolute, relative);
}

/* ---- The journal ---- */

static void append(struct record record, const char *path, const char *target, const void *data, size_t length)
{
    if (journal < 0) return;
    int saved = errno;
    record.path_length = strlen(path);
    record.target_length = strlen(target);
    record.size = sizeof record + record.path_length + record.target_length + length;
    struct iovec parts[] =
    {
        { &record, sizeof record }, { (void *)path, record.path_length }, { (void *)target, record.target_length },
        { (void *)data, length },
    };
    if (REAL(writev)(journal, parts, 4) != (ssize_t)record.size) die("journal");
    errno = saved;
}

static int64_t outcome(int64_t result)
{
    return result < 0 ? -errno : result;
}

/* What is below the root already goes first: the journal then needs no second source. */
static void record_base(const char *relative)
{
    char absolute[3 * PATH_MAX];
    snprintf(absolute, sizeof absolute, "%s/%s", root, relative);
    DIR *directory = opendir(absolute);
    if (!directory) die(absolute);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
    {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        char path[2 * PATH_MAX];
        snprintf(path, sizeof path, "%s%s%s", relative, *relative ? "/" : "", entry->d_name);
        snprintf(absolute, sizeof absolute, "%s/%s", root, path);
        struct stat status;
        if (lstat(absolute, &status) != 0) die(absolute);
        struct record record = { .mode = status.st_mode, .inode = status.st_ino };
        if (S_ISDIR(status.st_mode))
        {
            record.kind = KIND_MAKE_DIRECTORY;
            append(record, path, "", NULL, 0);
            record_base(path);
            continue;
        }
        record.kind = KIND_CREATE;
        append(record, path, "", NULL, 0);
        int fd = REAL(open)(absolute, O_RDONLY | O_CLOEXEC);
        if (fd < 0) die(absolute);
        static char chunk[1 << 20];
        record.kind = KIND_WRITE;
        for (ssize_t got; (got = read(fd, chunk, sizeof chunk)) > 0; record.offset += got)
        {
            record.length = record.result = got;
            append(record, path, "", chunk, got);
        }
        close(fd);
    }
    closedir(directory);
}

/*
 * Opened by the first change, not at load, so that a wrapper such as a shell starts no journal of its own. Whoever takes the
 * file away has changed the disk as well, and wants a new journal that begins with what is there now.
 */
static void open_journal(void)
{
    struct stat status;
    if (!journal_path || root_length == 0) return;
    if (journal >= 0)
    {
        if (fstat(journal, &status) == 0 && status.st_nlink > 0) return;
        close(journal);
    }
    journal = REAL(open)(journal_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (journal < 0) die(journal_path);
    if (getenv("COFFER_SHIM_CONTINUE") && fstat(journal, &status) == 0 && status.st_size > 0) return;
    record_base("");
    append((struct record){ .kind = KIND_BASE_END }, "", "", NULL, 0);
}

/* ---- The gate ---- */

/* Counts an operation and cuts the power if its turn has come. Returns the errno it is to fail with, else 0. */
static int admit(enum operation operation, const char *path, bool *half)
{
    open_journal();
    if (plan_seen != control->plan)
    {
        plan_seen = control->plan;
        operations_of_plan = matches_of_plan = 0;
    }
    if (++operations_of_plan == control->cut_at)
    {
        kill(getpid(), SIGKILL);
        for (;;) pause();
    }
    control->counts[operation]++;
    if (!(control->fault_kinds & (1 << operation)) || !strstr(path, control->fault_path)) return 0;
    if (++matches_of_plan < control->fault_first || matches_of_plan > control->fault_last) return 0;
    control->faults_delivered++;
    *half = control->fault_half && matches_of_plan == control->fault_first;
    return (int)control->fault_errno;
}

/* What stands between ENTER and LEAVE happens under the gate; `error` and `half` say what the plan wants. */
#define ENTER(operation, path) \
    pthread_mutex_lock(&gate); \
    bool half = false; \
    int error = admit(operation, path, &half)

#define LEAVE(result) \
    do { pthread_mutex_unlock(&gate); return result; } while (0)

static int failing(int error)
{
    errno = error;
    return -1;
}

/* ---- Bytes and sizes ---- */

/* A socket or the standard output, which .NET duplicates: somebody may take these bytes for an answer. */
static void record_answer(int fd, const struct iovec *parts, size_t count)
{
    struct stat status, output;
    if (journal < 0 || fstat(fd, &status) != 0) return;
    if (!S_ISSOCK(status.st_mode) && (fstat(STDOUT_FILENO, &output) != 0 || output.st_ino != status.st_ino)) return;
    char head[ANSWER_BYTES];
    size_t length = 0;
    for (size_t i = 0; i < count && length < sizeof head; i++)
    {
        size_t size = parts[i].iov_len < sizeof head - length ? parts[i].iov_len : sizeof head - length;
        memcpy(head + length, parts[i].iov_base, size);
        length += size;
    }
    pthread_mutex_lock(&gate);
    append((struct record){ .kind = KIND_ANSWER, .inode = status.st_ino, .length = length }, "", "", head, length);
    pthread_mutex_unlock(&gate);
}

/* offset -1: at the descriptor's own position. */
static ssize_t write_below_root(
    int fd, const struct stat *status, const char *path, const void *data, size_t length, off_t offset)
{
    ENTER(WRITE, path);
    ssize_t written;
    if (error && !(half && length > 1)) written = failing(error);
    else
    {
        size_t part = error ? length / 2 : length;
        written = offset < 0 ? REAL(write)(fd, data, part) : REAL(pwrite)(fd, data, part, offset);
        if (written > 0 && offset < 0) offset = lseek(fd, 0, SEEK_CUR) - written;
    }
    append(
        (struct record)
        {
            .kind = KIND_WRITE, .mode = status->st_mode, .inode = status->st_ino, .offset = offset, .length = length,
            .result = outcome(written),
        },
        path, "", data, written > 0 ? written : 0);
    LEAVE(written);
}

static ssize_t write_parts_below_root(
    int fd, const struct stat *status, const char *path, const struct iovec *parts, int count, off_t offset)
{
    size_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    char *whole = malloc(length + 1);
    if (!whole) return failing(ENOMEM);
    length = 0;
    for (int i = 0; i < count; i++)
    {
        memcpy(whole + length, parts[i].iov_base, parts[i].iov_len);
        length += parts[i].iov_len;
    }
    ssize_t written = write_below_root(fd, status, path, whole, length, offset);
    int saved = errno;
    free(whole);
    errno = saved;
    return written;
}

ssize_t write(int fd, const void *data, size_t length)
{
    struct stat status;
    char path[PATH_MAX];
    if (fd_below_root(fd, &status, path)) return write_below_root(fd, &status, path, data, length, -1);
    record_answer(fd, &(struct iovec){ (void *)data, length }, 1);
    return REAL(write)(fd, data, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    struct stat status;
    char path[PATH_MAX];
    if (fd_below_root(fd, &status, path)) return write_parts_below_root(fd, &status, path, parts, count, -1);
    record_answer(fd, parts, count);
    return REAL(writev)(fd, parts, count);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset)
{
    struct stat status;
    char path[PATH_MAX];
    return fd_below_root(fd, &status, path)
        ? write_below_root(fd, &status, path, data, length, offset)
        : REAL(pwrite)(fd, data, length, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset)
{
    struct stat status;
    char path[PATH_MAX];
    return fd_below_root(fd, &status, path)
        ? write_parts_below_root(fd, &status, path, parts, count, offset)
        : REAL(pwritev)(fd, parts, count, offset);
}

ssize_t send(int fd, const void *data, size_t length, int flags)
{
    record_answer(fd, &(struct iovec){ (void *)data, length }, 1);
    return REAL(send)(fd, data, length, flags);
}

ssize_t sendto(int fd, const void *data, size_t length, int flags, const struct sockaddr *address, socklen_t size)
{
    record_answer(fd, &(struct iovec){ (void *)data, length }, 1);
    return REAL(sendto)(fd, data, length, flags, address, size);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    record_answer(fd, message->msg_iov, message->msg_iovlen);
    return REAL(sendmsg)(fd, message, flags);
}

int ftruncate(int fd, off_t length)
{
    struct stat status;
    char path[PATH_MAX];
    if (!fd_below_root(fd, &status, path)) return REAL(ftruncate)(fd, length);
    ENTER(RESIZE, path);
    int result = error ? failing(error) : REAL(ftruncate)(fd, length);
    append(
        (struct record)
        {
            .kind = KIND_TRUNCATE, .mode = status.st_mode, .inode = status.st_ino, .length = length,
            .result = outcome(result),
        },
        path, "", NULL, 0);
    LEAVE(result);
}

int truncate(const char *path, off_t length)
{
    int fd = REAL(open)(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    int result = ftruncate(fd, length);
    int saved = errno;
    close(fd);
    errno = saved;
    return result;
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    struct stat status;
    char path[PATH_MAX];
    if (!fd_below_root(fd, &status, path)) return REAL(fallocate)(fd, mode, offset, length);
    if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE)) return failing(EOPNOTSUPP);
    ENTER(RESIZE, path);
    int result = error ? failing(error) : REAL(fallocate)(fd, mode, offset, length);
    append(
        (struct record)
        {
            .kind = KIND_ALLOCATE, .mode = mode, .inode = status.st_ino, .offset = offset, .length = length,
            .result = outcome(result),
        },
        path, "", NULL, 0);
    LEAVE(result);
}

int posix_fallocate(int fd, off_t offset, off_t length)
{
    int saved = errno;
    int result = fallocate(fd, 0, offset, length) == 0 ? 0 : errno;
    errno = saved;
    return result;
}

/* ---- Names ---- */

static int open_at(int directory, const char *path, int flags, mode_t mode)
{
    char relative[PATH_MAX];
    bool temporary = (flags & O_TMPFILE) == O_TMPFILE;
    if (!(flags & (O_CREAT | O_TRUNC)) && !temporary) return REAL(openat)(directory, path, flags, mode);
    if (!path_below_root(directory, path, relative)) return REAL(openat)(directory, path, flags, mode);
    if (temporary) return failing(EOPNOTSUPP);

    pthread_mutex_lock(&gate);
    struct stat status;
    bool existed = fstatat(directory, path, &status, 0) == 0;
    bool creates = !existed && (flags & O_CREAT);
    bool empties = existed && (flags & O_TRUNC) && status.st_size > 0;
    bool half = false;
    int error = creates ? admit(CREATE, relative, &half) : empties ? admit(RESIZE, relative, &half) : 0;
    int fd = error ? failing(error) : REAL(openat)(directory, path, flags, mode);
    if (fd >= 0) fstat(fd, &status);
    struct record record = { .mode = status.st_mode, .inode = status.st_ino, .result = outcome(fd < 0 ? -1 : 0) };
    if (creates)
    {
        record.kind = KIND_CREATE;
        append(record, relative, "", NULL, 0);
    }
    else if (empties)
    {
        record.kind = KIND_TRUNCATE;
        append(record, relative, "", NULL, 0);
    }
    LEAVE(fd);
}

#define MODE_OF(flags) \
    ({ mode_t mode = 0; \
       if ((flags) & (O_CREAT | O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, mode_t); va_end(list); } \
       mode; })

int open(const char *path, int flags, ...)
{
    return open_at(AT_FDCWD, path, flags, MODE_OF(flags));
}

int openat(int directory, const char *path, int flags, ...)
{
    return open_at(directory, path, flags, MODE_OF(flags));
}

int creat(const char *path, mode_t mode)
{
    return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

/* rename and link: two names, both below the root or neither. */
static int two_names(
    enum kind kind, int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned flags)
{
    char from[PATH_MAX], to[PATH_MAX];
    bool from_here = path_below_root(old_directory, old_path, from);
    bool to_here = path_below_root(new_directory, new_path, to);
    if (from_here != to_here) return failing(EXDEV);
    if (from_here && kind == KIND_RENAME && (flags & ~RENAME_NOREPLACE)) return failing(EINVAL);
    if (!from_here)
    {
        return kind == KIND_RENAME
            ? REAL(renameat2)(old_directory, old_path, new_directory, new_path, flags)
            : REAL(linkat)(old_directory, old_path, new_directory, new_path, (int)flags);
    }
    ENTER(RENAME, to);
    int result = error ? failing(error)
        : kind == KIND_RENAME ? REAL(renameat2)(old_directory, old_path, new_directory, new_path, flags)
        : REAL(linkat)(old_directory, old_path, new_directory, new_path, (int)flags);
    append((struct record){ .kind = kind, .result = outcome(result) }, from, to, NULL, 0);
    LEAVE(result);
}

int rename(const char *old_path, const char *new_path)
{
    return two_names(KIND_RENAME, AT_FDCWD, old_path, AT_FDCWD, new_path, 0);
}

int renameat(int old_directory, const char *old_path, int new_directory, const char *new_path)
{
    return two_names(KIND_RENAME, old_directory, old_path, new_directory, new_path, 0);
}

int renameat2(int old_directory, const char *old_path, int new_directory, const char *new_path, unsigned flags)
{
    return two_names(KIND_RENAME, old_directory, old_path, new_directory, new_path, flags);
}

int link(const char *old_path, const char *new_path)
{
    return two_names(KIND_LINK, AT_FDCWD, old_path, AT_FDCWD, new_path, 0);
}

int linkat(int old_directory, const char *old_path, int new_directory, const char *new_path, int flags)
{
    return two_names(KIND_LINK, old_directory, old_path, new_directory, new_path, (unsigned)flags);
}

int unlinkat(int directory, const char *path, int flags)
{
    char relative[PATH_MAX];
    if (!path_below_root(directory, path, relative)) return REAL(unlinkat)(directory, path, flags);
    ENTER(REMOVE, relative);
    int result = error ? failing(error) : REAL(unlinkat)(directory, path, flags);
    append(
        (struct record)
        {
            .kind = flags & AT_REMOVEDIR ? KIND_REMOVE_DIRECTORY : KIND_UNLINK, .result = outcome(result),
        },
        relative, "", NULL, 0);
    LEAVE(result);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    char relative[PATH_MAX];
    if (!path_below_root(directory, path, relative)) return REAL(mkdirat)(directory, path, mode);
    ENTER(CREATE, relative);
    int result = error ? failing(error) : REAL(mkdirat)(directory, path, mode);
    append(
        (struct record){ .kind = KIND_MAKE_DIRECTORY, .mode = S_IFDIR | mode, .result = outcome(result) },
        relative, "", NULL, 0);
    LEAVE(result);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

/* ---- Syncs ---- */

static bool lied_about(const struct stat *status, const char *path)
{
    size_t length = strlen(path);
    bool log = length > 4 && strcmp(path + length - 4, "-wal") == 0;
    return control->lies & (S_ISDIR(status->st_mode) ? LIE_DIRECTORIES : log ? LIE_LOGS : LIE_FILES);
}

/* Two records: a sync covers what was written before it began, and does so from its end on. */
static int sync_below_root(enum kind kind, int fd, const struct stat *status, const char *path, int (*sync_it)(int))
{
    pthread_mutex_lock(&gate);
    bool half = false;
    int error = admit(SYNC, path, &half);
    if (!error && lied_about(status, path)) LEAVE(0);
    struct record record = { .kind = kind, .mode = status->st_mode, .inode = status->st_ino, .offset = ++syncs_begun };
    append(record, path, "", NULL, 0);
    int result;
    if (error) result = failing(error);
    else
    {
        pthread_mutex_unlock(&gate);
        result = sync_it(fd);
        int saved = errno;
        if (control->sync_delay_us > 0) usleep((useconds_t)control->sync_delay_us);
        errno = saved;
        pthread_mutex_lock(&gate);
    }
    record.kind = KIND_SYNC_END;
    record.result = outcome(result);
    append(record, path, "", NULL, 0);
    LEAVE(result);
}

int fsync(int fd)
{
    struct stat status;
    char path[PATH_MAX];
    return fd_below_root(fd, &status, path)
        ? sync_below_root(KIND_SYNC_BEGIN, fd, &status, path, REAL(fsync))
        : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    struct stat status;
    char path[PATH_MAX];
    return fd_below_root(fd, &status, path)
        ? sync_below_root(KIND_SYNC_BEGIN, fd, &status, path, REAL(fdatasync))
        : REAL(fdatasync)(fd);
}

int syncfs(int fd)
{
    struct stat status;
    char path[PATH_MAX];
    return fd_below_root(fd, &status, path)
        ? sync_below_root(KIND_SYNC_ALL_BEGIN, fd, &status, path, REAL(syncfs))
        : REAL(syncfs)(fd);
}

static int sync_everything(int unused)
{
    (void)unused;
    REAL(sync)();
    return 0;
}

void sync(void)
{
    struct stat none = { 0 };
    if (root_length > 0) sync_below_root(KIND_SYNC_ALL_BEGIN, -1, &none, "", sync_everything);
    else REAL(sync)();
}

/* ---- Ways around the gate ---- */

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    struct stat status;
    char path[PATH_MAX];
    if (fd >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE) && fd_below_root(fd, &status, path))
    {
        pthread_mutex_lock(&gate);
        append((struct record){ .kind = KIND_MAP_SHARED, .inode = status.st_ino, .length = length }, path, "", NULL, 0);
        pthread_mutex_unlock(&gate);
    }
    return REAL(mmap)(address, length, protection, flags, fd, offset);
}

ssize_t copy_file_range(int in, off64_t *in_offset, int out, off64_t *out_offset, size_t length, unsigned flags)
{
    struct stat status;
    char path[PATH_MAX];
    if (fd_below_root(out, &status, path)) return failing(EXDEV);
    return REAL(copy_file_range)(in, in_offset, out, out_offset, length, flags);
}

ssize_t sendfile(int out, int in, off_t *offset, size_t length)
{
    struct stat status;
    char path[PATH_MAX];
    if (fd_below_root(out, &status, path)) return failing(EINVAL);
    return REAL(sendfile)(out, in, offset, length);
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    struct stat status;
    char path[PATH_MAX];
    if ((request == FICLONE || request == FICLONERANGE) && fd_below_root(fd, &status, path)) return failing(EOPNOTSUPP);
    return REAL(ioctl)(fd, request, argument);
}

/*
 * P/Invoke looks a function up in the very library it names, where preloading has no say. Whoever asks there for what
 * comes next after this library gets what comes first, as a linked caller would.
 */
void *dlsym(void *restrict handle, const char *restrict name)
{
    static void *(*look_up)(void *, const char *);
    static const char *const versions[] = { "GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5" }; /* now, arm64 and x86-64 before */
    for (size_t i = 0; !look_up && i < sizeof versions / sizeof *versions; i++)
    {
        look_up = (void *(*)(void *, const char *))dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    }
    void *found = look_up(handle, name);
    if (!found || handle == RTLD_NEXT || found != look_up(RTLD_NEXT, name)) return found;
    return look_up(RTLD_DEFAULT, name);
}

/* .NET copies files by syscall(SYS_copy_file_range, …). */
long syscall(long number, ...)
{
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
    long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    if (number == SYS_copy_file_range)
    {
        return copy_file_range((int)a, (off64_t *)b, (int)c, (off64_t *)d, (size_t)e, (unsigned)f);
    }
    return REAL(syscall)(number, a, b, c, d, e, f);
}

/* ---- The wall clock ---- */

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = REAL(clock_gettime)(clock, now);
    int64_t offset = control->clock_offset_ms;
    if (result == 0 && offset != 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    {
        int64_t nanoseconds = now->tv_nsec + offset % 1000 * 1000000;
        now->tv_sec += offset / 1000 + (nanoseconds < 0 ? -1 : nanoseconds / 1000000000);
        now->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
    }
    return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
    *now = (struct timeval){ precise.tv_sec, precise.tv_nsec / 1000 };
    return 0;
}

time_t time(time_t *now)
{
    struct timespec precise;
    clock_gettime(CLOCK_REALTIME, &precise);
    if (now) *now = precise.tv_sec;
    return precise.tv_sec;
}

/* ---- The names that large-file and fortified callers use ---- */

#define SAME_AS(name) __attribute__((alias(name)))
int open64(const char *path, int flags, ...) SAME_AS("open");
int openat64(int directory, const char *path, int flags, ...) SAME_AS("openat");
int creat64(const char *path, mode_t mode) SAME_AS("creat");
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) SAME_AS("pwrite");
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) SAME_AS("pwritev");
int ftruncate64(int fd, off64_t length) SAME_AS("ftruncate");
int truncate64(const char *path, off64_t length) SAME_AS("truncate");
int fallocate64(int fd, int mode, off64_t offset, off64_t length) SAME_AS("fallocate");
int posix_fallocate64(int fd, off64_t offset, off64_t length) SAME_AS("posix_fallocate");
ssize_t sendfile64(int out, int in, off64_t *offset, size_t length) SAME_AS("sendfile");
void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) SAME_AS("mmap");

int __open_2(const char *path, int flags)
{
    return open_at(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags) SAME_AS("__open_2");
