//! Requests are found by their words, on the real database; by those only who may see them.

use countersign::portal::reads::InboxTab;
use countersign::portal::{
    Actor, Digest, InboxFilter, PortalError, RequestDraft, RequestId, Roles, SettingsDraft, UploadId,
};
use sea_orm::ConnectionTrait;

use super::stand::{Stand, draft};

const MEMBER: Roles = Roles { requester: true, approver: true, admin: false };

fn titled(title: &str, text: &str) -> RequestDraft {
    RequestDraft { title: title.into(), text: text.into(), ..draft(&["ana@x.org"], "any") }
}

fn asking(typed: &str) -> InboxFilter {
    InboxFilter { text: typed.into(), ..InboxFilter::default() }
}

/// The titles of what somebody finds in a tab, oldest first.
async fn found_in(stand: &Stand, who: &Actor, tab: InboxTab, typed: &str) -> Vec<String> {
    let page = stand.portal.inbox(who, tab, &asking(typed), None).await;
    let page = page.unwrap_or_else(|error| panic!("{typed:?} is an error: {error}"));
    page.rows.into_iter().rev().map(|row| row.title).collect()
}

async fn found(stand: &Stand, admin: &Actor, typed: &str) -> Vec<String> {
    found_in(stand, admin, InboxTab::All, typed).await
}

async fn upload(stand: &Stand, by: &Actor, name: &str) -> UploadId {
    let mut receiving = stand.portal.receive_file(by, name).await.expect("an upload");
    receiving.write(name.as_bytes()).await.expect("room");
    receiving.finish().await.expect("a file").id
}

#[tokio::test]
async fn every_word_must_be_found_and_the_last_one_may_go_on() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let (first, second) = ("Rent of the hall, 50% less", "Rental car for off-season trips");
    stand.submit(&ada, titled(first, "Three years from **May**.")).await;
    stand.submit(&ada, titled(second, "One week in the hills; see the plan of the hall.")).await;
    for (typed, expected) in [
        ("RENT", vec![first, second]),
        ("rent hall", vec![first]),
        ("hall rent", vec![first, second]),
        ("ren hall", vec![]),
        ("may", vec![first]),
        ("50%", vec![first]),
        ("off-sea", vec![second]),
        ("season off", vec![second]),
        ("season-off", vec![]),
        ("hil", vec![second]),
        ("all", vec![]),
    ] {
        assert_eq!(found(&stand, &ada, typed).await, expected, "{typed}");
    }
}

#[tokio::test]
async fn a_phrase_is_found_as_it_stands_and_never_across_two_texts() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    stand.submit(&ada, titled("New lease", "The old lease ends.")).await;
    for (typed, finds) in [
        ("\"new lease\"", true),
        ("\"old lease\" new", true),
        ("\"lease new\"", false),
        ("\"new leas\"", false),
        ("\"new leas", true),
        ("\"lease the\"", false),
        ("\"lease ada\"", false),
    ] {
        assert_eq!(!found(&stand, &ada, typed).await.is_empty(), finds, "{typed}");
    }
}

#[tokio::test]
async fn requesters_files_comments_and_reasons_are_found_too() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let file = upload(&stand, &ada, "Floor-plan_v2.pdf").await;
    let request = stand.submit(&ada, RequestDraft { files: vec![file], ..titled("Hall", "") }).await;
    let other = stand.submit(&bo, titled("Van", "")).await;
    stand.open(request).await;
    stand.portal.comment(&bo, other, "Überweisung an the garage").await.expect("a comment");
    let answer = stand.no(request).await;
    stand.portal.decide_by_link(&stand.link_actor("ana@x.org").await, answer).await.expect("a decision");
    for (typed, expected) in [
        ("ada@example.org", "Hall"),
        ("floor plan", "Hall"),
        ("v2.pdf", "Hall"),
        ("price is wrong", "Hall"),
        ("bo", "Van"),
        ("üBERWEIS", "Van"),
    ] {
        assert_eq!(found(&stand, &ada, typed).await, [expected], "{typed}");
    }
}

