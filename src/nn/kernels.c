/* kernels.c - which table to use.
 *
 * OpenBLAS starts with as many threads as there are processors; ours is a program of
 * one-thread products on several threads, so the first search sets it to one.  That
 * setting is the process's, hence the once.
 */
#include "nn/kernels.h"

#include "nn/kernels_internal.h"
#include "nn/packed.h"

#include <cblas.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#ifdef __x86_64__
#include <cpuid.h>
#endif
#ifdef __aarch64__
#include <sys/auxv.h>
#endif

static void one_thread(void) { openblas_set_num_threads(1); }

static bool always(void) { return true; }

#ifdef __x86_64__
static bool has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

static bool has_avx512_vnni(void)
{
    return has_avx512() && __builtin_cpu_supports("avx512vnni");
}

/* CPUID leaf 7, subleaf 1, bit 4 of eax: not every compiler knows its name. */
static bool has_avxvnni(void)
{
    unsigned a = 0, b, c, d;
    return has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
}
#endif

#ifdef __aarch64__
static bool has_dot_product(void) { return getauxval(AT_HWCAP) & HWCAP_ASIMDDP; }
#endif

/* Best first: "auto" takes the first that runs, "float32" and "int8" the first of their kind.
 * NEON's int8 stands behind its float32: no such processor has measured them. */
static const struct {
    const Kernels *table;
    bool (*runs)(void);
    const char *lacks;
} tables[] = {
#ifdef __x86_64__
    {&kernels_int8_avx512,    has_avx512_vnni, "AVX-512 VNNI"              },
    {&kernels_avx512,         has_avx512,      "AVX-512 (F, BW, VL and DQ)"},
    {&kernels_int8_avxvnni,   has_avxvnni,     "AVX-VNNI"                  },
    {&kernels_avx2,           has_avx2,        "AVX2 and FMA"              },
    {&kernels_int8_avx2,      has_avx2,        "AVX2 and FMA"              },
#endif
#ifdef __aarch64__
    {&kernels_neon,           always,          ""                          },
    {&kernels_int8_neon,      has_dot_product, "the SDOT instruction"      },
#endif
    {&kernels_blas,           always,          ""                          },
    {&kernels_reference,      always,          ""                          },
    {&kernels_int8_reference, always,          ""                          },
};
enum { TABLES = sizeof tables / sizeof *tables };

static bool is_int8(const Kernels *k) { return k->packed && k->packed->int8; }

static bool no_such(Str name, Err *err)
{
    char there[160] = "auto, float32, int8";
    size_t n = strlen(there);
    for (size_t i = 0; i < TABLES; i++)
        n += (size_t)snprintf(there + n, sizeof there - n, ", %s", tables[i].table->name);
    return err_set(err, ERR_USAGE, "no kernels '" STR_FMT "'; there are %s", STR_ARG(name),
                   there);
}

bool kernels_find(Str name, const Kernels **out, Err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, one_thread);
    bool any = str_eq(name, STR("auto"));
    bool float32 = any || str_eq(name, STR("float32")), int8 = any || str_eq(name, STR("int8"));
    for (size_t i = 0; i < TABLES; i++) {
        const Kernels *k = tables[i].table;
        bool named = str_eq(name, str_of(k->name));
        if (!named && !(is_int8(k) ? int8 : float32))
            continue;
        if (tables[i].runs()) {
            *out = k;
            return true;
        }
        if (named)
            return err_set(err, ERR_NOT_FOUND,
                           "kernels '" STR_FMT "' need %s, which this processor lacks",
                           STR_ARG(name), tables[i].lacks);
    }
    return no_such(name, err);
}

const char *kernels_blas_core(void) { return openblas_get_corename(); }
