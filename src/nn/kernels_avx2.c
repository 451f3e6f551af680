/* kernels_avx2.c - eight floats at a time.
 *
 * Compiled with -mavx2 -mfma; only kernels_find may hand this table out, after asking
 * the processor.  Training's matrix products come from OpenBLAS: where this was written it
 * reaches 90 GFLOP/s a core with AVX2 and 190 with AVX-512 (bench/bench_nn.c).  Ours are
 * the row-wise rest and the optimiser; the products of scoring are in kernels_f32_*.c and
 * kernels_int8_*.c.
 *
 * Reductions are written with intrinsics, not left to the compiler: their order, and so
 * the last bit, must not depend on how a pointer happens to be aligned.
 */
#include "nn/kernels_internal.h"

#include <immintrin.h>
#include <math.h>
#include <string.h>

static float sum8(__m256 v)
{
    __m128 s = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    s = _mm_add_ps(s, _mm_movehl_ps(s, s));
    return _mm_cvtss_f32(_mm_add_ss(s, _mm_movehdup_ps(s)));
}

/* The first n (< 8) floats of x, the others zero. */
static __m256 load_part(const float *x, int n)
{
    float t[8] = {0};
    memcpy(t, x, (size_t)n * sizeof *x);
    return _mm256_loadu_ps(t);
}

static float dot(const float *x, const float *y, int n)
{
    __m256 a = _mm256_setzero_ps(), b = a;
    int i = 0;
    for (; i + 16 <= n; i += 16) {
        a = _mm256_fmadd_ps(_mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i), a);
        b = _mm256_fmadd_ps(_mm256_loadu_ps(x + i + 8), _mm256_loadu_ps(y + i + 8), b);
    }
    for (; i + 8 <= n; i += 8)
        a = _mm256_fmadd_ps(_mm256_loadu_ps(x + i), _mm256_loadu_ps(y + i), a);
    if (i < n)
        b = _mm256_fmadd_ps(load_part(x + i, n - i), load_part(y + i, n - i), b);
    return sum8(_mm256_add_ps(a, b));
}

static void axpy(int n, float a, const float *x, float *y)
{
    for (int i = 0; i < n; i++)
        y[i] += a * x[i];
}

static void lerp(size_t n, float a, const float *x, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += a * (x[i] - y[i]);
}

/* e^x for x <= 0 to about 1e-7 relative; 0 below -87, where float would turn denormal.
 * x = n ln2 + r with |r| <= ln2 / 2, e^r by its Taylor polynomial to r^7. */
static __m256 exp_negative(__m256 x)
{
    const __m256 lowest = _mm256_set1_ps(-87.0f);
    __m256 alive = _mm256_cmp_ps(x, lowest, _CMP_GE_OQ);
    x = _mm256_max_ps(x, lowest);
    __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(1.44269504f)),
                               _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    /* ln2 in two parts: the first has few enough bits for n times it to be exact */
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), r);
    static const float inverse_factorial[] = {1.0f / 720, 1.0f / 120, 1.0f / 24, 1.0f / 6,
                                              1.0f / 2,   1,          1};
    __m256 p = _mm256_set1_ps(1.0f / 5040);
    for (size_t i = 0; i < sizeof inverse_factorial / sizeof *inverse_factorial; i++)
        p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(inverse_factorial[i]));
    __m256i two_n =
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127)), 23);
    return _mm256_and_ps(alive, _mm256_mul_ps(p, _mm256_castsi256_ps(two_n)));
}

static void softmax(float *x, int n)
{
    if (n <= 0)
        return;
    float top = x[0];
    for (int i = 1; i < n; i++)
        top = x[i] > top ? x[i] : top;
    __m256 shift = _mm256_set1_ps(top), sum = _mm256_setzero_ps();
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 e = exp_negative(_mm256_sub_ps(_mm256_loadu_ps(x + i), shift));
        _mm256_storeu_ps(x + i, e);
        sum = _mm256_add_ps(sum, e);
    }
    float total = sum8(sum);
    if (i < n) {
        float t[8];
        _mm256_storeu_ps(t, exp_negative(_mm256_sub_ps(load_part(x + i, n - i), shift)));
        for (int j = i; j < n; j++)
            total += x[j] = t[j - i];
    }
    float scale = 1 / total;
    for (i = 0; i < n; i++)
        x[i] *= scale;
}

