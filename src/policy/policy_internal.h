/* policy_internal.h - what reading a policy (policy_read.c) and using it (policy.c) share. */
#ifndef POLICY_POLICY_INTERNAL_H
#define POLICY_POLICY_INTERNAL_H

#include "policy/policy.h"

struct Policy {
    Str id, version, text;
    bool own;
    PolicyCategory *category;
    int count;
    int of_key[CATEGORY_COUNT]; /* index of the category; -1: absent */
    PolicySignal *signal;
    int signal_count;
    PolicyNames severities, locales, routes;
};

#endif
