/* mask.c - personal data out of a text, by passes of hand-written scanners.
 *
 * At each position the scanners of one table are asked in order whether something of theirs
 * begins here; the first that takes bytes says what stands for them.  What nobody takes is
 * copied, one byte at a time.
 *
 * Why masking twice is masking once: what a scanner looks at on its left is the *output*, so
 * the next pass sees the same left context; what it writes is taken by itself (a bare
 * domain, "@user") or by nobody ("<phone>"); and "@user" is set apart by a space where it
 * would grow into its neighbours.  On its right it sees the input: "555 123-4567:0a@b.example"
 * is no telephone number until the address behind it is gone.  So passes are made until one
 * changes nothing: two for nearly every text, at most PASSES_MAX for one made to need them.
 *
 * Linear: the scanners for numbers, addresses and placeholders look at a bounded number of
 * bytes.  A run of e-mail characters can be long, so its end is kept and not sought again.
 */
#include "data/mask.h"

#include <assert.h>

enum {
    DOMAIN_MAX = 253, /* RFC 1035 */
    IPV6_MAX = 39,
    CARD_LEAST = 13, /* digits, ISO/IEC 7812 */
    CARD_MOST = 19,
    PHONE_LEAST = 8, /* digits of an international number; E.164 allows 15 */
    PHONE_MOST = 15,
    GROUPS_MAX = 6,
    PLACEHOLDER_MAX = 16,
    PASSES_MAX = 16,
    GROWTH = 5, /* "@a" -> " @user ", two bytes to seven: below five times */
};

typedef struct Mask {
    Str in;
    size_t at;
    char *out;
    size_t len;
    size_t run_end; /* of the run of e-mail characters last looked at */
} Mask;

/* ---- characters ------------------------------------------------------------------- */

