#include "text/language_internal.h"

#include "test.h"
#include "text/utf8.h"

static void is(const char *text, Language want)
{
    Language got = language_of(str_of(text));
    if (got != want)
        fail_msg("'%s' is %s, not %s", text, language_code(got), language_code(want));
}

static void a_sentence_is_in_its_language(void **state)
{
    (void)state;
    /* clang-format off */
    static const struct {
        Language language;
        const char *text;
    } cases[] = {
        {LANGUAGE_EN, "The kettle is on and we are waiting for the rain to stop."},
        {LANGUAGE_EN, "i dont know why you always do that"},
        {LANGUAGE_DE, "Der Kessel steht auf dem Herd und wir warten, bis der Regen aufhört."},
        {LANGUAGE_DE, "Das ist nicht mein Fehler, sondern deiner."},
        {LANGUAGE_FR, "La bouilloire est sur le feu et nous attendons que la pluie cesse."},
        {LANGUAGE_FR, "J'ai oublié mes clés chez ma sœur, c'est très bête."},
        {LANGUAGE_ES, "La tetera está en el fuego y esperamos a que deje de llover."},
        {LANGUAGE_ES, "¿Por qué no me dijiste nada ayer?"},
        {LANGUAGE_PT, "A chaleira está no fogo e nós esperamos que a chuva pare."},
        {LANGUAGE_PT, "vc não sabe o que tá falando"},
        {LANGUAGE_IT, "Il bollitore è sul fuoco e aspettiamo che smetta di piovere."},
        {LANGUAGE_IT, "Non ho capito che cosa vuole dire questo."},
        {LANGUAGE_NL, "De ketel staat op het vuur en wij wachten tot het niet meer regent."},
        {LANGUAGE_NL, "Ik weet niet waarom jij dat altijd doet."},
        {LANGUAGE_VI, "Ấm nước đang ở trên bếp và chúng tôi chờ mưa tạnh."},
        {LANGUAGE_VI, "toi khong biet nguoi nay la ai nhung cung duoc"},
        {LANGUAGE_TR, "Çaydanlık ocakta ve yağmurun durmasını bekliyoruz."},
        {LANGUAGE_TR, "Ben bunu neden yaptığını bilmiyorum."},
        {LANGUAGE_PL, "Czajnik jest na kuchni i czekamy, aż przestanie padać."},
        {LANGUAGE_PL, "Nie wiem, dlaczego to zawsze robisz."},
        {LANGUAGE_ID, "Ceret itu ada di atas kompor dan kami menunggu hujan berhenti."},
        {LANGUAGE_ID, "aku tidak tahu kenapa kamu selalu begitu"},
        {LANGUAGE_UR_LATN, "mujhe nahi pata ke woh kyun nahi aya lekin ab bohat der ho gayi hai"},
        {LANGUAGE_AR, "الغلاية على النار ونحن ننتظر أن يتوقف المطر"},
        {LANGUAGE_FA, "کتری روی گاز است و ما منتظر هستیم که باران بند بیاید، چون پنجره باز است"},
        {LANGUAGE_UR, "کیتلی چولہے پر ہے اور ہم بارش کے رکنے کا انتظار کر رہے ہیں"},
        {LANGUAGE_RU, "Чайник стоит на плите, и мы ждём, пока кончится дождь."},
        {LANGUAGE_UK, "Чайник стоїть на плиті, і ми чекаємо, поки скінчиться дощ."},
        {LANGUAGE_EL, "Ο βραστήρας είναι στη φωτιά."},
        {LANGUAGE_HE, "הקומקום על האש ואנחנו מחכים"},
        {LANGUAGE_HI, "केतली चूल्हे पर है और हम बारिश रुकने का इंतज़ार कर रहे हैं"},
        {LANGUAGE_BN, "কেটলি চুলায় আছে"},
        {LANGUAGE_TA, "கெண்டி அடுப்பில் உள்ளது"},
        {LANGUAGE_TE, "కెటిల్ పొయ్యి మీద ఉంది"},
        {LANGUAGE_TH, "กาน้ำอยู่บนเตา"},
        {LANGUAGE_KO, "주전자가 불 위에 있어요"},
        {LANGUAGE_JA, "やかんは火にかかっていて、雨が止むのを待っています。"},
        {LANGUAGE_ZH, "水壶在炉子上，我们在等雨停。"},
    };
    /* clang-format on */
    bool seen[LANGUAGE_COUNT] = {[LANGUAGE_UNKNOWN] = true};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        is(cases[i].text, cases[i].language);
        seen[cases[i].language] = true;
    }
    for (int l = 0; l < LANGUAGE_COUNT; l++)
        if (!seen[l])
            fail_msg("no sentence in %s", language_name((Language)l));
}

static void what_cannot_be_said_is_unknown(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "ok",
        "12345 67 8 !!! :-)",
        "Anna Paolo Jan",
        "de la",
        "@anna #wetter https://example.org/the/and/of",
        "<email> <phone> <user>",
        "Kettle regen bouilloire tetera",
        /* half and half */
        "The kettle is on and we are here. Der Kessel ist an und wir sind hier.",
        "What do you think of this? это просто чайник",
        /* languages that are not in the table */
        "Jag vet inte varför du alltid gör det på kvällen när vi äter.",
        "Jeg ved ikke hvorfor du altid gør det om aftenen når vi spiser.",
        "Nem tudom, hogy miért csinálod ezt mindig és kinek.",
        "Nevím, proč to vždycky děláš, když jsem doma.",
        "კარგი დღე",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        is(texts[i], LANGUAGE_UNKNOWN);
}

