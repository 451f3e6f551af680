#include "policy/taxonomy.h"

static const struct {
    Str name;
    const char *meaning;
} factors[] = {
#define X(id, name, meaning) [id] = {STR(name), meaning},
    FACTOR_TABLE(X)
#undef X
};

static const struct {
    Str name;
    bool image;
} categories[] = {
#define X(id, name, image) [id] = {STR(name), image},
    CATEGORY_TABLE(X)
#undef X
};

Str factor_name(Factor f) { return factors[f].name; }
const char *factor_meaning(Factor f) { return factors[f].meaning; }

bool factor_parse(Str name, Factor *out)
{
    for (int f = 0; f < FACTOR_COUNT; f++) {
        if (str_eq(name, factors[f].name)) {
            *out = (Factor)f;
            return true;
        }
    }
    return false;
}

Str category_name(Category c) { return categories[c].name; }
bool category_takes_images(Category c) { return categories[c].image; }

bool category_parse(Str name, Category *out)
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (str_eq(name, categories[c].name)) {
            *out = (Category)c;
            return true;
        }
    }
    return false;
}
