//! Lists that were read.

use portcullis_tests::linear::{Asked, Entry, Grant, Happened, Rule, Shown, Told};

use super::story::{Story, good, grant, millis, moment};

#[test]
fn a_stale_read_is_found() {
    let mut story = good();
    // Version 3 was acknowledged at 4.9, before the list was asked for.
    story.of("f").told = Told::Listed { version: 2, entries: Vec::new() };
    assert_eq!(story.faults(), [Rule::Fresh]);
    // Somebody else has read version 3 already.
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.revoked("b", 2.0);
    story.of("b").answered = moment(9.0);
    story.listed("c", 3.0, 3, &[]);
    story.listed("d", 4.0, 2, &[grant("a", None)]);
    assert_eq!(story.faults(), [Rule::Fresh]);
}

#[test]
fn a_list_older_than_a_refusal_is_found() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.revoked("b", 2.0);
    // Its answer is still on its way, but that the lock is gone was told to somebody else.
    story.of("b").answered = moment(9.0);
    story.not_granted("c", 3.0);
    let before = story.clone();
    story.listed("d", 3.5, 2, &[grant("a", None)]);
    assert_eq!(story.faults(), [], "asked for before the refusal was told");
    let mut story = before.clone();
    story.listed("d", 4.0, 2, &[grant("a", None)]);
    assert_eq!(story.faults(), [Rule::Fresh]);
    let mut story = before;
    story.already_granted("d", 4.0);
    assert_eq!(story.faults(), [Rule::Refused], "a refusal older than a refusal");
}

#[test]
fn a_read_of_the_future_is_found() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.listed("b", 2.0, 3, &[]);
    story.revoked("c", 4.0);
    // From then on version 3 is known, which makes the success come late as well.
    assert_eq!(story.faults(), [Rule::Possible, Rule::Fresh]);
}

#[test]
fn a_list_that_is_not_its_versions_is_found() {
    let mut story = good();
    story.of("c").told = Told::Listed { version: 2, entries: Vec::new() };
    assert_eq!(story.faults(), [Rule::Listed], "a lock is missing");
    let mut story = good();
    let entry = Entry { grant: grant("a", None), shown: Shown::Valid };
    story.of("f").told = Told::Listed { version: 3, entries: vec![entry.clone()] };
    assert_eq!(story.faults(), [Rule::Listed], "a lock too many");
    story.of("f").told = Told::Listed { version: 3, entries: Vec::new() };
    story.of("c").told = Told::Listed { version: 2, entries: vec![entry.clone(), entry] };
    assert_eq!(story.faults(), [Rule::Listed], "a lock twice");
    let mut story = good();
    let other = Entry { grant: Grant { name: "Gate".into(), ..grant("a", None) }, shown: Shown::Valid };
    story.of("c").told = Told::Listed { version: 2, entries: vec![other] };
    assert_eq!(story.faults(), [Rule::Listed], "another name");
}

#[test]
fn windows_count_in_lists() {
    let mut story = good();
    let ended = Entry { grant: grant("g", Some(9.5)), shown: Shown::Valid };
    story.of("i").told = Told::Listed { version: 4, entries: vec![ended] };
    assert_eq!(story.faults(), [Rule::Listed], "it ended before it was asked for");

    let mut story = Story::new();
    let ahead = Grant { from: Some(millis(5.0)), ..grant("a", None) };
    let version = story.record("a", 1.5, Happened::Added(ahead.clone()));
    story.call("a", (1.0, 1.9), Asked::Grant(ahead.clone()), Story::done("a", version));
    let entry = |shown| {
        let from = ahead.from.filter(|_| shown == Shown::Scheduled);
        Entry { grant: Grant { from, ..ahead.clone() }, shown }
    };
    for (sent, shown, faults) in [
        (3.0, Shown::Scheduled, vec![]),
        (3.0, Shown::Valid, vec![Rule::Listed]),
        (6.0, Shown::Scheduled, vec![Rule::Listed]),
        (6.0, Shown::Valid, vec![]),
        (3.0, Shown::Suspended, vec![Rule::Listed]),
    ] {
        let mut story = story.clone();
        let told = Told::Listed { version, entries: vec![entry(shown)] };
        story.call("b", (sent, sent + 0.9), Asked::List, told);
        assert_eq!(story.faults(), faults, "at {sent}: {shown:?}");
    }
}

#[test]
fn suspensions_show_in_lists() {
    let mut story = Story::new();
    story.granted("a", 1.0, None);
    story.status("b", 2.0, true);
    let entry = |shown| Entry { grant: grant("a", None), shown };
    for (shown, faults) in [(Shown::Suspended, vec![]), (Shown::Valid, vec![Rule::Listed])] {
        let mut story = story.clone();
        let told = Told::Listed { version: 3, entries: vec![entry(shown)] };
        story.call("c", (3.0, 3.9), Asked::List, told);
        assert_eq!(story.faults(), faults, "{shown:?}");
    }
    // What is so already is left as it is, and only that.
    for (version, suspended, faults) in [
        (3, true, vec![]),
        (3, false, vec![Rule::Kept]),
        (2, false, vec![Rule::Fresh]),
        (4, true, vec![Rule::Possible]),
    ] {
        let mut story = story.clone();
        story.call("c", (3.0, 3.9), Asked::Status { suspended }, Told::Unneeded { version });
        assert_eq!(story.faults(), faults, "{suspended} at {version}");
    }
    story.status("c", 3.0, true);
    assert_eq!(story.faults(), [Rule::Follows], "suspended twice");
}
