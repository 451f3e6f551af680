/* release.c - writes and opens releases; see release.h for the sections.
 *
 * The file is mapped read-only, and what can be used as it lies there is: the embedding, the
 * vectors, the fast tier's int8 rows.  So those pages are the file's, shared by all threads and
 * processes.  Only the encoder's matrices are made anew, packed for the kernels that will
 * run them (nn/packed.h: 19 MB of floats or 5 MB of bytes), since the file's scales are those
 * of inputs.  Kernels without a packed form get all of it in float32 (28 MB).
 */
#include "model/release.h"

#include "nn/pack.h"

#include <assert.h>
#include <math.h>

enum {
    OPEN_ARENA = 512 << 20, /* address space of an open release: floats, vocabulary, policy */
    TEXT_MAX = 8 << 20,     /* of the vocabulary, the manifest, the report */
};

struct Release {
    Arena *arena; /* holds this struct and all it points to but the pack */
    Pack *pack;
    const Kernels *kernels;
    Digest digest;
    Manifest manifest;
    const Vocab *vocab;
    const Policy *policy;
    EncoderParams encoder;
    NetworkParams network;
    Fast fast[FAST_TABLES];
    const float *ensemble; /* [ENSEMBLE_ROWS, FACTOR_COUNT] */
    StudentParams student; /* width 0: none */
    Str report;
};

void ensemble_default(float ensemble[ENSEMBLE_ROWS][FACTOR_COUNT])
{
    static const float value[ENSEMBLE_ROWS] = {
        [ENSEMBLE_ENCODER] = 1, [ENSEMBLE_ALONE] = 1, [ENSEMBLE_SURE] = -1e9f};
    for (int r = 0; r < ENSEMBLE_ROWS; r++)
        for (int f = 0; f < FACTOR_COUNT; f++)
            ensemble[r][f] = value[r];
}

static const char *const fast_room[FAST_TABLES] = {
    [FAST_JOINED] = "fast", [FAST_ALONE] = "fast-alone"};

/* ---- writing ------------------------------------------------------------------------- */

static const char *section(Arena *a, const char *room, const char *name)
{
    return str_z(a, str_print(a, "%s/%s", room, name));
}

/* A vector costs nothing and carries biases and gains: only matrices are cut to int8. */
static void add_param(PackWriter *w, bool float32, const char *name, const float *x, int rows,
                      int cols)
{
    if (rows == 1 || float32)
        pack_add_f32(w, name, x, (size_t)rows, (size_t)cols);
    else
        pack_add_i8(w, name, x, (size_t)rows, (size_t)cols);
}

static void add_student(PackWriter *w, const StudentParams *p)
{
    StudentShape s = p->shape;
    pack_add_i8(w, "student/near", p->near, student_rows(&s), (size_t)s.width);
#define X(name, rows, cols) \
    pack_add_f32(w, "student/" #name, p->name, (size_t)(rows), (size_t)(cols));
    STUDENT_PARAMS(X)
#undef X
}

static void add_weights(PackWriter *w, Arena *a, const ReleaseParts *p)
{
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *e = &encoder_param_info[i];
        add_param(w, p->float32, section(a, "encoder", e->name), p->encoder->all + e->offset,
                  e->rows, e->cols);
    }
    for (int i = 0; i < network_param_info_count; i++) {
        const NetworkParamInfo *n = &network_param_info[i];
        pack_add_f32(w, section(a, "network", n->name), p->network->all + n->offset,
                     (size_t)n->rows, (size_t)n->cols);
    }
    for (int t = 0; t < FAST_TABLES; t++) {
        if (!p->fast[t].weight)
            continue;
        pack_add_i8(w, section(a, fast_room[t], "weight"), p->fast[t].weight, p->buckets,
                    FACTOR_COUNT);
        pack_add_f32(w, section(a, fast_room[t], "bias"), p->fast[t].bias, 1, FACTOR_COUNT);
    }
    pack_add_f32(w, "ensemble", p->ensemble[0], ENSEMBLE_ROWS, FACTOR_COUNT);
    if (p->student)
        add_student(w, p->student);
}

