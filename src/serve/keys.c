#include "serve/keys.h"

#include "base/file.h"
#include "base/hash.h"

#include <pthread.h>

enum {
    KEY_FILE_MAX = 1 << 20,
    KEY_MAX = 512,     /* bytes of one key: longer ones are not even hashed */
    KEY_NAME_MAX = 64, /* bytes */
    KEYS_MAX = 10000,
};

typedef struct KeySet {
    Arena *arena; /* this struct and its arrays */
    size_t count;
    Digest *hash;
    Str *name;
} KeySet;

struct Keys {
    Arena *arena;
    const char *path;
    HashKey secret;
    pthread_mutex_t lock; /* of set */
    KeySet *set;
};

static bool is_space(char c) { return c == ' ' || c == '\t'; }

/* False: a blank line or a comment. */
static bool cut_line(Str line, Str *key, Str *name)
{
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return false;
    size_t n = 0;
    while (n < line.len && !is_space(line.ptr[n]))
        n++;
    *key = (Str){line.ptr, n};
    *name = str_trim((Str){line.ptr + n, line.len - n});
    return true;
}

static bool set_fill(KeySet *set, const Keys *k, Str text, Err *err)
{
    set->hash = arena_array(set->arena, Digest, KEYS_MAX);
    set->name = arena_array(set->arena, Str, KEYS_MAX);
    Str line, key, name;
    for (int number = 1; str_cut(&text, '\n', &line); number++) {
        if (!cut_line(line, &key, &name))
            continue;
        if (set->count == KEYS_MAX)
            return err_set(err, ERR_LIMIT, "%s: more than %d keys", k->path, KEYS_MAX);
        if (key.len > KEY_MAX || name.len > KEY_NAME_MAX)
            return err_set(err, ERR_LIMIT, "%s:%d: a key has at most %d bytes, its name %d",
                           k->path, number, KEY_MAX, KEY_NAME_MAX);
        set->hash[set->count] = digest_keyed(&k->secret, key);
        set->name[set->count++] = str_copy(set->arena, name);
    }
    if (set->count == 0)
        return err_set(err, ERR_INPUT, "%s holds no key: nobody could ask anything", k->path);
    return true;
}

static bool set_load(const Keys *k, KeySet **out, Err *err)
{
    Arena *file = arena_open(KEY_FILE_MAX + 4096);
    Arena *a = arena_open((size_t)4 * KEY_FILE_MAX);
    KeySet *set = arena_new(a, KeySet);
    set->arena = a;
    Str text;
    bool ok = file_load(file, k->path, KEY_FILE_MAX, &text, err) && set_fill(set, k, text, err);
    arena_close(file);
    if (ok)
        *out = set;
    else
        arena_close(a);
    return ok;
}

bool keys_open(const char *path, Keys **out, Err *err)
{
    Arena *a = arena_open(1 << 16);
    Keys *k = arena_new(a, Keys);
    k->arena = a;
    k->path = str_z(a, str_of(path));
    hash_key_random(&k->secret);
    pthread_mutex_init(&k->lock, NULL);
    if (keys_wanted(k) && !set_load(k, &k->set, err)) {
        keys_close(k);
        return err_wrap(err, "API keys");
    }
    *out = k;
    return true;
}

void keys_close(Keys *k)
{
    if (!k)
        return;
    if (k->set)
        arena_close(k->set->arena);
    pthread_mutex_destroy(&k->lock);
    arena_close(k->arena);
}

bool keys_reload(Keys *k, Err *err)
{
    KeySet *fresh = NULL;
    if (!keys_wanted(k))
        return true;
    if (!set_load(k, &fresh, err))
        return err_wrap(err, "API keys");
    pthread_mutex_lock(&k->lock);
    KeySet *former = k->set;
    k->set = fresh;
    pthread_mutex_unlock(&k->lock);
    arena_close(former->arena);
    return true;
}

bool keys_wanted(const Keys *k) { return k->path[0] != 0; }

size_t keys_count(Keys *k)
{
    pthread_mutex_lock(&k->lock);
    size_t n = k->set ? k->set->count : 0;
    pthread_mutex_unlock(&k->lock);
    return n;
}

bool keys_check(Keys *k, Arena *a, Str key, Str *name)
{
    if (key.len == 0 || key.len > KEY_MAX)
        return false;
    Digest d = digest_keyed(&k->secret, key);
    size_t found = SIZE_MAX;
    pthread_mutex_lock(&k->lock);
    for (size_t i = 0; k->set && i < k->set->count; i++) /* to the end, whatever is found */
        if (digest_eq_secret(&d, &k->set->hash[i]))
            found = i;
    if (found != SIZE_MAX)
        *name = str_copy(a, k->set->name[found]);
    pthread_mutex_unlock(&k->lock);
    return found != SIZE_MAX;
}
