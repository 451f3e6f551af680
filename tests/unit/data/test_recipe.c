#include "base/fault.h"
#include "data/recipe.h"
#include "data/text_digest.h"
#include "temp.h"

#include <stdio.h>

enum { LINE_MAX_BYTES = 1 << 16 };

/* Every recipe of these tests begins so. */
#define HEAD "source: s\nlicence: MIT\n"
#define CSV  HEAD "format: csv\nfiles: x.csv\ntext: \"{text}\"\n"

static const Recipe *load(Temp *t, const char *yaml)
{
    const Recipe *r = NULL;
    Err err = {0};
    if (!recipe_load(t->arena, temp_file(t, "r.yaml", str_of(yaml)), &r, &err))
        fail_msg("%s", err.msg);
    return r;
}

static Rows rows_of(Temp *t, const char *yaml, const char *csv, BadRows *bad)
{
    Rows rows = {0};
    BadRows none;
    Err err = {0};
    temp_file(t, "x.csv", str_of(csv));
    if (!rows_read(t->arena, load(t, yaml), t->dir, LINE_MAX_BYTES, &rows, bad ? bad : &none,
                   &err))
        fail_msg("%s", err.msg);
    assert_true(bad || none.count == 0);
    return rows;
}

static float factor(const Row *r, const char *name)
{
    Factor f;
    assert_true(factor_parse(str_of(name), &f));
    return r->labels.factor[f];
}

static void same(float got, double want)
{
    if (isnan(want) ? label_known(got) : !(fabs((double)got - want) < 1e-6))
        fail_msg("got %g, wanted %g", (double)got, want);
}

static void text_is(const Row *r, const char *want)
{
    if (!str_eq(r->text, str_of(want)))
        fail_msg("got '%.*s', wanted '%s'", STR_ARG(r->text), want);
}

static void a_row_has_all_that_its_recipe_says(void **state)
{
    Rows rows = rows_of(*state,
                        CSV "language: \"{lang}\"\ngroup: \"{doc}\"\nweight: 0.5\n"
                            "labels: [{set: {hate: 1, threat: 0.25}}]\n",
                        "text,lang,doc\n  Write to a.b@c.example ,,\n,,\nplain,de,7\n", NULL);
    assert_int_equal(rows.count, 2); /* an empty text is no row */
    text_is(&rows.row[0], "Write to <email>");
    Digest d = text_digest(STR("write  TO <email> "));
    assert_true(digest_eq(&rows.row[0].digest, &d));
    assert_true(str_eq(rows.row[0].source, STR("s")));
    assert_int_equal(rows.row[0].group.len, 0);
    assert_true(str_eq(rows.row[1].language, STR("de")));
    assert_true(str_starts(rows.row[1].group, STR("s:")));
    assert_int_equal(rows.row[1].split, SPLIT_COUNT);
    assert_int_equal(rows.row[1].origin, LABEL_ORIGIN_IMPORT);
    same(rows.row[1].weight, 0.5);
    same(factor(&rows.row[1], "hate"), 1);
    same(factor(&rows.row[1], "threat"), 0.25);
    for (int f = 0; f < FACTOR_COUNT; f++)
        if (f != FACTOR_HATE && f != FACTOR_THREAT)
            assert_false(label_known(rows.row[1].labels.factor[f]));
    for (int c = 0; c < CATEGORY_COUNT; c++)
        assert_false(label_known(rows.row[1].labels.category[c]));
}

