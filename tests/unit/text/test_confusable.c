#include "test.h"

#include "text/confusable.h"
#include "text/confusable_internal.h"

static void the_table_is_in_order_and_reads_as_letters(void **state)
{
    (void)state;
    assert_true(confusable_count > 1000);
    for (int i = 0; i < confusable_count; i++) {
        const Confusable *row = &confusable_table[i];
        ConfusableKind kind;
        assert_true(i == 0 || row->code_point > row[-1].code_point);
        assert_true(row->letter >= 'a' && row->letter <= 'z' && row->code_point >= 0x80);
        assert_int_equal(confusable(row->code_point, &kind), row->letter);
        assert_int_equal(kind, row->kind);
    }
}

static void look_alikes_have_their_letter_and_kind(void **state)
{
    (void)state;
    static const struct {
        uint32_t c;
        char letter;
        ConfusableKind kind;
    } cases[] = {
        {0x0430,   'a', CONFUSABLE_LOOKS }, /* Cyrillic a */
        {0x03bf,   'o', CONFUSABLE_LOOKS }, /* omicron */
        {0x0432,   'b', CONFUSABLE_LOOSE }, /* ve */
        {0x00e9,   'e', CONFUSABLE_ACCENT},
        {0x0142,   'l', CONFUSABLE_ACCENT},
        {0x20ac,   'e', CONFUSABLE_LOOSE }, /* euro */
        {0x0436,   0,   CONFUSABLE_NONE  }, /* zhe is like nothing */
        {0x4e00,   0,   CONFUSABLE_NONE  },
        {'a',      0,   CONFUSABLE_NONE  },
        {0x10ffff, 0,   CONFUSABLE_NONE  },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ConfusableKind kind;
        assert_int_equal(confusable(cases[i].c, &kind), cases[i].letter);
        assert_int_equal(kind, cases[i].kind);
    }
}

static void pictured_letters_are_the_three_alphabets(void **state)
{
    (void)state;
    assert_int_equal(pictured_letter(0x1f150), 'a');
    assert_int_equal(pictured_letter(0x1f169), 'z');
    assert_int_equal(pictured_letter(0x1f170), 'a');
    assert_int_equal(pictured_letter(0x1f1ff), 'z');
    assert_int_equal(pictured_letter(0x1f16a), 0);
    assert_int_equal(pictured_letter(0x1f1e5), 0);
    assert_int_equal(pictured_letter('a'), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_in_order_and_reads_as_letters),
        cmocka_unit_test(look_alikes_have_their_letter_and_kind),
        cmocka_unit_test(pictured_letters_are_the_three_alphabets),
    };
    return cmocka_run_group_tests_name("text/confusable", tests, NULL, NULL);
}
