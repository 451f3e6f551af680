#include "base/fault.h"
#include "data/reader.h"
#include "temp.h"

#include <zlib.h>

/* What a file reads as: fields "a|b", rows ended by ";", a bad row "!line". */
static Str read_as_text(Temp *t, const char *path, const ReaderOptions *o)
{
    Reader *r = NULL;
    Err err = {0};
    Str out = {0};
    if (!reader_open(path, o, &r, &err))
        return str_print(t->arena, "refused: %s", err.msg + strlen(path));
    Record rec;
    for (ReadStep s; (s = reader_next(r, &rec, &err)) != READ_END;) {
        if (s == READ_FAILED) {
            out = str_print(t->arena, STR_FMT "failed", STR_ARG(out));
            break;
        }
        if (s == READ_BAD) {
            assert_true(str_starts(str_of(err.msg), str_of(path)));
            out = str_print(t->arena, STR_FMT "!%s;", STR_ARG(out), err.msg + strlen(path));
            continue;
        }
        for (size_t i = 0; i < rec.count; i++)
            out = str_print(t->arena, STR_FMT "%s" STR_FMT, STR_ARG(out), i ? "|" : "",
                            STR_ARG(rec.value[i]));
        out = str_print(t->arena, STR_FMT ";", STR_ARG(out));
    }
    assert_int_equal(reader_next(r, &rec, &err), READ_END); /* the end stays the end */
    reader_close(r);
    return out;
}

static void expect(Temp *t, Str text, const ReaderOptions *o, const char *want)
{
    Str got = read_as_text(t, temp_file(t, "f", text), o);
    if (!str_eq(got, str_of(want)))
        fail_msg("got  %.*s\nwant %s", STR_ARG(got), want);
}

static void tables_are_read_as_rfc_4180_says(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a,b\n1,2\n3,4\n",                        "1|2;3|4;"                                           },
        {"a,b\r\n1,2\r\n3,4",                      "1|2;3|4;"                                           },
        {"\xef\xbb\xbf"
         "a,b\n1,2\n",                    "1|2;"                                               },
        {"a,b\n\"x, y\",\"he said \"\"no\"\"\"\n", "x, y|he said \"no\";"                               },
        {"a,b\n\"two\nlines\",2\n",                "two\nlines|2;"                                      },
        {"a,b\n\n1,2\n\n\n3,4\n",                  "1|2;3|4;"                                           },
        {"a,b\n,\n\"\",\n",                        "|;|;"                                               },
        {"a,b\nit\"s,fine\n",                      "it\"s|fine;"                                        },
        {"a\n\nx\n",                               ";x;"                                                }, /* of one column, an empty line is an empty value */
        {"a,b\n1,2,3\n4\n5,6\n",                   "!:2: 3 fields where 2 are wanted;"
                                 "!:3: 1 fields where 2 are wanted;5|6;"},
        {"a,b\n\"x\"y,2\n3,4\n",                   "!:2: text behind a closing quote;3|4;"              },
        {"a,b\n1,2\n\"open,\n3,4\n",               "1|2;!:3: a quote is not closed;"                    },
        {"a,b\n1,\xff\n3,4\n",                     "!:2: not UTF-8 at byte 2 of the row;3|4;"           },
        {"a,b\n\"1\n2\",3\n\xff,4\n",              "1\n2|3;!:4: not UTF-8 at byte 1 of the row;"        },
        {"a,a\n1,2\n",                             "refused: : two columns are called 'a'"              },
        {"",                                       "refused: : no header line"                          },
    };
    const ReaderOptions o = {.format = READER_CSV, .max_line_bytes = 1 << 16};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(*state, str_of(cases[i].text), &o, cases[i].want);
}

static void a_zero_byte_makes_a_row_bad(void **state)
{
    const ReaderOptions o = {.format = READER_CSV, .max_line_bytes = 1 << 16};
    expect(*state, STR("a,b\n1,x\0y\n3,4\n"), &o, "!:2: holds a zero byte;3|4;");
}

