#include "fixture.h"

#include "base/file.h"
#include "base/rng.h"

#define POLICY "policies/openai-13/policy.yaml" /* tests run from the top of the tree */

/* Special pieces, then U+2581 alone and each printable ASCII letter with and without it. */
static bool make_vocab(Arena *a, const Vocab **out, Err *err)
{
    Buf b;
    buf_init(&b, 1 << 16);
    buf_put(&b, STR("["));
    for (int i = 0; i < VOCAB_SPECIAL; i++)
        buf_print(&b, "[\"<s%d>\",null],", i);
    buf_put(&b, STR("[\"\xe2\x96\x81\",-3]"));
    for (char c = 'a'; c <= 'z'; c++)
        buf_print(&b, ",[\"%c\",-4],[\"\xe2\x96\x81%c\",-5]", c, c);
    for (char c = '0'; c <= '9'; c++)
        buf_print(&b, ",[\"%c\",-5]", c);
    buf_put(&b, STR("]"));
    bool ok = buf_ok(&b, err) && vocab_parse_json(a, buf_str(&b), out, err);
    buf_done(&b);
    return ok;
}

/* Gains 1, biases 0, matrices small and random: activations stay tame. */
static EncoderParams *make_encoder(Arena *a, Rng *rng)
{
    EncoderParams *p = arena_new(a, EncoderParams);
    encoder_params_at(p, arena_array(a, float, encoder_param_count()));
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *e = &encoder_param_info[i];
        float *x = p->all + e->offset;
        size_t name = strlen(e->name), n = (size_t)e->rows * (size_t)e->cols;
        bool gain = name > 2 && strcmp(e->name + name - 2, "_g") == 0;
        for (size_t k = 0; k < n; k++) {
            if (e->rows > 1)
                x[k] = (float)(.08 * (rng_unit(rng) - .5));
            else
                x[k] = gain ? 1.f : 0.f;
        }
    }
    return p;
}

static NetworkParams *make_network(Arena *a, Rng *rng)
{
    NetworkParams *p = arena_new(a, NetworkParams);
    network_params_at(p, arena_array(a, float, network_param_count()));
    for (int i = 0; i < ENCODER_WIDTH * FACTOR_COUNT; i++)
        p->head_w[i] = (float)(.1 * (rng_unit(rng) - .5));
    for (int f = 0; f < FACTOR_COUNT; f++)
        p->pool_s[f] = 2;
    return p;
}

static bool teach(Arena *a, const char *word, Factor f, float *weight, Err *err)
{
    Features x;
    if (!features_ngrams(a, str_of(word), FIXTURE_BUCKETS, &x, err))
        return false;
    for (size_t i = 0; i < x.ngrams.count; i++)
        weight[x.ngrams.bucket[i] * FACTOR_COUNT + f] = 12;
    return true;
}

bool fixture_parts(Arena *a, uint64_t seed, ReleaseParts *out, Err *err)
{
    Rng rng;
    rng_seed(&rng, seed);
    float *weight = arena_array(a, float, (size_t)FIXTURE_BUCKETS *FACTOR_COUNT);
    float *bias = arena_array(a, float, FACTOR_COUNT);
    ReleaseParts p = {.name = STR("fixture"),
                      .created_ms = 1764000000000,
                      .windows = WINDOWS_DEFAULT,
                      .buckets = FIXTURE_BUCKETS,
                      .fast = {{weight, bias}},
                      .training = STR("{\"note\":\"a fixture\"}"),
                      .report = STR("{}")};
    Str policy;
    if (!file_load(a, POLICY, POLICY_MAX_BYTES, &policy, err) ||
        !policy_parse(a, policy, POLICY, &p.policy, err) || !make_vocab(a, &p.vocab, err) ||
        !teach(a, FIXTURE_HATE, FACTOR_HATE, weight, err) ||
        !teach(a, FIXTURE_SEXUAL, FACTOR_SEXUAL, weight, err) ||
        !teach(a, FIXTURE_VIOLENCE, FACTOR_VIOLENCE, weight, err) ||
        !teach(a, FIXTURE_SELF_HARM, FACTOR_SELF_HARM, weight, err))
        return false;
    p.encoder = make_encoder(a, &rng);
    p.network = make_network(a, &rng);
    calibration_none(&p.calibration);
    ensemble_default(p.ensemble);
    for (int f = 0; f < FACTOR_COUNT; f++) {
        bias[f] = -6;
        p.ensemble[ENSEMBLE_ENCODER][f] = .25f;
        p.ensemble[ENSEMBLE_FAST][f] = 1;
    }
    *out = p;
    return true;
}

const StudentParams *fixture_student(Arena *a, uint64_t seed)
{
    Rng rng;
    rng_seed(&rng, seed);
    StudentParams *p = arena_new(a, StudentParams);
    p->shape = (StudentShape){.width = 8, .hidden = 5, .pairs = 16};
    size_t near = student_rows(&p->shape) * 8, dense = student_dense_count(&p->shape);
    float *x = arena_array(a, float, near + dense);
    for (size_t i = 0; i < near + dense; i++)
        x[i] = (float)(.2 * (rng_unit(&rng) - .5));
    student_dense_at(p, x + near);
    p->near = x;
    return p;
}

void fixture_cascade(double bound, Cascade *out)
{
    *out = (Cascade){.fitted = true};
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        out->map[c] = (CalibrationMap){.kind = CALIBRATION_FIXED, .threshold = .5};
        for (int g = 0; g < CASCADE_GROUPS; g++)
            out->group[g].bound[c] = bound;
    }
}

bool fixture_release(const char *path, uint64_t seed, Digest *digest, Err *err)
{
    Arena *a = arena_open((size_t)256 << 20);
    ReleaseParts p;
    bool ok = fixture_parts(a, seed, &p, err) && release_save(a, &p, path, digest, err);
    arena_close(a);
    return ok;
}