bool release_save(Arena *a, const ReleaseParts *p, const char *path, Digest *digest, Err *err)
{
    if (!manifest_name_fits(p->name))
        return err_set(err, ERR_INPUT,
                       "'" STR_FMT "' cannot name a release: letters, digits, "
                       "dot, dash and underscore, at most %d",
                       STR_ARG(p->name), MANIFEST_NAME_MAX);
    ArenaMark mark = arena_mark(a);
    const Js *report;
    bool said = js_parse(a, p->report, &report, err);
    arena_rewind(a, mark);
    if (!said)
        return err_wrap(err, "the report of a release");
    Buf vocab, manifest;
    Manifest m = {.name = p->name,
                  .created_ms = p->created_ms,
                  .windows = p->windows,
                  .buckets = p->buckets,
                  .calibration = p->calibration,
                  .cascade = p->cascade,
                  .training = p->training};
    if (p->student)
        m.student = p->student->shape;
    for (int f = 0; f < FACTOR_COUNT && p->fast[FAST_ALONE].weight; f++)
        m.alone[f] = p->alone[f];
    buf_init(&vocab, TEXT_MAX);
    buf_init(&manifest, MANIFEST_MAX_BYTES);
    vocab_print(p->vocab, &vocab);
    manifest_print(&m, a, &manifest);
    PackWriter *w = pack_writer(a);
    pack_add_bytes(w, "manifest", buf_str(&manifest));
    pack_add_bytes(w, "policy", policy_text(p->policy));
    pack_add_bytes(w, "report", p->report);
    pack_add_bytes(w, "vocab", buf_str(&vocab));
    add_weights(w, a, p);
    bool ok = buf_ok(&vocab, err) && buf_ok(&manifest, err) && pack_save(w, path, digest, err);
    buf_done(&vocab);
    buf_done(&manifest);
    arena_rewind(a, mark);
    return ok;
}

static bool read_encoder(const Pack *p, Arena *a, EncoderParams *out, Err *err);

static bool has_float32(const Pack *p)
{
    const float *x;
    Err ignored = {0};
    return pack_f32(p, "encoder/embed", ENCODER_VOCAB, ENCODER_WIDTH0, &x, &ignored);
}

static bool student_parts(const Release *r, Arena *a, const StudentParams **out, Err *err)
{
    StudentParams *s = arena_new(a, StudentParams);
    size_t rows = student_rows(&r->student.shape), width = (size_t)r->student.shape.width;
    *out = NULL;
    if (!width)
        return true;
    float *near = arena_array(a, float, rows *width);
    if (!pack_read_f32(r->pack, "student/near", rows, width, near, err))
        return false;
    *s = r->student;
    s->near = near;
    *out = s;
    return true;
}

bool release_parts(const Release *r, Arena *a, ReleaseParts *out, Err *err)
{
    size_t buckets = r->manifest.buckets;
    FastParts fast[FAST_TABLES] = {{0}};
    for (int t = 0; t < FAST_TABLES; t++) {
        if (!release_fast(r, (FastTable)t))
            continue;
        float *weight = arena_array(a, float, buckets *FACTOR_COUNT);
        if (!pack_read_f32(r->pack, section(a, fast_room[t], "weight"), buckets, FACTOR_COUNT,
                           weight, err))
            return false;
        fast[t] = (FastParts){weight, r->fast[t].bias};
    }
    EncoderParams *encoder = arena_new(a, EncoderParams);
    if (!read_encoder(r->pack, a, encoder, err))
        return false;
    *out = (ReleaseParts){.name = r->manifest.name,
                          .created_ms = r->manifest.created_ms,
                          .vocab = r->vocab,
                          .encoder = encoder,
                          .network = &r->network,
                          .float32 = has_float32(r->pack),
                          .windows = r->manifest.windows,
                          .buckets = r->manifest.buckets,
                          .calibration = r->manifest.calibration,
                          .cascade = r->manifest.cascade,
                          .policy = r->policy,
                          .training = r->manifest.training,
                          .report = r->report};
    memcpy(out->fast, fast, sizeof fast);
    memcpy(out->alone, r->manifest.alone, sizeof out->alone);
    memcpy(out->ensemble, r->ensemble, sizeof out->ensemble);
    return student_parts(r, a, &out->student, err);
}

