/* nn_test.h - random numbers, closeness, and the base weights for the tests of nn/. */
#ifndef NN_TEST_H
#define NN_TEST_H

#include "test.h"

#include "base/file.h"
#include "nn/base.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static const char *const kernel_names[] = {
    "reference",      "blas",
#ifdef __x86_64__
    "avx2",           "avx512",    "int8-avx2", "int8-avxvnni", "int8-avx512",
#endif
#ifdef __aarch64__
    "neon",           "int8-neon",
#endif
    "int8-reference",
};
enum { KERNEL_NAMES = sizeof kernel_names / sizeof *kernel_names };

/* NULL when this processor lacks them. */
static inline const Kernels *kernels_named(const char *name)
{
    Err err = {0};
    const Kernels *k = NULL;
    if (!kernels_find(str_of(name), &k, &err)) {
        assert_int_equal(err.code, ERR_NOT_FOUND);
        print_message("%s\n", err.msg);
    }
    return k;
}

static inline float random_float(uint64_t *seed)
{
    return (float)((double)(random_u64(seed) >> 11) * 0x1p-52 - 1); /* [-1, 1) */
}

static inline float *random_floats(Arena *a, uint64_t *seed, size_t n)
{
    float *x = arena_array(a, float, n);
    for (size_t i = 0; i < n; i++)
        x[i] = random_float(seed);
    return x;
}

static inline void assert_close(const float *x, const float *y, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)x[i] - (double)y[i]);
        if (!(d <= tolerance * (1 + fabs((double)y[i]))))
            fail_msg("at %zu of %zu: %.9g, not %.9g", i, n, (double)x[i], (double)y[i]);
    }
}

static inline int with_big_arena(void **state)
{
    *state = arena_open((size_t)4 << 30);
    return 0;
}

/* A scratch file of this process; the caller removes it. */
static inline const char *scratch_path(Arena *a, const char *name)
{
    return str_z(a, str_print(a, "/tmp/gavel-test-%ld-%s", (long)getpid(), name));
}

/* The npm package's tarball, where ./check put it; NULL, saying so, when it is absent. */
static inline const char *base_tarball(Arena *a)
{
    Err err = {0};
    Str *name;
    size_t n = 0;
    if (!file_list(a, "build/base", ".tgz", &name, &n, &err) || n == 0) {
        print_message("skipped: no build/base/*.tgz (./check fetches it with npm pack)\n");
        return NULL;
    }
    return str_z(a, str_print(a, "build/base/" STR_FMT, STR_ARG(name[0])));
}

/* False: skip. */
static inline bool base_params(Arena *a, EncoderParams *p)
{
    const char *tarball = base_tarball(a), *path = scratch_path(a, "base.pack");
    if (!tarball)
        return false;
    Err err = {0};
    Digest d;
    Str vocab;
    if (!base_import(tarball, path, &d, &err) || !base_load(a, path, p, &vocab, &err))
        fail_msg("%s", err.msg);
    unlink(path);
    return true;
}

/* Weights that let numbers pass through at about their size, and unit gains. */
static inline void random_params(Arena *a, uint64_t *seed, EncoderParams *p)
{
    encoder_params_at(p, random_floats(a, seed, encoder_param_count()));
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *info = &encoder_param_info[i];
        float *x = p->all + info->offset;
        bool gain = strstr(info->name, "_g") != NULL;
        float scale = info->rows > 1 ? sqrtf(3.0f / (float)info->rows) : 0.3f;
        if (strcmp(info->name, "embed") == 0)
            scale = 1;
        for (int j = 0; j < info->rows * info->cols; j++)
            x[j] = x[j] * scale + (gain ? 1.0f : 0.0f);
    }
}

#endif
