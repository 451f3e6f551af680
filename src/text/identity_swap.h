/* identity_swap.h - the same said of another group.
 *
 * "Muslims moved in next door" and "Poles moved in next door" are alike harmless, and hate
 * stays hate whoever it is aimed at.  A model that is shown only the words that people chose
 * learns who is usually hated; shown the swapped text with the same label it has to read
 * what is said (counterfactual data augmentation: Lu et al. 2018; Garg et al. 2019).
 *
 * Four forms are known of each group: the plural noun ("Muslims"), one of them ("a Muslim
 * who", "an immigrant."), the adjective before a word for people ("Muslim women", "Black
 * people") and the adjective said of a pronoun ("they are Muslim", "being gay").  "White
 * wine", "a Christian song" and "they are white" are therefore left alone.  Slurs have no
 * counterpart and are left alone too.
 */
#ifndef TEXT_IDENTITY_SWAP_H
#define TEXT_IDENTITY_SWAP_H

#include "base/arena.h"
#include "base/rng.h"
#include "base/str.h"

/* Each group that the text names becomes another one, the same wherever it stands, and two
 * groups never become one.  Capitals follow the word that is replaced; "a" and "an" before
 * it follow the new one.  *out is in `a`.  False, and nothing drawn: no group is named. */
bool identity_swap(Arena *a, Str text, Rng *rng, Str *out);

#endif