/* ---- opening ------------------------------------------------------------------------- */

static bool all_finite(const float *x, size_t n, const char *what, Err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return err_set(err, ERR_CORRUPT, "%s holds a number that is not finite", what);
    return true;
}

static bool read_param(const Pack *p, const char *name, int rows, int cols, float *out,
                       Err *err)
{
    return pack_read_f32(p, name, (size_t)rows, (size_t)cols, out, err) &&
           all_finite(out, (size_t)rows * (size_t)cols, name, err);
}

/* As floats, in `a`. */
static bool read_encoder(const Pack *p, Arena *a, EncoderParams *out, Err *err)
{
    /* raw: every parameter is in the list, so all of it is written */
    float *all = arena_raw(a, float, encoder_param_count());
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *e = &encoder_param_info[i];
        if (!read_param(p, section(a, "encoder", e->name), e->rows, e->cols, all + e->offset,
                        err))
            return false;
    }
    encoder_params_at(out, all);
    out->packed = NULL;
    return true;
}

/* Where it lies. */
static bool find_stored(const Pack *p, const char *name, const EncoderParamInfo *e,
                        EncoderStored *out, Err *err)
{
    size_t rows = (size_t)e->rows, cols = (size_t)e->cols;
    PackKind kind;
    *out = (EncoderStored){0};
    if (!pack_kind(p, name, &kind, err))
        return false;
    if (kind != PACK_I8 || rows == 1) /* a vector is read as floats */
        return pack_f32(p, name, rows, cols, &out->w, err) &&
               all_finite(out->w, rows * cols, name, err);
    if (!pack_i8(p, name, rows, cols, &out->q, &out->scale, err))
        return false;
    for (size_t i = 0; i < rows; i++)
        if (!isfinite(out->scale[i] * 128)) /* of any byte */
            return err_set(err, ERR_CORRUPT, "%s holds a number that is not finite", name);
    return true;
}

static bool open_encoder(Release *r, Err *err)
{
    if (!r->kernels->packed)
        return read_encoder(r->pack, r->arena, &r->encoder, err);
    EncoderStored *s = arena_array(r->arena, EncoderStored, (size_t)encoder_param_info_count);
    for (int i = 0; i < encoder_param_info_count; i++) {
        const EncoderParamInfo *e = &encoder_param_info[i];
        if (!find_stored(r->pack, section(r->arena, "encoder", e->name), e, &s[i], err))
            return false;
    }
    encoder_pack_stored(r->arena, r->kernels, s, &r->encoder);
    return true;
}

static bool open_weights(Release *r, Err *err)
{
    network_params_at(&r->network, arena_raw(r->arena, float, network_param_count()));
    for (int i = 0; i < network_param_info_count; i++) {
        const NetworkParamInfo *n = &network_param_info[i];
        if (!read_param(r->pack, section(r->arena, "network", n->name), n->rows, n->cols,
                        r->network.all + n->offset, err))
            return false;
    }
    return open_encoder(r, err);
}

static bool has_alone(const Manifest *m)
{
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (m->alone[f])
            return true;
    return false;
}

static bool open_table(Release *r, FastTable t, Err *err)
{
    Fast *m = &r->fast[t];
    SparseLinear *l = &m->layer;
    l->buckets = r->manifest.buckets;
    l->F = FACTOR_COUNT;
    const char *weight = section(r->arena, fast_room[t], "weight");
    const char *bias = section(r->arena, fast_room[t], "bias");
    return pack_i8(r->pack, weight, l->buckets, FACTOR_COUNT, &l->q, &l->row_scale, err) &&
           all_finite(l->row_scale, l->buckets, weight, err) &&
           pack_f32(r->pack, bias, 1, FACTOR_COUNT, &m->bias, err) &&
           all_finite(m->bias, FACTOR_COUNT, bias, err);
}