/* One condition against one row of columns a = "1", b = "x_y", text "I will Kill you." */
static void conditions_hold_when_they_say(void **state)
{
    static const struct {
        const char *condition;
        bool holds;
    } cases[] = {
        {"{column: a, is: 1}",                         true },
        {"{column: a, is: [2, 1]}",                    true },
        {"{column: a, is: 2}",                         false},
        {"{column: a, not: 2}",                        true },
        {"{column: a, not: [1, 2]}",                   false},
        {"{column: none, is: 1}",                      false},
        {"{column: none, not: 1}",                     true },
        {"{column: b, has: y, apart: _}",              true },
        {"{column: b, has: z, apart: _}",              false},
        {"{column: b, has: y}",                        false},
        {"{column: b, lacks: [z, q], apart: _}",       true },
        {"{column: b, lacks: [z, y], apart: _}",       false},
        {"{column: none, lacks: y}",                   true },
        {"{column: b, like: \"x*\"}",                  true },
        {"{column: b, like: \"*_*y\"}",                true },
        {"{column: b, like: x}",                       false},
        {"{column: a, fifth: 2}",                      true },
        {"{column: a, fifth: [1, 3, 4, 5]}",           false},
        {"{column: a, fifth: [1, 2, 3, 4, 5]}",        true },
        {"{column: none, fifth: [1, 2, 3, 4, 5]}",     false},
        {"{column: a, at_least: 1}",                   true },
        {"{column: a, at_least: 1.5}",                 false},
        {"{column: a, at_least: 0, at_most: 0.5}",     false},
        {"{column: b, at_least: 0}",                   false},
        {"{like: \"*Kill*\"}",                         true },
        {"{terms: t.txt}",                             true },
        {"{terms: t.txt, at_least: 2}",                false},
        {"{terms: t.txt, at_most: 0}",                 false},
        {"{factor: hate, at_least: 0.4}",              true },
        {"{factor: hate, at_most: 0.4}",               false},
        {"{factor: insult, at_least: 0}",              false},
        {"[{column: a, is: 1}, {column: b, is: x_y}]", true },
        {"[{column: a, is: 1}, {column: b, is: z}]",   false},
    };
    Temp *t = *state;
    temp_file(t, "t.txt", STR("# harm\nwill|shall just? kill*\n"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str yaml =
            str_print(t->arena,
                      CSV "labels:\n  - set: {hate: 0.5}\n  - when: %s\n    set: {spam: 1}\n"
                          "  - unless: %s\n    set: {weapon: 1}\n",
                      cases[i].condition, cases[i].condition);
        Rows rows =
            rows_of(t, str_z(t->arena, yaml), "text,a,b\nI will Kill you.,1,x_y\n", NULL);
        assert_int_equal(rows.count, 1);
        if (label_known(factor(&rows.row[0], "spam")) != cases[i].holds)
            fail_msg("%s", cases[i].condition);
        /* `unless` takes a list as "none of them" */
        if (cases[i].condition[0] != '[')
            assert_int_equal(label_known(factor(&rows.row[0], "weapon")), !cases[i].holds);
    }
}

static void values_come_from_numbers_and_columns(void **state)
{
    static const struct {
        const char *value;
        double want;
    } cases[] = {
        {"0.25",                                0.25 },
        {"unknown",                             NAN  },
        {"{column: votes, to: of}",             0.4  },
        {"{column: votes, to: 4}",              0.5  },
        {"{column: score, from: 1, to: 5}",     0.75 },
        {"{column: score, to: of, times: 0.5}", 0.4  },
        {"{column: score}",                     1    }, /* beyond the range: the nearest */
        {"{column: below, to: of}",             0    },
        {"{column: none}",                      0.125}, /* says nothing: what was there stays */
        {"{column: text, to: 5}",               0.125}, /* no number */
        {"{column: votes, to: none}",           0.125}, /* no total */
        {"{column: votes, to: zero}",           0.125},
    };
    Temp *t = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Str yaml =
            str_print(t->arena, CSV "labels:\n  - set: {hate: 0.125}\n  - set: {hate: %s}\n",
                      cases[i].value);
        Rows rows = rows_of(t, str_z(t->arena, yaml),
                            "text,votes,of,score,below,zero\nx,2,5,4,-3,0\n", NULL);
        same(factor(&rows.row[0], "hate"), cases[i].want);
    }
}

static void rules_set_fill_raise_and_clear_in_order(void **state)
{
    Rows rows =
        rows_of(*state,
                CSV "labels:\n"
                    "  - zero: [hate, insult, spam]\n"
                    "    set: {insult: 0.5}\n"
                    "  - fill: {hate: 0.9, weapon: 0.9}\n"
                    "  - raise: {insult: 0.3, spam: 0.3, gore: 0.3}\n"
                    "  - clear: [hate]\n"
                    "  - categories: {sexual/minors: 0, violence/graphic: {column: v}}\n"
                    "  - when: {column: v, is: 1}\n    weight: 0.25\n"
                    "  - when: {column: v, is: 2}\n    drop: true\n",
                "text,v\na,1\nb,2\nc,\n", NULL);
    assert_int_equal(rows.count, 2);
    same(factor(&rows.row[0], "hate"), NAN);
    same(factor(&rows.row[0], "insult"), 0.5);
    same(factor(&rows.row[0], "spam"), 0.3);
    same(factor(&rows.row[0], "weapon"), 0.9);
    same(factor(&rows.row[0], "gore"), 0.3);
    same(rows.row[0].labels.category[CATEGORY_SEXUAL_MINORS], 0);
    same(rows.row[0].labels.category[CATEGORY_VIOLENCE_GRAPHIC], 1);
    same(rows.row[0].weight, 0.25);
    same(rows.row[1].labels.category[CATEGORY_VIOLENCE_GRAPHIC], NAN);
    same(rows.row[1].weight, 1);
}

