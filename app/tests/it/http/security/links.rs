//! A link at the door: what it is exchanged for, who learns of it, and what those learn who have none.

use axum::http::{Method, StatusCode};
use countersign::auth::Keys;
use countersign::pages::paths;
use countersign::portal::link::{LinkClaims, Purpose};
use countersign::portal::{LinkId, RequestDraft, RevisionDraft};

use super::super::browser::{Answer, Browser};
use super::super::previews::make;
use super::scene::{Holder, admin_of, audit_rows, link, secret, upload};
use crate::portal::stand::draft;
use crate::support::documents::png;
use crate::support::html::{attribute, tags};

/// A browser without a session, and an open request to Ana and Ben with a file.
async fn asked() -> Browser {
    let browser = Browser::new().await;
    let admin = admin_of(&browser).await;
    let files = vec![upload(&browser.stand, &admin, "note.txt", b"hello").await];
    let request = RequestDraft { files, ..draft(&["ana@x.org", "ben@x.org"], "all") };
    let request = browser.stand.submit(&admin, request).await;
    browser.stand.open(request).await;
    browser
}

#[tokio::test]
async fn a_link_is_exchanged_for_a_cookie_of_its_own_page_and_leaves_the_address() {
    let browser = asked().await;
    let (id, secret) = secret(&browser.stand, "ana@x.org").await;
    let page = paths::Decide(&id.to_string()).to_string();
    let answer = browser.get(&paths::Link(&secret).to_string()).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, page.as_str()));
    let cookie = answer.header("set-cookie");
    for part in [format!("Path={page}"), "HttpOnly".into(), "SameSite=Lax".into(), "Max-Age=3600".into()] {
        assert!(cookie.split("; ").any(|given| given == part), "{part} in {cookie}");
    }
    assert!(!cookie.contains(&secret[80..]), "the cookie is not the link");
    let ana = Holder::of(&browser, "ana@x.org").await;
    assert_eq!(ana.get(&page).await.status, StatusCode::OK);
    // Without the cookie, and with one of another link, the page says only how to come back.
    let bens = Holder::of(&browser, "ben@x.org").await.page;
    for answer in [browser.get(&page).await, ana.get(&bens).await] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.text().contains("open the link in your mail again") && !answer.text().contains("Contract"));
    }
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing_however_often() {
    let browser = asked().await;
    let stand = &browser.stand;
    let (id, secret) = secret(stand, "ana@x.org").await;
    let (row, rows) = (link(stand, id).await, audit_rows(stand).await);
    let address = paths::Link(&secret).to_string();
    for method in [Method::HEAD, Method::GET, Method::GET, Method::HEAD] {
        assert_eq!(browser.with_method(method, &address).await.status, StatusCode::SEE_OTHER);
    }
    let ana = Holder::of(&browser, "ana@x.org").await;
    for path in [ana.page.clone(), format!("{}/changes", ana.page), format!("{}/files/1", ana.page)] {
        assert_eq!(ana.get(&path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(link(stand, id).await, row);
    assert_eq!(audit_rows(stand).await, rows);
}

/// What every answer behind a link carries, whatever it is.
pub(super) fn assert_closed(what: &str, answer: &Answer) {
    assert!(answer.header("cache-control").contains("no-store"), "{what}: {:?}", answer.headers);
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow", "{what}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{what}: {policy}");
}

#[tokio::test]
async fn nothing_behind_a_link_is_stored_framed_indexed_or_tells_another_site() {
    let browser = asked().await;
    let (_, secret) = secret(&browser.stand, "ana@x.org").await;
    let ana = Holder::of(&browser, "ana@x.org").await;
    let below = |path: &str| format!("{}{path}", ana.page);
    let answers = [
        ("the link", browser.get(&paths::Link(&secret).to_string()).await),
        ("an unknown link", browser.get(&paths::Link("csn_x").to_string()).await),
        ("without a cookie", browser.get(&ana.page).await),
        ("the question", ana.get(&ana.page).await),
        ("the changes", ana.get(&below("/changes")).await),
        ("a file", ana.get(&below("/files/1")).await),
        ("no answer", ana.post(&ana.page, "verdict=").await),
        ("the decision", ana.decide("approve", "").await),
        ("the receipt", ana.get(&ana.page).await),
        ("a new link", ana.post(&below("/new-link"), "").await),
    ];
    for (what, answer) in &answers {
        assert_closed(what, answer);
        let text = answer.text();
        assert!(!text.contains(&secret[80..]), "{what} repeats the link");
        if !answer.header("content-type").starts_with("text/html") {
            continue;
        }
        assert!(tags(&text, "script").is_empty(), "{what} has a script");
        assert!(answer.header("content-security-policy").contains("script-src 'none'"), "{what}");
        for (tag, name) in [("link", "href"), ("img", "src"), ("a", "href"), ("form", "action")] {
            for address in tags(&text, tag).into_iter().filter_map(|found| attribute(found, name)) {
                let own = address.starts_with('/') && !address.starts_with("//");
                assert!(own || address.starts_with('#') || address.is_empty(), "{what} leads to {address}");
            }
        }
    }
}

/// The text with the number of its request taken out, which is new each time.
fn without_number(answer: &Answer) -> String {
    answer.text().replace(answer.header("x-request-id"), "")
}

#[tokio::test]
async fn unknown_malformed_and_forged_links_look_alike_and_ask_the_database_nothing() {
    let browser = asked().await;
    let stand = &browser.stand;
    let (id, secret) = secret(stand, "ana@x.org").await;
    let claims = link(stand, id).await.claims();
    let other_keys = Keys::random().expect("randomness");
    let signed = |keys: &Keys, claims: &LinkClaims| keys.sign(claims).expect("the key is there").expose().to_owned();
    let nobodys = LinkClaims { id: LinkId(uuid::Uuid::from_u128(7)), ..claims };
    let cut = secret[..secret.len() - 1].to_owned();
    let altered = secret.replacen(&secret[10..11], if &secret[10..11] == "A" { "B" } else { "A" }, 1);
    let unasked = [
        "csn_".to_owned(),
        "nonsense".to_owned(),
        format!("{secret}A"),
        cut,
        altered,
        signed(&stand.keys, &LinkClaims { purpose: Purpose::Invite, ..claims }),
        signed(&other_keys, &claims),
    ];
    let expected = without_number(&browser.get(&paths::Link("csn_forged").to_string()).await);
    // The last one is authentic, and of no row: only that takes a look into the database.
    for text in unasked.iter().chain([&signed(&stand.keys, &nobodys)]) {
        let answer = browser.get(&paths::Link(text).to_string()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{text}");
        assert!(without_number(&answer) == expected, "{text} looks otherwise");
        assert!(answer.headers.get("set-cookie").is_none(), "{text}");
    }
    // Without a database, what is not authentic is answered as before, and what is cannot be.
    stand.store.close().await;
    for text in &unasked {
        let answer = browser.get(&paths::Link(text).to_string()).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{text}");
    }
    let authentic = browser.get(&paths::Link(&secret).to_string()).await;
    assert!(authentic.status.is_server_error(), "{}", authentic.status);
}

#[tokio::test]
async fn a_new_link_goes_to_the_address_on_file_and_no_answer_names_it() {
    let browser = asked().await;
    let ana = Holder::of(&browser, "ana@x.org").await;
    let nobody = paths::NewLink("00000000-0000-0000-0000-000000000000").to_string();
    // Whoever does not hold the link learns nothing, not even whether there is one.
    let (of_a_link, of_none) =
        (browser.post(&format!("{}/new-link", ana.page), "").await, browser.post(&nobody, "").await);
    assert_eq!((of_a_link.status, of_none.status), (StatusCode::FORBIDDEN, StatusCode::FORBIDDEN));
    assert!(without_number(&of_a_link) == without_number(&of_none));
    // Whatever is typed beside it: there is no field for an address.
    let renewed = ana.post(&format!("{}/new-link", ana.page), "email=eve%40x.org&to=eve%40x.org").await;
    assert_eq!(renewed.status, StatusCode::SEE_OTHER, "the link still works, so none is mailed");
    assert!(!of_none.text().contains("ana@x.org"));
}

#[tokio::test]
async fn known_and_unknown_addresses_get_the_same_answer_at_the_door() {
    let browser = Browser::new().await;
    let wrong = async |email: &str| {
        let answer = browser.post("/sign-in", &format!("email={email}&password=not+this+one")).await;
        (answer.status, without_number(&answer).replace(email, "…"))
    };
    let (known, unknown) = (wrong("ada@example.org").await, wrong("eve@example.org").await);
    assert_eq!(known.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(known == unknown, "the answers differ: {}\n{}", known.1, unknown.1);
}

#[tokio::test]
async fn the_pages_of_both_revisions_are_seen_below_the_link_and_with_its_cookie_only() {
    let browser = Browser::new().await;
    let (admin, stand) = (admin_of(&browser).await, &browser.stand);
    let files = vec![upload(stand, &admin, "plan.png", &png(3, 2)).await];
    let request = stand.submit(&admin, RequestDraft { files, ..draft(&["ana@x.org"], "any") }).await;
    stand.open(request).await;
    make(&browser, &stand.record(request).await.files).await;
    let files = vec![upload(stand, &admin, "plan.png", &png(4, 2)).await];
    let revision = RevisionDraft { title: "Contract".into(), files, ..RevisionDraft::default() };
    stand.portal.revise(&admin, request, revision).await.expect("revised");
    stand.open(request).await;
    make(&browser, &stand.record(request).await.files).await;

    let ana = Holder::of(&browser, "ana@x.org").await;
    let changes = ana.get(&format!("{}/changes", ana.page)).await.text();
    for revision in [1, 2] {
        let path = format!("{}/revisions/{revision}/files/1/pages/1", ana.page);
        assert!(changes.contains(&format!("src=\"{path}\"")), "{path}");
        let picture = ana.get(&path).await;
        assert_eq!(picture.status, StatusCode::OK, "{path}");
        assert!(picture.header("content-type").starts_with("image/"), "{path}");
        assert_closed("a page of a revision", &picture);
        assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
