// What the C library declares only under _GNU_SOURCE, which Swift's Glibc lacks.
#include <linux/memfd.h>
#include <malloc.h>
#include <spawn.h>
#include <stdio.h>

int memfd_create(const char *name, unsigned int flags);
int pipe2(int ends[2], int flags);
typedef struct {
  ssize_t (*read)(void *cookie, char *bytes, size_t count);
  ssize_t (*write)(void *cookie, const char *bytes, size_t count);
  int (*seek)(void *cookie, off_t *offset, int from);
  int (*close)(void *cookie);
} tercet_stream_functions;
FILE *fopencookie(void *cookie, const char *mode, tercet_stream_functions functions);
static inline void tercet_replace_stderr(FILE *stream) { stderr = stream; }
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

enum {
  tercet_lock_asking = 36,
  tercet_lock = 37,
  tercet_lock_waiting = 38,
  tercet_spawn_session = 0x80,
  tercet_add_seals = 1033,
  tercet_seal_shrink = 2,
  tercet_seal_grow = 4,
  tercet_seal_write = 8,
};