static void rule_sets_are_shared_files(void **state)
{
    Temp *t = *state;
    temp_file(t, "a.yaml", STR("- use: b.yaml\n- set: {spam: 1}\n"));
    temp_file(t, "b.yaml", STR("- set: {spam: 0, hate: 0.5}\n"));
    Rows rows =
        rows_of(t, CSV "labels: [{use: a.yaml}, {when: {column: v, is: 1}, use: b.yaml}]\n",
                "text,v\na,1\nb,2\n", NULL);
    same(factor(&rows.row[0], "spam"), 0);
    same(factor(&rows.row[1], "spam"), 1);
    same(factor(&rows.row[1], "hate"), 0.5);
}

static void the_digest_covers_what_a_recipe_includes(void **state)
{
    Temp *t = *state;
    const char *yaml = CSV "labels: [{use: a.yaml}]\n";
    temp_file(t, "a.yaml", STR("- set: {spam: 1}\n"));
    Digest one = recipe_digest(load(t, yaml)), again = recipe_digest(load(t, yaml));
    temp_file(t, "a.yaml", STR("- set: {spam: 0}\n"));
    Digest two = recipe_digest(load(t, yaml));
    assert_true(digest_eq(&one, &again));
    assert_false(digest_eq(&one, &two));
}

static void parts_inherit_and_add(void **state)
{
    Rows rows = rows_of(*state,
                        CSV "group: \"{text}\"\nwhere: {column: keep, is: 1}\n"
                            "labels: [{set: {hate: 0, spam: 0}}]\n"
                            "parts:\n"
                            "  - {source: \"s-{kind}\", labels: [{set: {hate: 1}}]}\n"
                            "  - text: \"{other}\"\n    where: {column: kind, is: q}\n"
                            "    max_rows: 1\n",
                        "text,other,kind,keep\na,A2,p,1\nb,B2,q,1\nc,C2,q,0\nd,D2,q,1\n", NULL);
    assert_int_equal(rows.count, 4);
    assert_true(str_eq(rows.row[0].source, STR("s-p")) &&
                str_eq(rows.row[1].source, STR("s-q")));
    text_is(&rows.row[3], "B2");
    same(factor(&rows.row[0], "hate"), 1);
    same(factor(&rows.row[0], "spam"), 0);
    same(factor(&rows.row[3], "hate"), 0);
    assert_true(str_eq(rows.row[1].group, rows.row[3].group)); /* a pair stays together */
    assert_false(str_eq(rows.row[0].group, rows.row[1].group));
}

static void a_column_can_fix_the_side(void **state)
{
    Rows rows =
        rows_of(*state,
                CSV "split: {column: part, sides: {tr: train, dev: calibrate, te: test, "
                    "no: skip, any: free}}\n",
                "text,part\na,tr\nb,dev\nc,te\nd,no\ne,any\nf,other\n", NULL);
    const Split want[] = {SPLIT_TRAIN, SPLIT_CALIBRATE, SPLIT_TEST, SPLIT_COUNT, SPLIT_COUNT};
    assert_int_equal(rows.count, 5);
    for (int i = 0; i < 5; i++)
        assert_int_equal(rows.row[i].split, want[i]);
}

static void texts_are_cleaned_before_they_are_judged(void **state)
{
    Rows rows = rows_of(*state,
                        CSV "entities: true\ncase: sentence\n"
                            "replace: {\"[SEP]\": \"\", \"[NAME]\": [sam, alex]}\n"
                            "between: [\"Q:\", \"A:\"]\n",
                        "text\nQ: i  said &lt;3 &#x26; left[SEP]. then i came A: never\n"
                        "\"a\n\n\n b \n c\"\nx [NAME] y\n",
                        NULL);
    text_is(&rows.row[0], "I said <3 & left. Then I came");
    text_is(&rows.row[1], "A\n\nB\nC");
    bool sam = str_eq(rows.row[2].text, STR("X sam y"));
    assert_true(sam || str_eq(rows.row[2].text, STR("X alex y")));
}