#[tokio::test]
async fn nothing_that_is_typed_is_an_error() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    stand.submit(&ada, titled("Lease", "of the hall")).await;
    let long = "lease ".repeat(1_700);
    let one_word = "x".repeat(10_000);
    let signs = [
        "\"",
        "'",
        "*",
        "-",
        "\\",
        "%",
        "_",
        "^",
        ":*",
        "()",
        "\"\"",
        "\" \"",
        "' OR 1=1 --",
        "NEAR(a b)",
        "a AND",
        "NOT",
        "OR",
        "-lease",
        "words:lease",
        "{words}: x",
        "a <-> b",
        "!a",
        "a & | b",
        "\u{e000}",
        "\u{301}",
        "😀",
        "نص",
        long.as_str(),
        one_word.as_str(),
    ];
    for typed in signs {
        let page = stand.portal.inbox(&ada, InboxTab::All, &asking(typed), None).await;
        assert!(page.is_ok(), "{typed:.40}: {page:?}");
    }
    assert_eq!(found(&stand, &ada, &long).await, ["Lease"]);
    assert_eq!(found(&stand, &ada, "-lease*").await, ["Lease"], "signs are no operators");
    assert!(found(&stand, &ada, "'").await.is_empty(), "what has no word finds nothing");
}

#[tokio::test]
async fn each_person_finds_what_they_may_see_and_nothing_else() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let otto = stand.member(&ada, "otto@x.org", MEMBER).await;
    let uma = stand.member(&ada, "uma@x.org", MEMBER).await;
    let vera = stand.member(&ada, "vera@x.org", MEMBER).await;
    let to_uma = RequestDraft { approvers: vec!["uma@x.org".into()], ..titled("Secret lease", "") };
    let request = stand.submit(&otto, to_uma).await;
    stand.portal.observe(&otto, request, "vera@x.org").await.expect("an observer");
    let seen = async |who: &Actor| {
        let mut seen = Vec::new();
        for tab in [InboxTab::Waiting, InboxTab::Mine, InboxTab::Watching, InboxTab::Done] {
            if !found_in(&stand, who, tab, "secret").await.is_empty() {
                seen.push(tab);
            }
        }
        seen
    };
    let nobody = stand.member(&ada, "nobody@x.org", MEMBER).await;
    assert_eq!(seen(&otto).await, [InboxTab::Mine]);
    assert_eq!(seen(&uma).await, [InboxTab::Waiting]);
    assert_eq!(seen(&vera).await, [InboxTab::Watching]);
    assert!(seen(&nobody).await.is_empty());
    let answer = stand.no(request).await;
    stand.portal.decide_in_session(&uma, request, answer).await.expect("a decision");
    assert_eq!(seen(&otto).await, [InboxTab::Mine, InboxTab::Done]);
    assert_eq!(seen(&uma).await, [InboxTab::Done]);
    assert_eq!(seen(&vera).await, [InboxTab::Watching]);
    assert!(seen(&nobody).await.is_empty());
}

#[tokio::test]
async fn the_tabs_count_what_they_list() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let otto = stand.member(&ada, "otto@x.org", MEMBER).await;
    let to_otto = |title: &str| RequestDraft { approvers: vec!["otto@x.org".into()], ..titled(title, "") };
    let mut requests: Vec<RequestId> = Vec::new();
    for title in ["one", "two", "three"] {
        requests.push(stand.submit(&ada, to_otto(title)).await);
    }
    stand.submit(&otto, titled("four", "")).await;
    let answer = stand.no(requests[0]).await;
    stand.portal.decide_in_session(&otto, requests[0], answer).await.expect("a decision");
    stand.portal.withdraw(&ada, requests[1], "Because.").await.expect("withdrawn");
    stand.portal.observe(&ada, requests[2], "otto@x.org").await.expect("an observer");
    for who in [&ada, &otto] {
        let counts = stand.portal.inbox_counts(who).await.expect("counts");
        for (tab, count) in [
            (InboxTab::Waiting, counts.waiting),
            (InboxTab::Mine, counts.mine),
            (InboxTab::Watching, counts.watching),
            (InboxTab::Done, counts.done),
        ] {
            let rows = stand.portal.inbox(who, tab, &InboxFilter::default(), None).await.expect("a list").rows;
            assert_eq!(rows.len() as u64, count, "{tab:?}");
        }
        assert_eq!(stand.portal.waiting_count(who).await, Ok(counts.waiting));
        assert_eq!(counts.all, 4);
    }
    let done = stand.portal.inbox_counts(&otto).await.expect("counts").done;
    assert_eq!(done, 2, "what was decided and what was withdrawn while it waited for them");
}