static bool digit(int c) { return c >= '0' && c <= '9'; }
static bool letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool alnum(int c) { return digit(c) || letter(c); }
static bool word(int c) { return alnum(c) || c == '_'; }
static bool address(int c) { return word(c) || c == '.' || c == '-' || c == '+' || c == '%'; }
static bool hex(int c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
static int lower(int c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

/* The byte at i, -1 behind the end. */
static int peek(const Mask *m, size_t i)
{
    return i < m->in.len ? (unsigned char)m->in.ptr[i] : -1;
}
/* The n-th byte written last, -1 before the beginning. */
static int before(const Mask *m, size_t n)
{
    return n <= m->len ? (unsigned char)m->out[m->len - n] : -1;
}

static void put(Mask *m, Str s)
{
    memcpy(m->out + m->len, s.ptr, s.len);
    m->len += s.len;
}

static bool same(const Mask *m, size_t at, Str lower_case)
{
    for (size_t i = 0; i < lower_case.len; i++)
        if (lower(peek(m, at + i)) != lower_case.ptr[i])
            return false;
    return true;
}

/* ---- domains and URLs ------------------------------------------------------------- */

/* Bytes of a domain at `at`: labels of letters, digits and dashes, at least two, the last
 * one of letters; 0: none.  It must end there: "a.b_c" is none. */
static size_t domain_at(const Mask *m, size_t at)
{
    size_t n = 0, label = 0;
    bool letters = true, dotted = false;
    size_t good = 0;
    for (; n <= DOMAIN_MAX; n++) {
        int c = peek(m, at + n);
        if (alnum(c) || (c == '-' && label)) {
            letters &= letter(c);
            label++;
            continue;
        }
        if (dotted && letters && label >= 2)
            good = n;
        if (c != '.' || !label || !alnum(peek(m, at + n + 1)))
            break;
        dotted = true;
        letters = true;
        label = 0;
    }
    return n <= DOMAIN_MAX && good == n && !word(peek(m, at + n)) ? n : 0;
}

static size_t scheme_at(const Mask *m)
{
    static const Str schemes[] = {STR("http://"), STR("https://"), STR("ftp://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (same(m, m->at, schemes[i]))
            return schemes[i].len;
    return 0;
}

static bool url_byte(int c) { return c > ' ' && c != '<' && c != '>' && c != '"' && c != 0x7f; }

/* To the end of the URL, closing punctuation of the sentence left out. */
static size_t url_end(const Mask *m, size_t at)
{
    size_t from = at;
    while (url_byte(peek(m, at)))
        at++;
    while (at > from && strchr(".,;:!?)]}'*|", m->in.ptr[at - 1]))
        at--;
    return at;
}

static size_t mask_url(Mask *m)
{
    if (address(before(m, 1)) || before(m, 1) == '@')
        return 0;
    size_t host = scheme_at(m);
    if (!host)
        return 0;
    size_t end = url_end(m, m->at + host), authority = m->at + host;
    for (size_t i = authority; i < end && m->in.ptr[i] != '/' && m->in.ptr[i] != '?'; i++)
        if (m->in.ptr[i] == '@')
            authority = i + 1; /* name and password stand before it */
    size_t n = domain_at(m, authority);
    if (n && authority + n <= end)
        put(m, (Str){m->in.ptr + authority, n});
    else
        put(m, STR("<url>"));
    return end - m->at;
}

/* "x.example/path" keeps "x.example"; a domain alone is copied whole, so that no other
 * scanner looks for numbers in it. */
static size_t mask_domain(Mask *m)
{
    if (address(before(m, 1)) || before(m, 1) == '@')
        return 0;
    size_t n = domain_at(m, m->at);
    if (!n || peek(m, m->at + n) == '@')
        return 0;
    put(m, (Str){m->in.ptr + m->at, n});
    if (peek(m, m->at + n) != '/')
        return n;
    size_t end = url_end(m, m->at + n);
    return end - m->at;
}

/* ---- e-mail and handles ----------------------------------------------------------- */

/* Anything like name@host.tld; a host may carry junk, it is masked with it. */
static size_t mask_email(Mask *m)
{
    if (m->at < m->run_end || !address(peek(m, m->at)))
        return 0;
    size_t at = m->at;
    bool named = false;
    for (; address(peek(m, at)); at++)
        named |= alnum(peek(m, at));
    m->run_end = at;
    if (!named || peek(m, at) != '@')
        return 0;
    size_t host = ++at;
    bool dotted = false;
    for (; alnum(peek(m, at)) || peek(m, at) == '-' || peek(m, at) == '.'; at++)
        dotted |= at > host && peek(m, at) == '.' && letter(peek(m, at + 1));
    while (at > host && !alnum(peek(m, at - 1)))
        at--;
    if (!dotted)
        return 0;
    put(m, STR("<email>"));
    return at - m->at;
}

static void put_user(Mask *m, size_t end)
{
    int next = peek(m, end);
    if (address(before(m, 1)))
        put(m, STR(" "));
    put(m, STR("@user"));
    if (word(next) || next == '@')
        put(m, STR(" "));
}

/* @name, and @name@host of the federated networks.  "@5pm" is a time. */
static size_t mask_handle(Mask *m)
{
    if (peek(m, m->at) != '@' || word(before(m, 1)))
        return 0;
    size_t n = 1;
    bool named = false;
    for (; word(peek(m, m->at + n)); n++)
        named |= letter(peek(m, m->at + n));
    if (!named || (digit(peek(m, m->at + 1)) && n < 6))
        return 0;
    if (n == 4 && same(m, m->at, STR("@url"))) {
        put(m, STR("<url>"));
        return n;
    }
    size_t host = peek(m, m->at + n) == '@' ? domain_at(m, m->at + n + 1) : 0;
    if (host)
        n += 1 + host;
    put_user(m, m->at + n);
    return n;
}

/* ---- placeholders that corpora come with -------------------------------------------- */

static const struct {
    Str name, mark; /* mark of length 0: a user */
} placeholders[] = {
    {STR("user"),     {0}              },
    {STR("username"), {0}              },
    {STR("mention"),  {0}              },
    {STR("name"),     STR("<name>")    },
    {STR("person"),   STR("<name>")    },
    {STR("url"),      STR("<url>")     },
    {STR("link"),     STR("<url>")     },
    {STR("email"),    STR("<email>")   },
    {STR("phone"),    STR("<phone>")   },
    {STR("card"),     STR("<card>")    },
    {STR("ip"),       STR("<ip>")      },
    {STR("religion"), STR("<religion>")},
};

static int placeholder_find(const Mask *m, size_t at, size_t n)
{
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
        if (placeholders[i].name.len == n && same(m, at, placeholders[i].name))
            return (int)i;
    return -1;
}

/* [NAME], <user>; square brackets only in capitals, since "[name]" is ordinary writing. */
static size_t mask_placeholder(Mask *m)
{
    int open = peek(m, m->at);
    if (open != '<' && open != '[')
        return 0;
    size_t n = 1;
    bool capitals = true;
    for (; n < PLACEHOLDER_MAX && letter(peek(m, m->at + n)); n++)
        capitals &= peek(m, m->at + n) <= 'Z';
    int which = placeholder_find(m, m->at + 1, n - 1);
    if (which < 0 || peek(m, m->at + n) != (open == '<' ? '>' : ']') ||
        (open == '[' && !capitals))
        return 0;
    if (placeholders[which].mark.len)
        put(m, placeholders[which].mark);
    else
        put_user(m, m->at + n + 1);
    return n + 1;
}

static size_t mask_bare_placeholder(Mask *m)
{
    static const Str names[] = {STR("USERNAME"), STR("HTTPURL")};
    for (size_t i = 0; i < 2; i++) {
        size_t n = names[i].len;
        if (m->in.len - m->at < n || memcmp(m->in.ptr + m->at, names[i].ptr, n) != 0 ||
            address(before(m, 1)) || word(peek(m, m->at + n)))
            continue;
        if (i == 0)
            put_user(m, m->at + n);
        else
            put(m, STR("<url>"));
        return n;
    }
    return 0;
}

/* ---- numbers ------------------------------------------------------------------------ */

/* A number begins where no word, decimal or longer number goes on. */
static bool number_begins(const Mask *m)
{
    int c = before(m, 1);
    return !word(c) &&
           !((c == '.' || c == '-' || c == ',' || c == ':' || c == '/') && digit(before(m, 2)));
}

static bool number_ends(const Mask *m, size_t at)
{
    int c = peek(m, at);
    return !word(c) && c != '@' && !((c == '.' || c == '-') && alnum(peek(m, at + 1))) &&
           !((c == ',' || c == ':' || c == '/') && digit(peek(m, at + 1)));
}

static bool luhn(const char *d, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int v = d[n - 1 - i] - '0';
        v = i % 2 ? 2 * v : v;
        sum += v > 9 ? v - 9 : v;
    }
    return sum % 10 == 0;
}

static size_t mask_card(Mask *m)
{
    int first = peek(m, m->at);
    if (first < '2' || first > '6' || !number_begins(m))
        return 0;
    char d[CARD_MOST];
    size_t n = 0, at = m->at, group = 0, end = 0;
    while (n < CARD_MOST && digit(peek(m, at))) {
        d[n++] = (char)peek(m, at++);
        group++;
        if (n >= CARD_LEAST && number_ends(m, at) && luhn(d, n))
            end = at; /* a longer one may follow */
        int c = peek(m, at);
        if ((c == ' ' || c == '-') && group >= 4) {
            group = 0;
            at++;
        }
    }
    if (!end)
        return 0;
    put(m, STR("<card>"));
    return end - m->at;
}

typedef struct Groups {
    size_t count;
    size_t size[GROUPS_MAX], end[GROUPS_MAX]; /* end: position behind the group */
} Groups;

/* Digit groups with one separator (or ") ") between them. */
static Groups groups_at(const Mask *m, size_t at, bool paren)
{
    Groups g = {0};
    while (g.count < GROUPS_MAX) {
        size_t n = 0;
        while (n <= PHONE_MOST && digit(peek(m, at + n)))
            n++;
        if (n == 0 || n > PHONE_MOST)
            break;
        at += n;
        if (paren) {
            if (peek(m, at) != ')')
                return (Groups){0};
            at++;
            paren = false;
        }
        g.size[g.count] = n;
        g.end[g.count++] = at;
        int c = peek(m, at);
        if (c == ' ' || c == '-' || c == '.')
            at++;
        if (peek(m, at) == '(') {
            paren = true;
            at++;
        }
    }
    return g;
}

/* How numbers are written at home: sizes of the groups; `zero`: only behind a leading 0. */
static const struct {
    bool zero;
    size_t size[GROUPS_MAX];
} shapes[] = {
    {false, {3, 3, 4}      },
    {false, {1, 3, 3, 4}   },
    {false, {3, 4, 4}      },
    {false, {5, 5}         },
    {false, {2, 5, 4}      },
    {true,  {5, 6}         },
    {true,  {4, 3, 4}      },
    {true,  {4, 3, 3}      },
    {true,  {4, 7}         },
    {true,  {4, 6}         },
    {true,  {3, 7}         },
    {true,  {3, 8}         },
    {true,  {2, 4, 4}      },
    {true,  {3, 3, 3}      },
    {true,  {2, 8}         },
    {true,  {3, 3, 2, 2}   },
    {true,  {2, 2, 2, 2, 2}},
};

static bool shape_fits(const Groups *g, size_t count, bool zero)
{
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        size_t i = 0;
        while (i < count && shapes[s].size[i] == g->size[i])
            i++;
        if (i == count && (count == GROUPS_MAX || shapes[s].size[i] == 0) &&
            (zero || !shapes[s].zero))
            return true;
    }
    return false;
}

static size_t mask_phone(Mask *m)
{
    int first = peek(m, m->at);
    if ((!digit(first) && first != '+' && first != '(') || !number_begins(m))
        return 0;
    size_t at = m->at + (first == '+');
    bool paren = peek(m, at) == '(';
    at += paren;
    bool zero = peek(m, at) == '0';
    Groups g = groups_at(m, at, paren);
    for (size_t count = g.count; count > 0; count--) {
        size_t digits = 0;
        for (size_t i = 0; i < count; i++)
            digits += g.size[i];
        bool fits = first == '+' ? digits >= PHONE_LEAST && digits <= PHONE_MOST && !zero
                                 : count > 1 && shape_fits(&g, count, zero);
        if (fits && number_ends(m, g.end[count - 1])) {
            put(m, STR("<phone>"));
            return g.end[count - 1] - m->at;
        }
    }
    return 0;
}

/* Four numbers up to 255.  "1.2.3.4", all of one digit, is a version or a section. */
static size_t mask_ipv4(Mask *m)
{
    if (!digit(peek(m, m->at)) || !number_begins(m))
        return 0;
    size_t at = m->at;
    for (int part = 0; part < 4; part++) {
        int v = 0, n = 0;
        for (; n < 3 && digit(peek(m, at)); n++, at++)
            v = 10 * v + (peek(m, at) - '0');
        if (n == 0 || v > 255)
            return 0;
        if (part < 3 && peek(m, at++) != '.')
            return 0;
    }
    if (at - m->at <= 7 || !number_ends(m, at))
        return 0;
    put(m, STR("<ip>"));
    return at - m->at;
}

/* Eight groups of hex digits, or at least three around one "::"; "12:30:45" is a time. */
static size_t mask_ipv6(Mask *m)
{
    if (!hex(peek(m, m->at)) || word(before(m, 1)) || before(m, 1) == ':')
        return 0;
    size_t at = m->at;
    int groups = 0, gaps = 0;
    while (at - m->at <= IPV6_MAX) {
        int n = 0;
        for (; n < 4 && hex(peek(m, at)); n++)
            at++;
        groups += n > 0;
        if (peek(m, at) != ':' || (n == 0 && gaps > 1))
            break;
        if (peek(m, at + 1) == ':') {
            gaps++;
            at++;
        } else if (!hex(peek(m, at + 1))) {
            break;
        }
        at++;
    }
    bool whole = gaps == 0 ? groups == 8 : gaps == 1 && groups >= 3 && groups < 8;
    if (!whole || word(peek(m, at)) || peek(m, at) == ':' || peek(m, at) == '@')
        return 0;
    put(m, STR("<ip>"));
    return at - m->at;
}

/* ---- the pass ----------------------------------------------------------------------- */

static size_t (*const scanners[])(Mask *m) = {
    mask_placeholder, mask_bare_placeholder,
    mask_url,         mask_email,
    mask_handle,      mask_domain,
    mask_ipv6,        mask_ipv4,
    mask_card,        mask_phone,
};

static bool pass(Arena *a, Str text, Str *out, Err *err)
{
    size_t room;
    if (__builtin_mul_overflow(text.len, GROWTH, &room))
        return err_set(err, ERR_LIMIT, "the text is too long to mask");
    Mask m = {.in = text, .out = arena_try_array(a, char, room + 16)};
    if (!m.out)
        return err_set(err, ERR_LIMIT, "no memory to mask %zu bytes", text.len);
    while (m.at < text.len) {
        size_t taken = 0;
        for (size_t s = 0; s < sizeof scanners / sizeof *scanners && !taken; s++)
            taken = scanners[s](&m);
        if (!taken) {
            m.out[m.len++] = text.ptr[m.at];
            taken = 1;
        }
        m.at += taken;
        assert(m.len <= room + 16);
    }
    *out = (Str){m.out, m.len};
    return true;
}

bool mask_pii(Arena *a, Str text, Str *out, Err *err)
{
    for (int i = 0; i < PASSES_MAX; i++) {
        Str masked = {0};
        if (!pass(a, text, &masked, err))
            return false;
        bool stable = str_eq(masked, text);
        text = masked;
        if (stable)
            break;
    }
    *out = text;
    return true;
}
