#include "test.h"

#include "base/hash.h"
#include "base/hash_short.h"

/* FIPS 180-4 and its example files. */
static const struct {
    const char *text;
    int times;
    const char *hex;
} sha256[] = {
    {"",                                                         1,       "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc",                                                      1,       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"                                                                     },
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrl"
     "mnopqrsmnopqrstnopqrstu",                             1,       "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {"a",                                                        1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void digests_are_the_published_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sha256 / sizeof *sha256; i++) {
        DigestState st;
        digest_init(&st);
        for (int k = 0; k < sha256[i].times; k++)
            digest_add(&st, str_of(sha256[i].text));
        Digest d = digest_end(&st);
        char hex[DIGEST_HEX_SIZE];
        digest_hex(&d, hex);
        assert_string_equal(hex, sha256[i].hex);
        Digest whole = digest_of(str_of(sha256[i].text));
        assert_int_equal(digest_eq(&d, &whole), sha256[i].times == 1);
    }
}

static void a_digest_is_read_back_and_nothing_else_is(void **state)
{
    (void)state;
    Digest d, before = digest_of(STR("before"));
    assert_true(digest_parse(str_of(sha256[1].hex), &d));
    Digest abc = digest_of(STR("abc"));
    assert_true(digest_eq(&d, &abc));
    assert_true(digest_parse(
        STR("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"), &d));
    assert_true(digest_eq(&d, &abc));
    static const char *const wrong[] = {
        "",
        "ba",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015add",
        "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "ba7816bf8f01cfea414140de5dae2223 b0361a396177a9cb410ff61f20015ad",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        d = before;
        assert_false(digest_parse(str_of(wrong[i]), &d));
        assert_true(digest_eq(&d, &before));
    }
}

/* Model files are built on these numbers: if one changes, every release is void.
 * Lengths at which XXH3 changes its method. */
static void hash64_is_the_same_for_ever(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        uint64_t seed0, seed42;
    } rows[] = {
        {0,    0x2d06800538d394c2u, 0xb029411ff43d84d2u},
        {1,    0x13e608bc156defedu, 0xd0c83c4bdeed078bu},
        {3,    0xa9088dda485b481cu, 0x3a6eb7a191052c81u},
        {4,    0x6d9253b16c8b1ed3u, 0x5d8ddb4735733babu},
        {8,    0x60539db630471163u, 0x53a895ca319fab31u},
        {9,    0xfeff668361d723a8u, 0x43f019f90f24f866u},
        {16,   0xb8c859b0f030b585u, 0x6b1b54f65d114c69u},
        {17,   0x714a04408e79b80fu, 0x148ada809b3845ddu},
        {128,  0x67425a03650261bfu, 0xeef663431a9bf01du},
        {129,  0xc664bf3311c6abc4u, 0x4df9521149f6f8c5u},
        {240,  0x64556dc6b462a6cfu, 0x722964f8a7f16de3u},
        {241,  0x8beadd3a8874fe17u, 0x59fdc74e63a7aee7u},
        {1000, 0x6c4f14bd97bd9e82u, 0xf0f163846cbf0c33u},
    };
    char bytes[1000];
    for (int i = 0; i < 1000; i++)
        bytes[i] = (char)(i * 7 + 3);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(hash64((Str){bytes, rows[i].n}, 0) == rows[i].seed0);
        assert_true(hash64((Str){bytes, rows[i].n}, 42) == rows[i].seed42);
    }
    assert_true(hash64((Str){0}, 0) == rows[0].seed0);
}

/* Any bytes, and any seed: the inline hashes are hash64. */
static void short_hashes_are_hash64(void **state)
{
    (void)state;
    uint64_t state64 = 9;
    for (int round = 0; round < 20000; round++) {
        uint64_t bytes = random_u64(&state64), seed = round % 2 ? random_u64(&state64) : 3;
        char p[8];
        memcpy(p, &bytes, sizeof p);
        HashShort s = hash_short(seed);
        uint64_t w = hash_short_load(p);
        assert_true(hash_short2(s, w) == hash64((Str){p, 2}, seed));
        assert_true(hash_short3(s, w) == hash64((Str){p, 3}, seed));
        assert_true(hash_short4(s, w) == hash64((Str){p, 4}, seed));
        assert_true(hash_short5(s, w) == hash64((Str){p, 5}, seed));
    }
}

/* However a text is cut, by bytes or by blocks: bytes one at a time never make a block. */
static void a_digest_does_not_depend_on_how_the_text_is_cut(void **state)
{
    (void)state;
    uint64_t seed = 9;
    static char text[1500];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)random_u64(&seed);
    for (int round = 0; round < 300; round++) {
        size_t n = random_u64(&seed) % sizeof text, at = 0;
        DigestState cut, bytes;
        digest_init(&cut);
        digest_init(&bytes);
        for (size_t i = 0; i < n; i++)
            digest_add(&bytes, (Str){text + i, 1});
        for (size_t k; at < n; at += k) {
            k = random_u64(&seed) % (n - at) + 1;
            digest_add(&cut, (Str){text + at, k});
        }
        Digest x = digest_end(&cut), y = digest_end(&bytes), z = digest_of((Str){text, n});
        assert_true(digest_eq(&x, &y) && digest_eq(&x, &z));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_the_published_ones),
        cmocka_unit_test(a_digest_does_not_depend_on_how_the_text_is_cut),
        cmocka_unit_test(a_digest_is_read_back_and_nothing_else_is),
        cmocka_unit_test(hash64_is_the_same_for_ever),
        cmocka_unit_test(short_hashes_are_hash64),
    };
    return cmocka_run_group_tests_name("base/hash", tests, NULL, NULL);
}
