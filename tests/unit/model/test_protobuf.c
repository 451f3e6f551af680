#include "test.h"

#include "model/protobuf.h"

/* Bytes of the examples in the encoding's own description, and edges worked out by hand. */
static void fields_are_written_as_the_encoding_says(void **state)
{
    (void)state;
    static const struct {
        int field;
        int64_t value;
        Str want;
    } cases[] = {
        {1,  150,       STR("\x08\x96\x01")                                },
        {1,  0,         STR("\x08\x00")                                    },
        {2,  127,       STR("\x10\x7f")                                    },
        {2,  128,       STR("\x10\x80\x01")                                },
        {16, 1,         STR("\x80\x01\x01")                                },
        {1,  -1,        STR("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")},
        {3,  INT64_MAX, STR("\x18\xff\xff\xff\xff\xff\xff\xff\xff\x7f")    },
    };
    Buf b;
    buf_init(&b, 64);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&b);
        protobuf_int(&b, cases[i].field, cases[i].value);
        assert_int_equal(b.len, cases[i].want.len);
        assert_memory_equal(b.ptr, cases[i].want.ptr, b.len);
    }
    buf_clear(&b);
    protobuf_bytes(&b, 2, STR("testing"));
    assert_true(str_eq(buf_str(&b), STR("\x12\x07testing")));
    buf_clear(&b);
    protobuf_bytes(&b, 2, (Str){0});
    assert_true(str_eq(buf_str(&b), STR("\x12\x00")));
    buf_clear(&b);
    protobuf_float(&b, 2, 1);
    assert_true(str_eq(buf_str(&b), STR("\x15\x00\x00\x80\x3f")));
    buf_done(&b);
}

static void a_message_is_the_bytes_of_a_field_and_its_length_may_come_first(void **state)
{
    (void)state;
    Buf inner, outer, apart;
    buf_init(&inner, 64), buf_init(&outer, 1024), buf_init(&apart, 1024);
    protobuf_int(&inner, 1, 150);
    protobuf_bytes(&outer, 3, buf_str(&inner));
    protobuf_bytes_head(&apart, 3, inner.len);
    buf_put(&apart, buf_str(&inner));
    assert_true(str_eq(buf_str(&outer), STR("\x1a\x03\x08\x96\x01")));
    assert_true(str_eq(buf_str(&outer), buf_str(&apart)));
    buf_done(&inner), buf_done(&outer), buf_done(&apart);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_written_as_the_encoding_says),
        cmocka_unit_test(a_message_is_the_bytes_of_a_field_and_its_length_may_come_first),
    };
    return cmocka_run_group_tests_name("model/protobuf", tests, NULL, NULL);
}