static void raw_tables_take_quotes_as_text(void **state)
{
    const ReaderOptions o = {
        .format = READER_TSV, .no_quotes = true, .max_line_bytes = 1 << 16};
    expect(*state, STR("a\tb\n\"x\ty\"\n1\t2\n"), &o, "\"x|y\";1|2;");
}

static void columns_can_be_named_by_the_caller(void **state)
{
    const Str names[] = {STR("text"), STR("label")};
    const ReaderOptions o = {.format = READER_CSV,
                             .separator = ';',
                             .columns = names,
                             .column_count = 2,
                             .max_line_bytes = 1 << 16};
    Temp *t = *state;
    Reader *r;
    Record rec;
    Err err;
    Str text;
    double label;
    assert_true(reader_open(temp_file(t, "f", STR("one; 2.5 \n")), &o, &r, &err));
    assert_int_equal(reader_next(r, &rec, &err), READ_ROW);
    assert_true(record_text(&rec, STR("text"), &text) && str_eq(text, STR("one")));
    assert_true(record_number(&rec, STR("label"), &label) && label == 2.5);
    assert_false(record_number(&rec, STR("text"), &label));
    assert_false(record_text(&rec, STR("other"), &text));
    reader_close(r);
}

static void a_row_that_is_too_long_costs_itself_alone(void **state)
{
    Temp *t = *state;
    const ReaderOptions csv = {.format = READER_CSV, .max_line_bytes = 32};
    expect(t, STR("a,b\n1,0123456789012345678901234567890123456789\n3,4\n"), &csv,
           "!:2: longer than 32 bytes;3|4;");
    /* an open quote takes what the limit holds; the next line is a row again */
    expect(t, STR("a,b\n\"open,2\n3,4\n5,6\n7,8\n9,10\n11,12\n13,14\n15,16\n17,18\n19,20\n"),
           &csv, "!:2: longer than 32 bytes;15|16;17|18;19|20;");
    const ReaderOptions lines = {.format = READER_LINES, .max_line_bytes = 8};
    expect(t, STR("12345678\n123456789\nx\n"), &lines, "12345678;!:2: longer than 8 bytes;x;");
}

static void too_many_fields_are_refused(void **state)
{
    Temp *t = *state;
    char row[2 * READER_MAX_FIELDS + 64];
    size_t n = 0;
    for (int i = 0; i < READER_MAX_FIELDS + 2; i++)
        row[n++] = ',';
    memcpy(row + n, "\n1,2\n", 5);
    const Str names[] = {STR("a"), STR("b")};
    const ReaderOptions o = {
        .format = READER_CSV, .columns = names, .column_count = 2, .max_line_bytes = 1 << 16};
    expect(t, (Str){row, n + 5}, &o, "!:1: too many fields;1|2;");
}

static void lines_are_rows(void **state)
{
    const ReaderOptions o = {.format = READER_LINES, .max_line_bytes = 1 << 16};
    expect(*state, STR("one\r\n\n\"two\", too\nthree"), &o, "one;;\"two\", too;three;");
}

