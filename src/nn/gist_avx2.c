/* gist_avx2.c - the loops of gist_internal.h, eight columns at a time (Makefile: -O3 and AVX2,
 * without fused products). */
#ifdef __x86_64__
#define GIST_LOOPS gist_loops_avx2
#include "nn/gist_internal.h"
#else
typedef int NoAvx2Here;
#endif
