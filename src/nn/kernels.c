/* kernels.c - which table to use.
 *
 * OpenBLAS starts with as many threads as there are processors; ours is a program of
 * one-thread products on several threads, so the first search sets it to one.  That
 * setting is the process's, hence the once.
 */
#include "nn/kernels.h"

#include "nn/kernels_internal.h"

#include <cblas.h>
#include <pthread.h>

static void one_thread(void) { openblas_set_num_threads(1); }

static bool always(void) { return true; }

static bool has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

/* Best first: auto takes the first that runs. */
static const struct {
    const Kernels *table;
    bool (*runs)(void);
    const char *lacks;
} tables[] = {
    {&kernels_avx2,      has_avx2, "AVX2 and FMA"},
    {&kernels_blas,      always,   ""            },
    {&kernels_reference, always,   ""            },
};

bool kernels_find(Str name, const Kernels **out, Err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, one_thread);
    bool any = str_eq(name, STR("auto"));
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        if (!any && !str_eq(name, str_of(tables[i].table->name)))
            continue;
        if (tables[i].runs()) {
            *out = tables[i].table;
            return true;
        }
        if (!any)
            return err_set(err, ERR_NOT_FOUND,
                           "kernels '" STR_FMT "' need %s, which this processor lacks",
                           STR_ARG(name), tables[i].lacks);
    }
    return err_set(err, ERR_USAGE,
                   "no kernels '" STR_FMT "'; there are auto, avx2, blas and reference",
                   STR_ARG(name));
}

const char *kernels_blas_core(void) { return openblas_get_corename(); }