static void long_texts_are_cut_where_a_seed_says(void **state)
{
    Temp *t = *state;
    char text[4096] = "text\n";
    size_t n = 5;
    for (int i = 0; i < 400; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "w%d ", i);
    const char *yaml = CSV "cut: {words: [5, 40], pieces: 4}\nlabels: [{zero: [hate]}]\n";
    Rows one = rows_of(t, yaml, text, NULL), two = rows_of(t, yaml, text, NULL);
    assert_int_equal(one.count, 4);
    for (size_t i = 0; i < one.count; i++) {
        size_t words = 1;
        for (size_t k = 0; k < one.row[i].text.len; k++)
            words += one.row[i].text.ptr[k] == ' ';
        assert_in_range(words, 5, 40);
        assert_true(str_eq(one.row[i].text, two.row[i].text));
        assert_true(one.row[i].group.len && str_eq(one.row[i].group, one.row[0].group));
        for (size_t k = 0; k < i; k++) /* pieces do not overlap */
            assert_false(str_eq(one.row[i].text, one.row[k].text));
    }
    Rows all = rows_of(t, CSV "cut: {words: [5, 40]}\n", text, NULL);
    size_t words = 0;
    for (size_t i = 0; i < all.count; i++) {
        words++;
        for (size_t k = 0; k < all.row[i].text.len; k++)
            words += all.row[i].text.ptr[k] == ' ';
    }
    assert_in_range(words, 396, 400); /* all but a rest that is too short */
    text_is(&rows_of(t, yaml, "text\nonly three words\n", NULL).row[0], "only three words");
}

static void votes_are_joined_from_their_files(void **state)
{
    Temp *t = *state;
    temp_file(t, "ballots.csv", STR("ballot,id,worker\n1,a,p\n2,a,q\n3,a,r\n4,b,p\n4,b,p\n"));
    temp_file(t, "marks.csv",
              STR("ballot,type\n1,Insult\n1,Insult\n2,Insult\n2,Threat\n9,Threat\n"));
    Rows rows =
        rows_of(t,
                CSV "votes: {file: ballots.csv, item: id, ballot: ballot, marks: marks.csv, "
                    "mark: type}\n"
                    "labels: [{set: {insult: {column: votes.Insult, to: votes}, "
                    "threat: {column: votes.Threat, to: votes}}}]\n",
                "text,id\nx,a\ny,b\nz,c\n", NULL);
    same(factor(&rows.row[0], "insult"), 2.0 / 3);
    same(factor(&rows.row[0], "threat"), 1.0 / 3);
    same(factor(&rows.row[1], "insult"), 0);
    same(factor(&rows.row[2], "insult"), NAN); /* nobody voted */
}

