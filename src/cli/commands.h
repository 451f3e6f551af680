/* commands.h - every command of the program; each is defined in its cmd_*.c. */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/command.h"

extern const Command cmd_base_import;
extern const Command cmd_base_pretrain;
extern const Command cmd_calibrate;
extern const Command cmd_config;
extern const Command cmd_corpus_build;
extern const Command cmd_evaluate;
extern const Command cmd_fairness;
extern const Command cmd_fold;
extern const Command cmd_ingest;
extern const Command cmd_label_agreement;
extern const Command cmd_label_suspects;
extern const Command cmd_moderate;
extern const Command cmd_policy_diff;
extern const Command cmd_policy_impact;
extern const Command cmd_policy_lint;
extern const Command cmd_policy_list;
extern const Command cmd_policy_locales;
extern const Command cmd_policy_publish;
extern const Command cmd_policy_rules;
extern const Command cmd_policy_show;
extern const Command cmd_policy_test;
extern const Command cmd_recipe_check;
extern const Command cmd_release_export;
extern const Command cmd_release_import;
extern const Command cmd_release_list;
extern const Command cmd_release_show;
extern const Command cmd_serve;
extern const Command cmd_snapshot_create;
extern const Command cmd_snapshot_datasheet;
extern const Command cmd_snapshot_diff;
extern const Command cmd_snapshot_export;
extern const Command cmd_snapshot_list;
extern const Command cmd_snapshot_show;
extern const Command cmd_train;
extern const Command cmd_distil;

#endif