static float sum(const float *x, int n)
{
    __m256 s = _mm256_setzero_ps();
    int i = 0;
    for (; i + 8 <= n; i += 8)
        s = _mm256_add_ps(s, _mm256_loadu_ps(x + i));
    float total = sum8(s);
    for (; i < n; i++)
        total += x[i];
    return total;
}

static float sum_of_squares_around(const float *x, float mean, int n)
{
    __m256 s = _mm256_setzero_ps(), mu = _mm256_set1_ps(mean);
    int i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 d = _mm256_sub_ps(_mm256_loadu_ps(x + i), mu);
        s = _mm256_fmadd_ps(d, d, s);
    }
    float total = sum8(s);
    for (; i < n; i++)
        total += (x[i] - mean) * (x[i] - mean);
    return total;
}

static void layernorm(float *out, float *mean, float *rstd, const float *in, const float *gain,
                      const float *bias, int rows, int C)
{
    for (int r = 0; r < rows; r++) {
        const float *x = in + (size_t)r * (size_t)C;
        float *y = out + (size_t)r * (size_t)C;
        float mu = sum(x, C) / (float)C;
        float var = sum_of_squares_around(x, mu, C) / (float)C;
        float s = 1 / sqrtf(var + LAYERNORM_EPSILON);
        for (int i = 0; i < C; i++)
            y[i] = (x[i] - mu) * s * gain[i] + bias[i];
        if (mean)
            mean[r] = mu;
        if (rstd)
            rstd[r] = s;
    }
}

static void relu(float *x, int n)
{
    for (int i = 0; i < n; i++)
        x[i] = x[i] > 0 ? x[i] : 0;
}

static void adamw(float *p, float *m, float *v, const float *g, size_t n, const AdamwScalars *s)
{
    const __m256 b1 = _mm256_set1_ps(s->beta1), a1 = _mm256_set1_ps(1 - s->beta1),
                 b2 = _mm256_set1_ps(s->beta2), a2 = _mm256_set1_ps(1 - s->beta2),
                 clip = _mm256_set1_ps(s->grad_scale), keep = _mm256_set1_ps(s->keep),
                 step = _mm256_set1_ps(s->step_size), root = _mm256_set1_ps(s->root_scale),
                 eps = _mm256_set1_ps(s->epsilon);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        __m256 d = _mm256_mul_ps(_mm256_loadu_ps(g + i), clip);
        __m256 mi = _mm256_fmadd_ps(b1, _mm256_loadu_ps(m + i), _mm256_mul_ps(a1, d));
        __m256 vi =
            _mm256_fmadd_ps(b2, _mm256_loadu_ps(v + i), _mm256_mul_ps(a2, _mm256_mul_ps(d, d)));
        __m256 under = _mm256_fmadd_ps(_mm256_sqrt_ps(vi), root, eps);
        __m256 move = _mm256_div_ps(_mm256_mul_ps(step, mi), under);
        _mm256_storeu_ps(m + i, mi);
        _mm256_storeu_ps(v + i, vi);
        _mm256_storeu_ps(p + i, _mm256_fmsub_ps(keep, _mm256_loadu_ps(p + i), move));
    }
    reference_adamw(p + i, m + i, v + i, g + i, n - i, s);
}

/* The tables of x86 differ in how weights that stay are multiplied. */
#define TABLE(label, packing, in_full)                                                         \
    {                                                                                          \
        .name = label, .packed = packing, .full = in_full, .gemm_nn = blas_gemm_nn,            \
        .gemm_nt = blas_gemm_nt, .gemm_tn = blas_gemm_tn, .dot = dot, .axpy = axpy,            \
        .lerp = lerp, .softmax = softmax, .layernorm = layernorm, .relu = relu, .adamw = adamw \
    }
const Kernels kernels_avx2 = TABLE("avx2", &packed_f32_avx2, NULL);
const Kernels kernels_avx512 = TABLE("avx512", &packed_f32_avx512, NULL);
const Kernels kernels_int8_avx2 = TABLE("int8-avx2", &packed_i8_avx2, &kernels_avx2);
const Kernels kernels_int8_avxvnni = TABLE("int8-avxvnni", &packed_i8_avxvnni, &kernels_avx2);
const Kernels kernels_int8_avx512 = TABLE("int8-avx512", &packed_i8_avx512, &kernels_avx512);