static void texts_of_another_file_are_put_behind(void **state)
{
    Temp *t = *state;
    temp_file(t, "more.txt", STR("one\ntwo\nthree\n"));
    Rows rows = rows_of(t, CSV "append: {file: more.txt, text: \"{line}\", take: 2}\n",
                        "text\nhello\n", NULL);
    assert_int_equal(rows.count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_true(str_starts(rows.row[i].text, STR("hello\n")) && rows.row[i].text.len > 8);
    assert_true(rows.row[0].group.len && str_eq(rows.row[0].group, rows.row[1].group));
}

static void bad_rows_are_told_and_the_rest_goes_in(void **state)
{
    BadRows bad;
    Rows rows = rows_of(*state, CSV, "text,a\nx,1\ny\n\xff,1\nz,2\n", &bad);
    assert_int_equal(rows.count, 2);
    assert_int_equal(bad.count, 2);
    assert_true(str_ends(bad.message[0], STR("x.csv:3: 1 fields where 2 are wanted")));
    assert_true(str_ends(bad.message[1], STR("x.csv:4: not UTF-8 at byte 1 of the row")));
}

static void one_file_is_read_as_the_part_it_fits(void **state)
{
    Temp *t = *state;
    const Recipe *r = load(t, HEAD "format: lines\ntext: \"{line}\"\nparts:\n"
                                   "  - {files: one.txt, labels: [{set: {hate: 1}}]}\n"
                                   "  - {files: deep/t*.txt, labels: [{set: {hate: 0}}]}\n");
    const char *two = temp_file(t, "two.txt", STR("x\n"));
    const char *other = temp_file(t, "other.txt", STR("x\n"));
    Rows rows;
    BadRows bad;
    Err err = {0};
    assert_true(rows_read(t->arena, r, two, LINE_MAX_BYTES, &rows, &bad, &err));
    same(factor(&rows.row[0], "hate"), 0);
    assert_true(rows_read(t->arena, r, other, LINE_MAX_BYTES, &rows, &bad, &err));
    same(factor(&rows.row[0], "hate"), 1);
    /* a folder must hold a file for every pattern, below it or in it */
    assert_false(rows_read(t->arena, r, t->dir, LINE_MAX_BYTES, &rows, &bad, &err));
    assert_int_equal(err.code, ERR_NOT_FOUND);
    temp_file(t, "one.txt", STR("y\n"));
    assert_true(rows_read(t->arena, r, t->dir, LINE_MAX_BYTES, &rows, &bad, &err));
    assert_int_equal(rows.count, 2);
}

/* Nothing that a row without a text says may be about the text, or decide where it goes. */
static void a_row_that_is_named_by_its_digest_has_labels_alone(void **state)
{
    static const char *const more[] = {
        "text: \"{text}\"\n", "group: \"{by}\"\n",    "language: en\n",
        "split: train\n",     "case: lower\n",        "cut: {words: [1, 2]}\n",
        "entities: true\n",   "between: [a, \"\"]\n", "replace: {a: b}\n",
    };
    Temp *t = *state;
    Rows rows;
    BadRows bad;
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        const Recipe *r = NULL;
        Err err = {0};
        Str yaml =
            str_print(t->arena, HEAD "format: jsonl\nfiles: x\ndigest: \"{d}\"\n%s", more[i]);
        if (recipe_load(t->arena, temp_file(t, "r.yaml", yaml), &r, &err))
            fail_msg("taken: %s", more[i]);
        if (!strstr(err.msg, ":1:1: `digest` stands in place of"))
            fail_msg("%s", err.msg);
    }
    Err err = {0};
    const Recipe *r = load(t, HEAD "format: jsonl\nfiles: x\ndigest: \"{d}\"\n");
    assert_false(rows_read(t->arena, r, t->dir, LINE_MAX_BYTES, &rows, &bad, &err));
    assert_non_null(strstr(err.msg, "names texts and has none"));
    assert_false(
        recipe_load(t->arena, temp_file(t, "r.yaml", STR(HEAD "digest: sha256\n")), &r, &err));
    assert_non_null(strstr(err.msg, ":3:9: one column is wanted"));
}

static const struct {
    const char *yaml, *want;
} refusals[] = {
    {"[]",                                                  ":1:1: keys are wanted"                           },
    {"licence: MIT\n",                                      ":1:1: `source` and `licence` are wanted"         },
    {HEAD,                                                  ":1:1: `files` is missing"                        },
    {HEAD "files: x\ntext: \"{a}\"\n",                      ":1:1: `format` is missing"                       },
    {HEAD "files: x\nformat: csv\n",                        ":1:1: `text` is missing"                         },
    {CSV "colour: red\n",                                   ":6:9: no key 'colour' is known here"             },
    {CSV "format: xml\n",                                   "this key stands twice"                           },
    {HEAD "format: xml\n",                                  ":3:9: a format is csv, tsv, jsonl, json or lines"},
    {HEAD "text: \"{a\"\n",                                 ":3:7: a { is not closed"                         },
    {HEAD "text: \"{}\"\n",                                 ":3:7: {} names no column"                        },
    {HEAD "text: [a]\n",                                    ":3:7: an array where text is wanted"             },
    {"source: \"s-{a}\"\nlicence: MIT\n",                   ":1:9: only the source of a part may name columns"},
    {CSV "labels: {set: {hate: 1}}\n",                      ":6:9: a list of rules is wanted"                 },
    {CSV "labels: [{set: {hat: 1}}]\n",                     ":6:22: no factor is called 'hat'"                },
    {CSV "labels: [{set: {hate: 2}}]\n",                    "a value is a number from 0 to 1"                 },
    {CSV "labels: [{set: {hate: yes}}]\n",                  "a value is a number from 0 to 1"                 },
    {CSV "labels: [{set: {hate: {to: 3}}}]\n",              "a column is wanted"                              },
    {CSV "labels: [{categories: {insult: 1}}]\n",           "no category is called 'insult'"                  },
    {CSV "labels: [{zero: []}]\n",                          "an empty list"                                   },
    {CSV "labels: [{weight: 0}]\n",                         "a weight is above 0 and at most 1"               },
    {CSV "labels: [{use: none.yaml}]\n",                    "cannot open"                                     },
    {CSV "labels: [{use: self.yaml}]\n",                    "one that uses itself"                            },
    {CSV "labels: [{when: {column: a}}]\n",                 "nothing is tested"                               },
    {CSV "labels: [{when: {column: a, is: 1, like: b}}]\n", "one test a condition"                            },
    {CSV "labels: [{when: {factor: hate, is: 1}}]\n",       "a factor is a number"                            },
    {CSV "labels: [{when: {column: a, fifth: 6}}]\n",       "a fifth is a number from 1 to 5"                 },
    {CSV "labels: [{when: {column: a, fifth: 12}}]\n",      "a fifth is a number from 1 to 5"                 },
    {CSV "labels: [{when: {terms: bad.txt}}]\n",            "bad.txt:2: a phrase begins with"                 },
    {CSV "weight: 1.5\n",                                   "a weight is above 0 and at most 1"               },
    {CSV "split: sideways\n",                               "a side is train, calibrate, test, free or skip"  },
    {CSV "split: {column: a}\n",                            "`column` and `sides` are wanted"                 },
    {CSV "cut: {words: [9, 2]}\n",                          "a whole number from 9 to 100000 is wanted"       },
    {CSV "cut: {pieces: 2}\n",                              "`words` is wanted"                               },
    {CSV "max_rows: 0\n",                                   "a whole number from 1"                           },
    {CSV "separator: ab\n",                                 "a separator is one character"                    },
    {CSV "case: upper\n",                                   "a case is keep, lower or sentence"               },
    {CSV "quotes: no\n",                                    "true or false is wanted"                         },
    {CSV "parts: []\n",                                     "a list of 1 to 256 parts is wanted"              },
    {CSV "votes: {file: a}\n",                              "are wanted"                                      },
    {CSV "append: {file: a}\n",                             "`file` and `text` are wanted"                    },
    {CSV "replace: {\"\": a}\n",                            "nothing cannot be replaced"                      },
    {CSV "between: [a]\n",                                  "a beginning and an end are wanted"               },
    {CSV "origin: rumour\n",                                "no such origin of labels"                        },
};

