/* Floats of the widest register of the CPU that is compiled for. */
#ifdef __AVX512F__
enum { tercet_register_floats = 16 };
#else
enum { tercet_register_floats = 8 };
#endif

/* Whether products in panels are compiled for AVX2 and FMA, or more, and this CPU has what they are compiled
   for. */
static inline int tercet_has_panel_instructions(void) {
#if defined(__AVX512F__)
  return __builtin_cpu_supports("avx512f") != 0;
#elif defined(__AVX2__) && defined(__FMA__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 0;
#endif
}

/* Asks for the cache line at an address, which need not be one of the program's. */
static inline void tercet_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/* x, as a number that the compiler knows nothing of. */
static inline float tercet_unknown(float x) {
  __asm__("" : "+x"(x));
  return x;
}
