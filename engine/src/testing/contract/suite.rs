//! The suite as a whole: its table of contents, and the macro that gives it to a store.

/// Runs the whole contract against a store: `store_contract! { sqlite, crate::sqlite::place() }` makes a module of that
/// name with one test per sentence below. The expression makes an empty [`Place`](crate::testing::contract::Place).
#[macro_export]
macro_rules! store_contract {
    ($store:ident, $place:expr) => {
        $crate::store_contract! { @suite $store, $place;
            create {
                a_new_instance_is_pending_and_has_its_start_message
                a_taken_id_is_refused_and_nothing_changes
                ids_that_differ_in_case_are_two_instances
                values_come_back_byte_for_byte
            }
            claim {
                a_claim_names_the_current_execution
                claiming_again_confirms_the_same_lease
                a_claim_tells_what_blocks_the_turns_since_the_last_commit
                what_does_not_exist_or_has_ended_cannot_be_claimed
                another_living_nodes_lease_is_not_given_away
                a_lost_lease_cannot_commit
                another_epoch_cannot_commit
                a_lost_lease_cannot_block
                a_retired_nodes_lease_is_void
                a_retired_node_gets_no_work
                what_a_retired_node_had_goes_to_the_next
            }
            commit {
                a_turn_is_recorded_whole
                a_turn_that_fails_half_way_leaves_no_trace
                a_message_cannot_be_consumed_twice
                a_history_is_in_the_order_of_its_turns
                a_turn_without_events_may_consume
                a_custom_status_stays_until_it_is_changed
                a_turn_clears_what_blocked_the_instance
                an_end_keeps_the_result_and_drops_tasks_and_timers
                a_failure_is_kept_with_its_cause
                an_ended_instance_takes_no_more_turns
                unread_messages_of_an_ended_instance_stay
                a_child_begins_with_its_parents_link
                a_taken_child_id_is_a_failure_for_the_parent
                of_two_children_with_one_id_the_first_begins
                an_ended_child_answers_its_parent
                an_answer_to_an_ended_or_missing_parent_is_dropped
                events_reach_those_who_live
                turns_that_send_to_each_other_do_not_wait_for_each_other
                cancelled_tasks_and_timers_are_gone
                what_is_cancelled_in_its_own_turn_never_exists
                a_fan_out_of_ten_thousand_is_one_commit
            }
            group {
                what_breaks_half_way_leaves_nothing_in_its_group
                turns_starts_and_messages_that_come_together_all_happen
                a_turn_whose_lease_is_lost_loses_alone
                a_turn_whose_message_is_gone_loses_alone
                a_turn_that_cannot_be_written_fails_alone
                a_message_that_is_refused_is_refused_alone
                of_starts_with_one_id_one_wins
                a_first_turn_takes_the_lease_once
                who_was_quicker_keeps_an_instance_that_begins
                what_begins_can_be_blocked
                a_start_of_later_begins_then
                an_answered_task_is_gone
                a_turn_that_answers_what_is_gone_loses_alone
                a_child_of_two_parents_begins_once
                a_child_that_is_told_more_than_its_start_looks_into_its_inbox
            }
            children {
                a_further_try_begins_its_child_anew
                only_an_ended_try_of_the_same_call_makes_way
                terminated_children_are_told
                a_stranger_with_a_childs_id_is_not_terminated
                a_child_that_is_terminated_in_its_own_turn_never_exists
                what_is_started_detached_has_no_parent
            }
            continue_as_new {
                the_next_execution_takes_the_place_of_the_old_one
                unread_messages_stay_behind_the_start
                tasks_and_timers_of_the_old_execution_are_gone
                of_the_old_histories_the_last_ones_stay
            }
            inbox {
                messages_are_read_in_the_order_of_their_commits
                a_start_message_comes_before_all_others
                reading_goes_on_after_the_last_message
                a_consumed_number_is_never_given_again
                a_message_to_nobody_is_refused
                a_full_inbox_takes_no_more_events
                a_message_to_an_ended_instance_is_refused
                suspending_and_resuming_show_at_once
                a_verb_that_does_not_fit_is_refused
                a_turn_in_flight_does_not_hide_a_suspension
                a_turn_in_flight_does_not_hide_a_resumption
                what_is_resumed_before_its_first_turn_is_pending
                a_suspended_instance_takes_messages_and_ends
            }
            entities {
                an_entity_comes_into_being_by_its_first_message
                a_turn_tells_entities_that_exist_and_such_that_do_not
                a_delayed_signal_is_told_when_it_is_due
                what_a_lock_holder_says_is_read_first
                a_turn_keeps_state_and_lock
                a_turn_of_an_entity_is_fenced
                entities_are_not_among_the_instances
                a_new_node_gets_the_entities_with_unread_messages
                of_executions_those_live_that_are_present_and_have_not_ended
                entities_are_listed_oldest_first_by_name_and_prefix
                entities_are_listed_by_their_ids
                a_name_that_no_entity_can_have_finds_none
                paging_through_entities_neither_skips_nor_repeats
                cleaning_removes_what_is_empty_and_nothing_else
                a_lock_whose_holder_has_ended_is_an_orphan
                a_large_state_comes_back_byte_for_byte
            }
            timers {
                a_timer_fires_when_it_is_due_and_not_before
                a_timer_fires_once
                timers_fire_in_the_order_of_their_moments
                no_more_timers_fire_at_once_than_asked_for
            }
            schedules {
                a_schedule_is_given_back_as_it_was_created
                a_taken_schedule_id_is_refused
                schedules_are_due_in_the_order_of_their_moments
                a_held_schedule_is_saved_with_the_transaction_or_not_at_all
                a_paused_schedule_is_neither_due_nor_queued
                a_deleted_schedule_is_gone
                schedules_are_listed_in_pages
                schedules_are_listed_in_the_order_of_characters
            }
            delayed {
                a_delayed_message_comes_at_its_moment_and_not_before
                a_turns_delayed_messages_come_at_their_moments
                delayed_messages_and_timers_come_in_the_order_of_their_moments
                a_delayed_message_survives_continue_as_new
                a_delayed_message_survives_a_restart_of_the_process
                a_delayed_message_goes_with_the_end_of_its_instance
                a_delayed_message_to_nobody_is_refused
                a_scheduled_instance_is_pending_until_its_start
                a_start_in_the_past_is_a_start_now
                a_terminated_instance_does_not_wait_for_its_start
            }
            tasks {
                a_task_carries_what_its_call_said
                a_task_keeps_the_span_of_its_turn
                an_answer_takes_the_place_of_its_task
                a_failure_is_an_answer
                a_task_is_answered_once
                an_unknown_task_has_no_answer
                a_heartbeat_is_seen_and_outlives_its_node
                a_heartbeat_of_what_is_gone_says_so
            }
            poison {
                a_task_counts_at_first_and_then_only_when_it_had_begun
                what_a_node_gives_up_does_not_count
                what_another_node_has_is_neither_marked_nor_set_aside
                poison_blocks_visibly_and_no_node_gets_it
                a_task_without_code_comes_back_with_the_next_node
                what_is_driven_again_comes_back_with_the_turn_that_reads_of_it
                the_end_of_what_was_set_aside_unblocks
                the_end_of_the_instance_unblocks
                an_instance_counts_like_a_task
                a_commit_or_a_quiet_turn_clears_the_count
                a_blocked_turn_is_driven_again
                another_obstacle_is_no_sign_of_poison
                only_what_is_blocked_can_be_driven_again
                what_no_column_can_hold_is_replaced_in_the_message_of_an_obstacle
                of_several_that_are_set_aside_an_instance_shows_the_first
            }
            restart {
                a_restarted_process_finds_everything
                a_new_node_takes_over_all_leases
                a_new_node_gets_the_instances_with_unread_messages
                a_new_node_gets_the_tasks_and_counts_their_recoveries
                a_finished_instance_begins_anew
                a_restart_may_bring_another_input
                a_restart_voids_the_lease
                a_restarted_child_owes_its_parent_nothing
                what_is_restarted_and_resumed_before_its_first_turn_is_pending
                what_has_not_ended_cannot_be_restarted
            }
            health {
                a_walk_meets_everything_that_has_not_ended_once
                vitals_tell_what_could_move_an_instance
                vitals_name_what_stops_an_instance
                only_children_that_have_not_ended_are_open
                what_is_overdue_is_named
                messages_that_came_too_late_are_counted
            }
            expire {
                what_ended_long_ago_goes_with_everything_of_it
                each_status_has_an_age_of_its_own
                no_more_expire_at_once_than_asked_for_and_the_oldest_first
                what_runs_or_runs_again_never_expires
            }
            replace {
                what_has_ended_makes_way_for_another
                what_has_not_ended_stays_unless_told_otherwise
                what_has_not_ended_ends_with_its_replacement
                the_parent_of_what_is_replaced_gets_its_end
                what_is_replaced_and_its_parent_do_not_wait_for_each_other
                what_is_replaced_lets_go_of_its_locks
                a_replacement_may_be_scheduled
                only_what_exists_can_be_replaced
            }
            rewind {
                what_has_failed_is_pending_again_and_keeps_its_events
                only_what_has_failed_is_rewound
                children_of_a_rewound_parent_answer_are_rewound_or_run_on
                the_children_of_others_are_not_taken
                a_call_of_an_entity_is_made_again_only_when_its_answer_is_lost
            }
            purge {
                a_purged_instance_is_gone_and_its_id_is_free
                what_has_not_ended_is_not_purged
                a_sweep_takes_away_no_more_than_asked_for
                what_was_left_behind_is_swept_after_a_restart_of_the_process
            }
            query {
                what_does_not_exist_is_not_found
                instances_are_listed_newest_first
                a_list_may_ask_for_names_and_states
                a_list_may_ask_for_versions_parents_and_obstacles
                a_list_may_ask_for_times
                a_list_may_ask_for_tags
                a_replaced_instance_is_found_by_its_new_tags_only
                children_are_filed_under_the_tags_they_are_given
                a_prefix_is_taken_literally
                a_text_is_searched_without_regard_to_case
                a_text_that_no_column_can_hold_finds_nothing
                values_are_listed_only_if_asked_for
                a_history_is_found_by_its_ordinal
            }
            reads {
                a_transaction_shows_what_it_has_done_and_nobody_else_sees_it_before_its_commit
                a_transaction_pages_through_several_states
            }
            paging {
                every_order_leads_through_all_pages
                paging_neither_skips_nor_repeats_while_rows_change
                what_goes_from_one_state_to_another_is_on_a_page_of_both_once
                a_page_has_at_most_a_thousand_instances
                states_are_counted
                states_are_counted_for_a_filter
            }
            payloads {
                large_values_come_back_byte_for_byte
                rows_stay_small_and_a_value_is_kept_once_for_an_instance
                small_values_are_kept_in_their_rows
                forgotten_histories_take_their_values_along
                a_removed_instance_takes_its_values_along
                what_is_removed_meanwhile_is_read_whole_or_not_at_all
            }
            transaction {
                what_is_done_within_a_transaction_comes_true_together
                a_dropped_transaction_leaves_no_trace
                a_refused_call_leaves_the_transaction_usable
                a_transaction_over_its_budget_is_rolled_back
                reads_do_not_wait_for_a_writer
                transactions_that_send_to_one_instance_take_turns
                many_writers_at_once_all_succeed
                turns_that_start_the_same_children_do_not_wait_for_each_other
                turns_that_tell_the_same_new_entities_do_not_wait_for_each_other
                a_write_that_is_cut_off_is_whole_or_not_at_all
            }
        }
    };
    (@suite $store:ident, $place:expr; $($area:ident { $($test:ident)* })*) => {
        mod $store {
            $(mod $area {
                $(#[tokio::test]
                async fn $test() {
                    let bench = $crate::testing::contract::Bench::new($place).await;
                    $crate::testing::contract::$area::$test(bench).await;
                })*
            })*
        }
    };
}