static void what_a_recipe_may_not_say_is_refused_with_its_place(void **state)
{
    Temp *t = *state;
    temp_file(t, "self.yaml", STR("- use: self.yaml\n"));
    temp_file(t, "bad.txt", STR("fine\na*\n"));
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const Recipe *r = NULL;
        Err err = {0};
        const char *path = temp_file(t, "r.yaml", str_of(refusals[i].yaml));
        assert_false(recipe_load(t->arena, path, &r, &err));
        assert_null(r);
        if (!strstr(err.msg, refusals[i].want) || !strstr(err.msg, t->dir))
            fail_msg("case %zu: '%s', wanted '%s'", i, err.msg, refusals[i].want);
    }
}

#ifdef FAULTS
static void reading_rows_fails_whole_or_not_at_all(void **state)
{
    Temp *t = *state;
    temp_file(t, "x.csv", STR("text\na\nb\n"));
    const Recipe *r = load(t, CSV);
    FAULT_SWEEP(n)
    {
        Rows rows = {0};
        BadRows bad;
        Err err = {0};
        bool ok = rows_read(t->arena, r, t->dir, LINE_MAX_BYTES, &rows, &bad, &err);
        assert_true(ok ? rows.count == 2 : fault_hit() && err.msg[0] && !rows.row);
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
        T(a_row_has_all_that_its_recipe_says),
        T(conditions_hold_when_they_say),
        T(values_come_from_numbers_and_columns),
        T(rules_set_fill_raise_and_clear_in_order),
        T(rule_sets_are_shared_files),
        T(the_digest_covers_what_a_recipe_includes),
        T(parts_inherit_and_add),
        T(a_column_can_fix_the_side),
        T(texts_are_cleaned_before_they_are_judged),
        T(long_texts_are_cut_where_a_seed_says),
        T(votes_are_joined_from_their_files),
        T(texts_of_another_file_are_put_behind),
        T(bad_rows_are_told_and_the_rest_goes_in),
        T(one_file_is_read_as_the_part_it_fits),
        T(a_row_that_is_named_by_its_digest_has_labels_alone),
        T(what_a_recipe_may_not_say_is_refused_with_its_place),
#ifdef FAULTS
        T(reading_rows_fails_whole_or_not_at_all),
#endif
    };
    return cmocka_run_group_tests_name("data/recipe", tests, NULL, NULL);
}
