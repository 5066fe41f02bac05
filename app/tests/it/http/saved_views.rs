//! Saved views and the switch of the shortcuts, through the whole router.

use axum::http::StatusCode;
use countersign::pages::paths;

use super::browser::Browser;
use crate::portal::stand::draft;
use crate::support::html::{assert_sound, attribute, tags};

/// The address of the form that renames the last view on the page.
fn rename_form(page: &str) -> String {
    let mut forms = tags(page, "form").into_iter().filter_map(|tag| attribute(tag, "action"));
    let of_view = |action: &&str| action.starts_with("/views/") && !action.ends_with("/delete");
    forms.rfind(of_view).expect("a form of a view").to_owned()
}

#[tokio::test]
async fn a_filter_is_saved_and_stands_beside_the_tabs() {
    let browser = Browser::signed_in().await;
    let form = "name=Due+leases&tab=all&q=lease+%22old+hall%22&due=day&state=nonsense&from=&before=x";
    let saved = browser.post(&paths::SavedViews.to_string(), form).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let address = saved.header("location").to_owned();
    assert_eq!(address, "/?tab=all&q=lease%20%22old%20hall%22&due=day&done=view");
    let inbox = browser.get(&address).await.text();
    assert_sound("inbox", &inbox);
    assert!(inbox.contains("The view is saved."));
    let link = tags(&inbox, "a").into_iter().find(|tag| attribute(tag, "class") == Some("chip")).expect("the view");
    assert_eq!(attribute(link, "aria-current"), Some("page"));
    assert!(!inbox.contains("Save this view"), "it is saved");
    let elsewhere = browser.get("/?tab=all").await.text();
    let link = tags(&elsewhere, "a").into_iter().find(|tag| attribute(tag, "class") == Some("chip")).expect("the view");
    assert_eq!(attribute(link, "aria-current"), None);
}

#[tokio::test]
async fn forms_of_views_come_back_with_what_was_typed() {
    let browser = Browser::signed_in().await;
    let views = paths::SavedViews.to_string();
    let refused = browser.post(&views, "name=&tab=mine&q=lease").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert_sound("views", &page);
    assert!(page.contains("Give the view a name.") && page.contains("name=\"q\" value=\"lease\""));

    browser.post(&views, "name=One&tab=mine&q=lease").await;
    browser.post(&views, "name=Two&tab=done&q=van").await;
    let page = browser.get(&views).await.text();
    assert_sound("views", &page);
    let rename = rename_form(&page);
    let refused = browser.post(&rename, "name=One").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = refused.text();
    assert_sound("views", &page);
    assert!(page.contains("You have a view of this name already.") && page.contains("href=\"#f-name\""));
    assert_eq!(browser.post(&rename, "name=Three").await.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/").await.text().contains("Three"));
    assert_eq!(browser.post(&format!("{rename}/delete"), "").await.status, StatusCode::SEE_OTHER);
    assert!(!browser.get("/").await.text().contains("Three"));
    assert_eq!(browser.post("/views/nonsense/delete", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn shortcuts_are_switched_off_and_on_again() {
    let browser = Browser::signed_in().await;
    assert!(browser.get("/").await.text().contains("data-shortcuts"));
    let off = browser.post(&paths::Shortcuts.to_string(), "").await;
    assert_eq!((off.status, off.header("location")), (StatusCode::SEE_OTHER, "/settings?done=shortcuts-off"));
    let settings = browser.get("/settings?done=shortcuts-off").await.text();
    assert!(settings.contains("Switch shortcuts on") && !settings.contains("data-shortcuts"));
    browser.post(&paths::Shortcuts.to_string(), "shortcuts=on").await;
    assert!(browser.get("/").await.text().contains("data-shortcuts"));
}

#[tokio::test]
async fn a_search_in_the_address_survives_anything_that_is_typed() {
    let browser = Browser::signed_in().await;
    let admin = browser.stand.link_less_admin().await;
    browser.stand.submit(&admin, draft(&["ana@x.org"], "any")).await;
    let long = "a".repeat(10_000);
    for typed in ["%22", "%27", "*", "-", "%00", "%FF", "a%22b", "%25", "(", long.as_str()] {
        let answer = browser.get(&format!("/?tab=all&q={typed}")).await;
        assert!(answer.status == StatusCode::OK || typed == "%FF", "{typed:.20}: {}", answer.status);
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{typed:.20}");
    }
    assert!(browser.get("/?tab=all&q=contra").await.text().contains("Contract"));
    assert!(!browser.get("/?tab=all&q=%22contra%22").await.text().contains(">Contract<"));
}
