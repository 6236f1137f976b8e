// ThreadSanitizer sees how Swift's Mutex is taken where nobody else holds it: that part is compiled into who
// uses it. Where threads meet, the library does the rest, which was not built for the sanitizer. These stand
// before the library's functions (Mutex/LinuxImpl.swift of Swift 6) and say what they do.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

void __tsan_acquire(void *);
void __tsan_release(void *);

SWIFT void lock(uint32_t thread, SELF mutex) __asm__(LOCK);
SWIFT void unlock(SELF mutex) __asm__(UNLOCK);

static void *library(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (!function) abort();
  return function;
}

SWIFT void lock(uint32_t thread, SELF mutex) {
  SWIFT void (*slow)(uint32_t, SELF) = library(LOCK);
  slow(thread, mutex);
  __tsan_acquire(mutex);
}

SWIFT void unlock(SELF mutex) {
  SWIFT void (*slow)(SELF) = library(UNLOCK);
  __tsan_release(mutex);
  slow(mutex);
}