static void objects_a_line_are_read_with_their_inner_members(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"{\"a\":\"x\",\"b\":1}\n\n{\"a\":true,\"b\":-2.5}\n",     "x|1;true|-2.5;"                            },
        {"{\"a\":null,\"b\":{\"c\":{\"d\":1}},\"e\":[1,\"x\"]}\n", "1|[1,\"x\"];"                              },
        {"[\"p\",7]\n",                                            "p|7;"                                      },
        {"{\"a\":1}\n{broken\n{\"a\":2}",                          "1;!:2: "                                   },
        {"7\n{\"a\":1}\n",                                         "!:1: a number where an object is wanted;1;"},
        {"{\"a\":\"x\\u0000y\"}\n{\"a\":1}\n",                     "!:1: holds a zero byte;1;"                 },
        {"{\"a\":\"\xff\"}\n{\"a\":1}\n",                          "!:1: "                                     },
    };
    Temp *t = *state;
    const ReaderOptions o = {.format = READER_JSONL, .max_line_bytes = 1 << 16};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str got = read_as_text(t, temp_file(t, "f", str_of(cases[i].text)), &o);
        Str want = str_of(cases[i].want);
        bool whole = want.ptr[want.len - 1] == ';';
        if (!(whole ? str_eq(got, want) : !!memmem(got.ptr, got.len, want.ptr, want.len)))
            fail_msg("case %zu: got %.*s", i, STR_ARG(got));
        assert_int_equal(got.ptr[got.len - 1], ';'); /* the row behind a bad one was read */
    }
}

static void members_have_dotted_names(void **state)
{
    Temp *t = *state;
    const ReaderOptions o = {.format = READER_JSONL, .max_line_bytes = 1 << 16};
    Reader *r;
    Record rec;
    Err err;
    Str v;
    assert_true(reader_open(temp_file(t, "f", STR("{\"a\":{\"b\":{\"c\":5}}}")), &o, &r, &err));
    assert_int_equal(reader_next(r, &rec, &err), READ_ROW);
    assert_true(record_text(&rec, STR("a.b.c"), &v) && str_eq(v, STR("5")));
    reader_close(r);
}

static void a_path_leads_into_json(void **state)
{
    static const struct {
        const char *path, *text, *want;
    } cases[] = {
        {"",             "[{\"a\":1},{\"a\":2}]",                        "1;2;"                                               },
        {"$",            "{\"a\":1}",                                    "1;"                                                 },
        {"$[*]",         "[\"x\",\"y\"]",                                "x;y;"                                               },
        {"$.train[*]",   "{\"test\":[[9,9]],\"train\":[[\"q\",\"i\"]]}", "q|i;"                                               },
        {"$.*[*]",       "{\"k1\":[\"x\"],\"k2\":[\"y\",\"z\"]}",        "x|k1;y|k2;z|k2;"                                    },
        {"$.*.*[*]",     "{\"k\":{\"l\":[\"x\"]}}",                      "x|k|l;"                                             },
        {"$.*[*]",       "{\"k1\":[\"x\"],\"k2\":7}",
         "x|k1;!:2: the path does not lead to a record here;"                                                                 },
        {"$.nothing[*]", "{\"a\":1}",                                    "!:1: the path does not lead to a record here;"      },
        {"train",        "[]",                                           "refused: : the path 'train' is not like $.name.*[*]"},
        {"$..a",         "[]",                                           "refused: : the path '$..a' is not like $.name.*[*]" },
        {"$[0]",         "[]",                                           "refused: : the path '$[0]' is not like $.name.*[*]" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const ReaderOptions o = {
            .format = READER_JSON, .path = str_of(cases[i].path), .max_line_bytes = 1 << 16};
        expect(*state, str_of(cases[i].text), &o, cases[i].want);
    }
}

static Str gzipped(Temp *t, Str text)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = text.len + 128;
    unsigned char *out = arena_array(t->arena, unsigned char, room);
    z.next_in = (unsigned char *)(uintptr_t)text.ptr;
    z.avail_in = (unsigned)text.len;
    z.next_out = out;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return (Str){(char *)out, room - z.avail_out};
}

static void gzip_is_told_by_its_bytes(void **state)
{
    Temp *t = *state;
    const ReaderOptions o = {.format = READER_CSV, .max_line_bytes = 1 << 16};
    Str one = gzipped(t, STR("a,b\n1,2\n")), two = gzipped(t, STR("3,4\n"));
    expect(t, one, &o, "1|2;");
    Str both = str_print(t->arena, "%*s", (int)(one.len + two.len), "");
    memcpy((char *)(uintptr_t)both.ptr, one.ptr, one.len);
    memcpy((char *)(uintptr_t)both.ptr + one.len, two.ptr, two.len);
    expect(t, both, &o, "1|2;3|4;"); /* members follow one another */
    expect(t, (Str){one.ptr, one.len - 4}, &o, "1|2;failed");
}

