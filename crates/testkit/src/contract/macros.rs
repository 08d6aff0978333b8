//! Suites as tests. The lists here name every case; a test of this crate compares them with the sources.

/// One test for each case of the store's contract. Takes the name of an `async fn` in scope that makes an empty store:
/// anything that implements [`StoreHarness`](crate::contract::StoreHarness). Attributes before the name go to every
/// test.
///
/// ```ignore
/// store_contract!(make_store);
/// ```
#[macro_export]
macro_rules! store_contract {
    ($(#[$attribute:meta])* $make:ident) => {
        $crate::contract_tests! {
            [$(#[$attribute])*] $make, $crate::contract::store;
            append {
                appended_events_are_loaded_and_read,
                bytes_are_stable_and_the_same_everywhere,
                an_envelope_says_who_when_and_why,
                load_honours_range_and_limit,
                read_from_pages_through_everything,
                an_unknown_stream_has_no_events,
                streams_of_different_kinds_are_apart,
                ids_are_opaque_text,
                events_of_one_commit_keep_their_order,
            }
            refusals {
                a_stale_version_conflicts,
                a_version_ahead_conflicts,
                a_stream_relied_on_has_moved,
                a_stream_relied_on_stands_still,
                a_claim_is_taken_once,
                an_own_claim_is_taken_again,
                a_released_claim_is_free,
                only_the_owner_releases,
                a_name_is_exchanged_for_another,
                user_names_are_claimed_without_regard_to_case,
                namespaces_are_apart,
                a_guard_is_won_and_lost,
                a_still_guard_only_compares,
                guards_are_apart,
                a_moved_credential_epoch_refuses_a_session,
                reasons_have_an_order,
            }
            atomicity {
                a_commit_takes_effect_whole,
                a_conflict_leaves_nothing,
                a_moved_stream_leaves_nothing,
                a_lost_guard_leaves_nothing,
                a_taken_name_leaves_nothing,
                a_repeated_request_leaves_nothing,
                an_unforeseen_failure_leaves_nothing,
                a_commit_without_events_needs_no_stream,
            }
            idempotency {
                the_same_commit_twice_happens_once,
                a_late_repeat_of_a_commit_is_well,
                a_refused_commit_is_not_remembered,
                a_repeated_request_gets_its_answer,
                an_expired_answer_is_absent,
                a_refusal_is_remembered_without_event,
                equal_requests_at_once_are_done_once,
            }
            races {
                twenty_callers_on_one_stream_all_finish,
                a_version_has_one_winner,
                a_name_has_one_winner,
                a_number_has_one_winner,
                decisions_that_rely_on_each_other_do_not_both_win,
                many_streams_at_once_all_succeed,
                a_reader_never_misses_a_position,
                an_acknowledged_commit_is_seen_at_once,
                no_token_survives_a_reset_that_was_acknowledged,
            }
            failures {
                refused_and_poisoned_commits_hurt_no_other,
                nothing_builds_on_a_poisoned_commit,
                a_poisoned_commit_takes_nothing,
                an_unknown_outcome_that_took_effect_is_ok,
                an_unknown_outcome_without_effect_is_unavailable,
                a_dropped_call_repeated_happens_once,
            }
            views {
                rebuilt_views_equal_live_ones,
                a_dump_shows_every_view,
            }
            people {
                a_person_is_found_whole,
                a_bare_person_is_found_bare,
                a_profile_is_replaced_whole,
                people_are_found_by_name,
                people_are_found_by_address,
                people_are_found_by_phone_number,
                a_persons_version_is_the_streams,
                credentials_come_by_name_and_address,
                without_password_there_are_no_credentials,
                a_list_is_paged_by_id,
                a_list_is_filtered,
                a_status_follows_the_events,
                a_language_is_kept_beside_the_profile,
            }
            access {
                a_situation_has_person_grant_and_lock,
                a_situation_may_lack_any_part,
                grants_come_in_the_order_of_granting,
                nobody_has_no_list,
                a_lock_taken_away_is_gone,
                ends_come_oldest_first,
                a_lock_is_known_with_its_version,
                owned_locks_come_in_the_order_of_their_ids,
                windows_come_back_to_the_millisecond,
                free_text_comes_back_as_sent,
            }
            holders {
                whoever_has_a_grant_now_can_open,
                a_past_instant_is_answered_from_the_record,
                a_window_counts_at_the_instant_asked_about,
                only_the_active_can_open,
                statuses_of_the_past_count_for_the_past,
                a_coming_instant_is_answered_from_what_is_known,
                pages_are_full_and_hold_everybody_once,
            }
            past_grants {
                grants_that_come_and_go_within_a_commit_are_past,
                a_removal_without_grant_leaves_nothing,
                a_clock_set_back_shows_nobody_twice,
                a_clock_set_back_shortens_no_page,
            }
            administrators {
                an_administrator_is_active,
                administrators_are_counted_without_one,
            }
            locks {
                a_lock_comes_with_what_its_maker_says,
                a_lock_changes_hands,
                changes_of_hands_within_a_commit_leave_the_last,
            }
            factors {
                an_unknown_person_has_an_empty_factor,
                a_factor_comes_with_the_account,
                a_document_comes_back_whole,
                failures_come_back,
                an_email_factor_follows_the_address,
                an_email_code_comes_back_whole,
                people_are_listed_with_their_factors,
                people_are_listed_by_state,
                a_state_stands_since_it_began,
                no_state_outlives_a_person,
            }
            sessions {
                a_session_says_whose_it_is,
                an_ended_session_is_gone,
                a_session_is_told_with_the_epoch,
                all_sessions_of_a_person_end,
                all_sessions_but_one_end,
            }
            at_once {
                an_own_record_says_how_one_proves_who_one_is,
                each_of_many_gets_its_own_answer,
                no_answer_is_older_than_its_question,
            }
            sign_ins {
                nothing_is_counted_at_first,
                failures_add_up,
                a_window_that_is_over_begins_anew,
                a_clock_set_far_back_keeps_nobody_out,
                cleared_failures_are_gone,
                failures_and_a_success_of_one_commit_count_in_their_order,
                failures_at_once_are_all_counted,
            }
            tokens {
                a_session_is_found_until_it_ends_by_itself,
                a_token_says_what_it_can,
                sign_ins_end_and_tokens_stay,
                tokens_are_listed_oldest_first,
                a_factor_is_remembered_with_its_session,
                factors_are_forgotten_of_one_person,
                changes_within_a_commit_leave_the_last_of_a_session,
            }
            cameras {
                an_unknown_person_has_no_camera_account,
                a_mapping_comes_back_with_its_password,
                roles_to_restore_come_back_in_order,
                a_lease_has_fence_and_end,
                people_wait_for_an_account_until_they_have_one,
                who_was_tried_waits_behind_the_others,
                who_is_shut_out_waits_for_no_account,
                a_mapping_and_a_profile_of_one_commit_count_together,
                mappings_are_paged_by_person,
                an_account_is_known_by_id_and_address,
                several_mappings_may_name_one_address,
            }
            camera_roles {
                a_camera_role_comes_back_whole,
                a_camera_role_is_seen_with_a_person,
                people_come_into_camera_roles_and_leave,
                people_of_a_camera_role_are_paged,
                nobody_is_in_a_deleted_camera_role,
                a_making_comes_back_until_it_is_made,
            }
            outbox {
                a_message_comes_back_whole,
                what_has_not_left_is_counted,
                messages_leave_in_order_per_key,
                messages_of_one_commit_keep_their_order,
                a_clock_that_steps_back_changes_no_order,
                a_delayed_message_holds_back_its_key,
                delivered_and_buried_messages_are_gone,
                a_message_is_taken_by_one,
                messages_are_listed_newest_first,
                a_message_tells_what_became_of_it,
                a_buried_message_waits_again,
                only_a_buried_message_waits_again,
            }
            keys {
                a_key_comes_back_with_its_hash,
                revoked_and_expired_keys_are_found,
                an_organisation_comes_with_its_keys,
                an_unknown_organisation_is_empty,
                keys_are_listed_newest_first,
                keys_are_listed_of_one_organisation,
                the_last_use_of_a_key_only_moves_on,
                a_public_part_is_given_once,
                organisations_are_paged_by_id,
            }
            registry {
                heads_say_whose_and_how_far,
                heads_are_paged_by_id,
                heads_are_chosen_by_prefix,
            }
            permissions {
                the_table_has_what_was_changed,
                a_change_counts_for_sessions_at_once,
            }
            deleted {
                who_was_deleted_is_nobody,
                nothing_private_is_left,
                nothing_held_for_a_person_is_left,
                traces_go_with_the_person,
                accounts_are_listed_by_name,
            }
        }
    };
}

/// One test for each case of the gateway's contract. Takes the name of an `async fn` in scope that makes a 3dEye with a
/// gateway to it: anything that implements [`GatewayHarness`](crate::contract::GatewayHarness).
#[macro_export]
macro_rules! gateway_contract {
    ($(#[$attribute:meta])* $make:ident) => {
        $crate::contract_tests! {
            [$(#[$attribute])*] $make, $crate::contract;
            gateway {
                an_absent_account_is_not_found,
                an_account_is_found_whatever_its_spelling,
                a_created_account_has_its_id,
                an_account_is_created_with_roles,
                a_duplicate_is_told,
                a_foreign_account_is_taken_and_invisible,
                a_deleted_account_is_gone,
                deleting_nothing_is_not_found,
                a_role_is_given_once,
                a_role_that_is_no_more_is_refused,
                an_account_is_found_by_its_id,
                the_list_has_every_account_once,
                a_role_is_taken_once,
                roles_come_and_go,
            }
        }
    };
}

/// The tests of a list of cases: a module for each file of cases, a test for each case.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_tests {
    ($attributes:tt $make:ident, $suite:path; $($module:ident { $($case:ident,)+ })+) => {
        $($crate::contract_module!($attributes $make, $suite, $module, $($case),+);)+
    };
}

/// One such module.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_module {
    ([$($attribute:tt)*] $make:ident, $suite:path, $module:ident, $($case:ident),+) => {
        mod $module {
            use $suite as suite;

            $crate::contract_test!{ [$($attribute)*] $make, $module, $($case),+ }
        }
    };
}

/// The tests of one module.
#[doc(hidden)]
#[macro_export]
macro_rules! contract_test {
    ($attributes:tt $make:ident, $module:ident, $($case:ident),+) => {
        $($crate::contract_test!(@one $attributes $make, $module, $case);)+
    };
    (@one [$($attribute:tt)*] $make:ident, $module:ident, $case:ident) => {
        $($attribute)*
        #[tokio::test(flavor = "multi_thread")]
        async fn $case() {
            let harness = super::$make().await;
            suite::$module::$case(&harness).await;
        }
    };
}
