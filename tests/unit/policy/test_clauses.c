#include "documents.h"

#include "policy/clauses.h"

static Clauses read_pages(Arena *a, BundleFile *file, size_t count)
{
    Bundle b;
    Clauses c = {0};
    Err err = {0};
    bundle_of(file, count, &b);
    if (!clauses_read(a, &b, &c, &err))
        fail_msg("%s", err.msg);
    return c;
}

static Clauses read_page(Arena *a, const char *path, const char *text)
{
    BundleFile f[] = {
        {str_of(path), str_of(text)}
    };
    return read_pages(a, f, 1);
}

static void expect(const Clauses *c, const char *id, const char *text)
{
    const Clause *x = clauses_find(c, str_of(id));
    if (!x || !str_eq(x->text, str_of(text)))
        fail_msg("clause %s is '%.*s'", id, x ? (int)x->text.len : 4, x ? x->text.ptr : "none");
}

static void a_clause_ends_where_the_next_or_a_heading_begins(void **state)
{
    Clauses c =
        read_page(*state, "factors.md",
                  "before\n\n## hate\n**H1** One\n  two.  **H2** *three* **bold** four\n\n"
                  "still\n## insult\nno clause\n- **I1** five\n");
    assert_int_equal(c.count, 3);
    expect(&c, "H1", "One two.");
    expect(&c, "H2", "*three* **bold** four still");
    expect(&c, "I1", "five");
    assert_int_equal(c.clause[0].line, 4);
    assert_int_equal(c.clause[2].line, 10);
}

static void a_section_says_what_its_clauses_speak_of(void **state)
{
    Clauses c = read_page(*state, "factors.md",
                          "**G1** all\n## hate\n**H1** x\n## insult\n### Includes\n**I1** y\n");
    assert_false(c.clause[0].factor[FACTOR_HATE]);
    assert_true(c.clause[1].factor[FACTOR_HATE]);
    assert_true(c.clause[1].category[CATEGORY_HATE]);
    assert_false(c.clause[2].factor[FACTOR_HATE]);
    assert_true(c.clause[2].factor[FACTOR_INSULT]);
    c = read_page(*state, "hate-threatening.md", "# Hate that threatens\n**1.2** x\n");
    assert_true(c.clause[0].category[CATEGORY_HATE_THREATENING]);
}

static void a_heading_may_open_a_clause(void **state)
{
    Clauses c = read_page(*state, "x.md",
                          "## 13 categories\n### H3.1. Contempt\nfor people\n### 2.4 Praise\n"
                          "```\n# **H9** no clause\n```\n");
    assert_int_equal(c.count, 3);
    expect(&c, "H3.1", "Contempt for people");
}

static void the_same_number_in_another_folder_is_another_clause(void **state)
{
    BundleFile f[] = {
        {STR("hate.md"),            STR("**H1** here\n")   },
        {STR("locales/de/hate.md"), STR("**H1** there\n")  },
        {STR("golden/a.jsonl"),     STR("**H2** no page\n")}
    };
    Clauses c = read_pages(*state, f, 3);
    assert_int_equal(c.count, 2);
    expect(&c, "H1", "here");
    expect(&c, "locales/de/H1", "there");
}

static void bold_that_is_no_number_is_text(void **state)
{
    static const char *const texts[] = {"**Read** it", "** **", "**",      "****H1**",
                                        "**H 1** x",   "**H1",  "**-1** x"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        Clauses c = read_page(*state, "x.md", texts[i]);
        if (c.count)
            fail_msg("'%s' has a clause %.*s", texts[i], STR_ARG(c.clause[0].id));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_clause_ends_where_the_next_or_a_heading_begins,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(a_section_says_what_its_clauses_speak_of, with_arena,
                                        without_arena),
        cmocka_unit_test_setup_teardown(a_heading_may_open_a_clause, with_arena, without_arena),
        cmocka_unit_test_setup_teardown(the_same_number_in_another_folder_is_another_clause,
                                        with_arena, without_arena),
        cmocka_unit_test_setup_teardown(bold_that_is_no_number_is_text, with_arena,
                                        without_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