static bool open_fast(Release *r, Err *err)
{
    return open_table(r, FAST_JOINED, err) &&
           (!has_alone(&r->manifest) || open_table(r, FAST_ALONE, err)) &&
           pack_f32(r->pack, "ensemble", ENSEMBLE_ROWS, FACTOR_COUNT, &r->ensemble, err) &&
           all_finite(r->ensemble, (size_t)ENSEMBLE_ROWS * FACTOR_COUNT, "ensemble", err);
}

static bool open_student(Release *r, Err *err)
{
    StudentParams *p = &r->student;
    StudentShape s = p->shape = r->manifest.student;
    size_t dense = student_dense_count(&s), rows = student_rows(&s);
    if (!s.width)
        return true;
    student_dense_at(p, arena_raw(r->arena, float, dense));
#define X(name, rows, cols)                                                             \
    if (!read_param(r->pack, "student/" #name, (int)(rows), (int)(cols), p->name, err)) \
        return false;
    STUDENT_PARAMS(X)
#undef X
    return pack_i8(r->pack, "student/near", rows, (size_t)s.width, &p->near_q, &p->near_scale,
                   err) &&
           all_finite(p->near_scale, rows, "student/near", err);
}

static bool open_texts(Release *r, Err *err)
{
    Str manifest, policy, vocab;
    if (!pack_bytes(r->pack, "manifest", &manifest, err) ||
        !manifest_parse(r->arena, manifest, &r->manifest, err) ||
        !pack_bytes(r->pack, "policy", &policy, err) ||
        !policy_parse(r->arena, policy, "policy of the release", &r->policy, err) ||
        !policy_fits_release(r->policy, err) || !pack_bytes(r->pack, "vocab", &vocab, err) ||
        !vocab_parse(r->arena, vocab, &r->vocab, err))
        return false;
    if (vocab_size(r->vocab) > ENCODER_VOCAB)
        return err_set(err, ERR_CORRUPT, "the vocabulary has %d pieces, the encoder %d",
                       vocab_size(r->vocab), ENCODER_VOCAB);
    return pack_bytes(r->pack, "report", &r->report, err);
}

static bool open_pack(Pack *pack, const Kernels *k, Release **out, Err *err)
{
    Arena *a = arena_try_open(OPEN_ARENA);
    if (!a) {
        pack_close(pack);
        return err_set(err, ERR_MEMORY, "no memory to open a release");
    }
    Release *r = arena_new(a, Release);
    arena_prefer_large_pages(a);
    *r = (Release){.arena = a,
                   .pack = pack,
                   .kernels = has_float32(pack) && k->full ? k->full : k,
                   .digest = pack_digest(pack)};
    if (!open_texts(r, err) || !open_weights(r, err) || !open_fast(r, err) ||
        !open_student(r, err)) {
        if (err->code == ERR_NOT_FOUND) /* a section: the file itself is there */
            err->code = ERR_CORRUPT;
        release_close(r);
        return false;
    }
    *out = r;
    return true;
}

bool release_open(const char *path, const Kernels *k, Release **out, Err *err)
{
    Pack *pack;
    if (!pack_open(path, &pack, err))
        return false;
    return open_pack(pack, k, out, err) || err_wrap(err, "%s", path);
}

bool release_open_bytes(Str bytes, const Kernels *k, Release **out, Err *err)
{
    Pack *pack;
    return pack_open_bytes(bytes, &pack, err) && open_pack(pack, k, out, err);
}

void release_close(Release *r)
{
    if (!r)
        return;
    Arena *a = r->arena;
    pack_close(r->pack);
    arena_close(a);
}

/* ---- finding ------------------------------------------------------------------------- */

static bool is_digits(Str s)
{
    bool hex = s.len >= RELEASE_REF_DIGITS && s.len < DIGEST_HEX_SIZE;
    for (size_t i = 0; hex && i < s.len; i++)
        hex = (s.ptr[i] >= '0' && s.ptr[i] <= '9') || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f');
    return hex;
}

static bool find_digest(Arena *a, const char *dir, Str ref, Str *path, Err *err)
{
    Str *name = NULL, found = {0};
    size_t count = 0;
    if (!file_list(a, dir, ".gavel", &name, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        char hex[DIGEST_HEX_SIZE];
        Err unread = {0};
        Pack *pack;
        Str file = str_print(a, "%s/" STR_FMT, dir, STR_ARG(name[i]));
        if (!pack_open(str_z(a, file), &pack, &unread))
            continue; /* a broken neighbour is no reason to refuse this one */
        Digest d = pack_digest(pack);
        pack_close(pack);
        digest_hex(&d, hex);
        if (!str_starts(str_of(hex), ref))
            continue;
        if (found.ptr)
            return err_set(err, ERR_CONFLICT, "'" STR_FMT "' fits several releases",
                           STR_ARG(ref));
        found = file;
    }
    if (!found.ptr)
        return err_set(err, ERR_NOT_FOUND,
                       "no release in %s has a digest from '" STR_FMT "' on", dir,
                       STR_ARG(ref));
    *path = found;
    return true;
}

bool release_find(Arena *a, const char *dir, Str ref, Str *path, Err *err)
{
    Str named = str_print(a, "%s/" STR_FMT ".gavel", dir, STR_ARG(ref));
    if (file_exists(str_z(a, ref)) && !file_is_dir(str_z(a, ref))) {
        *path = str_copy(a, ref);
        return true;
    }
    if (manifest_name_fits(ref) && file_exists(str_z(a, named))) {
        *path = named;
        return true;
    }
    if (is_digits(ref) && file_is_dir(dir))
        return find_digest(a, dir, ref, path, err);
    return err_set(err, ERR_NOT_FOUND,
                   "no release '" STR_FMT "': neither a file nor a name in %s", STR_ARG(ref),
                   dir);
}

/* ---- what it holds ------------------------------------------------------------------- */

Digest release_digest(const Release *r) { return r->digest; }
Str release_name(const Release *r) { return r->manifest.name; }
int64_t release_created_ms(const Release *r) { return r->manifest.created_ms; }
const Policy *release_policy(const Release *r) { return r->policy; }
Str release_report(const Release *r) { return r->report; }
bool release_knows(const Release *r, Language l)
{
    return r->manifest.language_rows[l] >= MANIFEST_LANGUAGE_ROWS;
}
Str release_training(const Release *r) { return r->manifest.training; }
const Vocab *release_vocab(const Release *r) { return r->vocab; }
const Kernels *release_kernels(const Release *r) { return r->kernels; }
const EncoderParams *release_encoder(const Release *r) { return &r->encoder; }
const NetworkParams *release_network(const Release *r) { return &r->network; }
const Windows *release_windows(const Release *r) { return &r->manifest.windows; }
const Fast *release_fast(const Release *r, FastTable t)
{
    return r->fast[t].layer.q ? &r->fast[t] : NULL;
}
const bool *release_alone(const Release *r) { return r->manifest.alone; }
const StudentParams *release_student(const Release *r)
{
    return r->student.shape.width ? &r->student : NULL;
}
const Cascade *release_cascade(const Release *r) { return &r->manifest.cascade; }
const Calibration *release_calibration(const Release *r) { return &r->manifest.calibration; }

double release_threshold(const Release *r, Category c)
{
    return r->manifest.calibration.map[c].threshold;
}

const float *release_ensemble(const Release *r, EnsembleRow row)
{
    return r->ensemble + (size_t)row * FACTOR_COUNT;
}
