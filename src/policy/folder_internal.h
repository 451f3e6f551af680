/* folder_internal.h - the readers of a folder's files; each adds to the folder, and what is
 * wrong to the findings. */
#ifndef POLICY_FOLDER_INTERNAL_H
#define POLICY_FOLDER_INTERNAL_H

#include "policy/folder.h"

typedef struct FolderReader {
    Arena *arena;
    PolicyFolder *folder;
    Findings *faults;
} FolderReader;

void folder_read_page(FolderReader *r, const BundleFile *f);
void folder_read_terms(FolderReader *r, const BundleFile *f);
void folder_read_golden(FolderReader *r, const BundleFile *f);
void folder_read_locale(FolderReader *r, const BundleFile *f);

bool expect_parse(Str name, Expect *out);

#endif
