//! What every store must do, as functions over any store, so that a second store is held to the same words. A
//! crate that has a store turns the feature `conformance` on for its tests and calls [`conformance_suite`].

mod absence;
mod changes;
mod estate;
mod exactness;
mod lookup;
mod server;

pub use absence::*;
pub use changes::*;
pub use exactness::*;
pub use lookup::*;

pub use estate::{Draw, Estate, Listing};
pub use server::PostgresServer;

/// One test for each function of the suite. `$fresh` is an async function that gives an empty store, whose second
/// half (a temporary folder, a database of its own) is kept until the test is over.
#[macro_export]
macro_rules! conformance_suite {
    ($fresh:path: $($name:ident),* $(,)?) => {
        $(
            #[tokio::test]
            async fn $name() {
                let (store, _kept) = $fresh().await;
                $crate::conformance::$name(&store).await;
            }
        )*
    };
    ($fresh:path) => {
        $crate::conformance_suite!($fresh:
            every_report_comes_back_exactly,
            the_order_of_a_list_and_doubles_come_back,
            an_empty_report_comes_back,
            hostile_text_comes_back,
            an_id_is_saved_once,
            scans_are_found_by_abbreviation,
            the_scan_before_has_the_same_targets,
            complete_coverage_makes_absence_a_fact,
            denied_listing_leaves_objects_unconfirmed,
            scopes_that_were_not_read_are_not_touched,
            a_thing_in_two_places_is_gone_only_from_both,
            what_returns_is_there_again,
            a_late_old_report_says_nothing_of_now,
            use_dates_make_no_versions,
            history_names_what_changed,
            exact_matches_come_first,
            equal_scans_differ_in_nothing,
            changes_are_typed,
            wider_rights_are_named,
            denied_listing_makes_changes_undecided,
            different_targets_are_compared_where_both_read,
            findings_resolve_by_their_rule,
        );
    };
}