static void case_accents_and_what_is_no_language_change_nothing(void **state)
{
    (void)state;
    is("DAS IST NICHT MEIN FEHLER, SONDERN DEINER.", LANGUAGE_DE);
    is("DŁACZEGO ŻADEN Z WAS NIE JEST TAKI, JAK ON BYŁ", LANGUAGE_PL);
    is("@user @user https://example.org Das ist nicht mein Fehler #fail <email>", LANGUAGE_DE);
    is("Das ist nicht<br>mein Fehler", LANGUAGE_DE);
    is("voila\xcc\x80 ce que nous avons de\xcc\x81ja\xcc\x80 fait pour vous", LANGUAGE_FR);
    is("水壶在炉子上，我们在等雨停。OK", LANGUAGE_ZH);
}

static void only_the_start_of_a_long_text_is_read(void **state)
{
    Arena *a = *state;
    Str en = STR("This is what we said to them about it. "),
        de = STR("Das ist nicht mein Fehler. ");
    size_t n = LANGUAGE_READ_BYTES / en.len + 1, len = n * en.len + 4 * n * de.len;
    char *p = arena_array(a, char, len), *to = p;
    for (size_t i = 0; i < n; i++, to += en.len)
        memcpy(to, en.ptr, en.len);
    for (size_t i = 0; i < 4 * n; i++, to += de.len)
        memcpy(to, de.ptr, de.len);
    assert_int_equal(language_of((Str){p, len}), LANGUAGE_EN);
    assert_int_equal(language_of((Str){p + n * en.len, 4 * n * de.len}), LANGUAGE_DE);
}

static void a_tag_is_read_by_its_code_or_its_first_part(void **state)
{
    (void)state;
    static const struct {
        const char *tag;
        Language want; /* UNKNOWN: refused */
    } cases[] = {
        {"en",         LANGUAGE_EN     },
        {"pt-BR",      LANGUAGE_PT     },
        {"ur-Latn",    LANGUAGE_UR_LATN},
        {"ur",         LANGUAGE_UR     },
        {"ur-PK",      LANGUAGE_UR     },
        {"zh-Hant-TW", LANGUAGE_ZH     },
        {"",           LANGUAGE_UNKNOWN},
        {"und",        LANGUAGE_UNKNOWN},
        {"sv",         LANGUAGE_UNKNOWN},
        {"english",    LANGUAGE_UNKNOWN},
        {"-en",        LANGUAGE_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Language l = LANGUAGE_UNKNOWN;
        bool ok = language_parse(str_of(cases[i].tag), &l);
        if (l != cases[i].want || ok != (l != LANGUAGE_UNKNOWN))
            fail_msg("'%s' is read as %s", cases[i].tag, language_code(l));
    }
    for (int l = 1; l < LANGUAGE_COUNT; l++) {
        Language back;
        assert_true(language_parse(str_of(language_code((Language)l)), &back));
        assert_int_equal(back, l);
        assert_true(language_name((Language)l)[0]);
    }
}

/* The tables are searched by halves. */
static void the_tables_are_in_order_and_whole(void **state)
{
    (void)state;
    const unsigned all = (1u << LATIN_LANGUAGES) - 1;
    for (size_t i = 0; i < language_word_count; i++) {
        const LanguageWord *w = &language_words[i];
        assert_true(w->word[0] && w->in && !(w->in & ~all));
        if (i && memcmp(w[-1].word, w->word, LANGUAGE_WORD_MAX) >= 0)
            fail_msg("'%.12s' is not in its place", w->word);
        size_t len = strnlen(w->word, LANGUAGE_WORD_MAX);
        assert_true(utf8_valid((Str){w->word, len}, NULL));
        size_t letter = (uint8_t)w->word[0] < 0x80 ? (size_t)(w->word[0] - 'a') : 26;
        assert_in_range(i, language_first[letter],
                        letter < 26 ? language_first[letter + 1] - 1u : language_word_count);
    }
    for (size_t i = 0; i < language_letter_count; i++) {
        assert_true(language_letters[i].in && !(language_letters[i].in & ~all));
        assert_true(i == 0 || language_letters[i - 1].letter < language_letters[i].letter);
    }
    uint8_t before = 0;
    for (size_t i = 0; i < language_ending_count; i++) {
        const LanguageEnding *e = &language_endings[i];
        assert_true(e->in && e->len == strlen(e->ending) && e->len > 0);
        uint8_t last = (uint8_t)e->ending[e->len - 1];
        assert_true(before <= last);
        before = last;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_is_in_its_language),
        cmocka_unit_test(what_cannot_be_said_is_unknown),
        cmocka_unit_test(case_accents_and_what_is_no_language_change_nothing),
        cmocka_unit_test_setup_teardown(only_the_start_of_a_long_text_is_read, with_arena,
                                        without_arena),
        cmocka_unit_test(a_tag_is_read_by_its_code_or_its_first_part),
        cmocka_unit_test(the_tables_are_in_order_and_whole),
    };
    return cmocka_run_group_tests_name("text/language", tests, NULL, NULL);
}