static void a_file_that_is_absent_is_an_error(void **state)
{
    const ReaderOptions o = {.format = READER_LINES, .max_line_bytes = 16};
    Reader *r = NULL;
    Err err;
    (void)state;
    assert_false(reader_open("/nowhere/at all", &o, &r, &err));
    assert_null(r);
}

/* Rows are the same whatever was quoted needlessly: write random fields, read them back. */
static void what_is_quoted_reads_back(void **state)
{
    Temp *t = *state;
    uint64_t seed = 11;
    const Str names[] = {STR("a"), STR("b"), STR("c")};
    const ReaderOptions o = {
        .format = READER_CSV, .columns = names, .column_count = 3, .max_line_bytes = 1 << 16};
    for (int round = 0; round < 200; round++) {
        char text[4096], field[3][64];
        size_t n = 0, len[3];
        for (int f = 0; f < 3; f++) {
            len[f] = 1 + random_u64(&seed) % 20;
            text[n++] = '"';
            for (size_t i = 0; i < len[f]; i++) {
                char c = "ab,\"\n\r \t;"[random_u64(&seed) % 9];
                field[f][i] = c;
                text[n++] = c;
                if (c == '"')
                    text[n++] = c;
            }
            text[n++] = '"';
            text[n++] = f == 2 ? '\n' : ',';
        }
        Reader *r;
        Record rec;
        Err err;
        assert_true(reader_open(temp_file(t, "f", (Str){text, n}), &o, &r, &err));
        assert_int_equal(reader_next(r, &rec, &err), READ_ROW);
        for (int f = 0; f < 3; f++)
            assert_true(str_eq(rec.value[f], (Str){field[f], len[f]}));
        assert_int_equal(reader_next(r, &rec, &err), READ_END);
        reader_close(r);
    }
}

#ifdef FAULTS
static void reading_fails_where_the_file_does(void **state)
{
    Temp *t = *state;
    const char *path = temp_file(t, "f", STR("a,b\n1,2\n3,4\n"));
    const ReaderOptions o = {.format = READER_CSV, .max_line_bytes = 1 << 16};
    FAULT_SWEEP(n)
    {
        Reader *r = NULL;
        Err err = {0};
        Record rec;
        ReadStep s = READ_FAILED;
        size_t rows = 0;
        if (reader_open(path, &o, &r, &err))
            while ((s = reader_next(r, &rec, &err)) == READ_ROW)
                rows++;
        assert_true(s == READ_END ? rows == 2 : s == READ_FAILED && err.msg[0]);
        bool broken = s != READ_END;
        assert_true(!broken || fault_hit());
        reader_close(r);
        if (!fault_hit())
            break;
    }
    fault_arm(0, 0);
}
#endif

#define T(f) cmocka_unit_test_setup_teardown(f, with_temp, without_temp)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(tables_are_read_as_rfc_4180_says),
        T(a_zero_byte_makes_a_row_bad),
        T(raw_tables_take_quotes_as_text),
        T(columns_can_be_named_by_the_caller),
        T(a_row_that_is_too_long_costs_itself_alone),
        T(too_many_fields_are_refused),
        T(lines_are_rows),
        T(objects_a_line_are_read_with_their_inner_members),
        T(members_have_dotted_names),
        T(a_path_leads_into_json),
        T(gzip_is_told_by_its_bytes),
        T(a_file_that_is_absent_is_an_error),
        T(what_is_quoted_reads_back),
#ifdef FAULTS
        T(reading_fails_where_the_file_does),
#endif
    };
    return cmocka_run_group_tests_name("data/reader", tests, NULL, NULL);
}