#[tokio::test]
async fn what_has_ended_goes_on_page_by_page_whether_it_was_submitted_or_asked_about() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    let otto = stand.member(&ada, "otto@x.org", MEMBER).await;
    for number in 0..4 {
        let asked = RequestDraft { approvers: vec!["otto@x.org".into()], ..titled(&format!("asked {number}"), "") };
        let asked = stand.submit(&ada, asked).await;
        let own = stand.submit(&otto, titled(&format!("own {number}"), "")).await;
        for request in [asked, own] {
            stand.portal.withdraw(&ada, request, "Because.").await.expect("withdrawn");
        }
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let filter = InboxFilter::default();
        let page = stand.portal.some_of_inbox(&otto, InboxTab::Done, &filter, after, 3).await.expect("a page");
        seen.extend(page.rows.into_iter().map(|row| row.title));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let expected: Vec<_> =
        (0..4).rev().flat_map(|number| [format!("own {number}"), format!("asked {number}")]).collect();
    assert_eq!(seen, expected);
}

/// Gives somebody another name.
async fn rename(stand: &Stand, who: &Actor, name: &str) {
    let (name, language, zone) = (name.into(), "en".into(), "UTC".into());
    let settings = SettingsDraft { name, language, zone, digest: Digest::Never };
    stand.portal.save_settings(who, &settings).await.expect("saved");
}

#[tokio::test]
async fn requests_are_found_by_the_new_name_of_who_submitted_them() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    stand.submit(&ada, titled("Lease", "")).await;
    assert_eq!(found(&stand, &ada, "ada").await, ["Lease"]);
    rename(&stand, &ada, "Griselda Quill").await;
    assert_eq!(found(&stand, &ada, "griselda lease").await, ["Lease"]);
}

#[tokio::test]
async fn a_comment_at_the_moment_of_a_new_name_is_found_with_it() {
    let stand = Stand::new().await;
    let (ada, bo) = (stand.admin().await, stand.link_less_admin().await);
    let request = stand.submit(&ada, titled("Lease", "")).await;
    for number in 0..10 {
        let (name, text) = (format!("Griselda{number}"), format!("garage{number}"));
        let (_, commented) = tokio::join!(rename(&stand, &ada, &name), stand.portal.comment(&bo, request, &text));
        commented.expect("a comment");
        assert_eq!(found(&stand, &ada, &format!("{name} {text}")).await, ["Lease"]);
    }
}

#[tokio::test]
async fn older_requests_follow_a_new_name_with_the_sweep_however_many_there_are() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    stand.submit(&ada, titled("Oldest lease", "")).await;
    for number in 0..74 {
        stand.submit(&ada, titled(&format!("Lease {number}"), "")).await;
    }
    rename(&stand, &ada, "Griselda Quill").await;
    assert_eq!(found(&stand, &ada, "griselda lease 73").await, ["Lease 73"], "the newest at once");
    assert!(found(&stand, &ada, "griselda oldest").await.is_empty());
    // While the sweep is still to come: it begins anew with the name that is valid then.
    rename(&stand, &ada, "Zenobia Quill").await;
    for _ in 0..2 {
        stand.portal.sweep_search().await.expect("a sweep");
        for (typed, expected) in [("zenobia oldest", "Oldest lease"), ("zenobia lease 73", "Lease 73")] {
            assert_eq!(found(&stand, &ada, typed).await, [expected]);
        }
        assert!(found(&stand, &ada, "griselda").await.is_empty());
    }
}

#[tokio::test]
async fn the_sweep_gives_words_to_requests_that_have_none() {
    let stand = Stand::new().await;
    let ada = stand.admin().await;
    for title in ["Lease of the hall", "Lease of the van"] {
        stand.submit(&ada, titled(title, "")).await;
    }
    // As a version without search left it.
    let forgotten: Result<(), PortalError> = stand
        .client
        .transaction("forget", |tx| {
            Box::pin(async move {
                tx.connection().execute_unprepared("DELETE FROM request_search").await?;
                Ok(())
            })
        })
        .await;
    forgotten.expect("a sound statement");
    assert!(found(&stand, &ada, "lease").await.is_empty());
    assert_eq!(stand.portal.inbox_counts(&ada).await.expect("counts").mine, 2);
    for _ in 0..2 {
        stand.portal.sweep_search().await.expect("a sweep");
        assert_eq!(found(&stand, &ada, "lease").await, ["Lease of the hall", "Lease of the van"]);
        assert_eq!(found(&stand, &ada, "van").await, ["Lease of the van"]);
    }
}
