//! `POST /decide/{link}/code`, and the code of the decision form.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use countersign::auth::LINK_COOKIE;
use countersign::pages::paths;
use countersign::portal::mail::MailKind;
use countersign::portal::{Actor, LinkId, MAX_CODES};

use super::browser::{ADMIN, Answer, Browser, PASSWORD};
use crate::portal::code::{asked, mailed_code, other_than};

/// Somebody with a link whose policy asks for a code.
struct Holder {
    browser: Browser,
    admin: Actor,
    link: LinkId,
}

impl Holder {
    async fn new() -> Self {
        let browser = Browser::new().await;
        let admin = Actor::User(browser.stand.portal.sign_in(ADMIN, PASSWORD).await.expect("the admin"));
        asked(&browser.stand, &admin).await;
        let link = browser.stand.link_of("ana@x.org").await;
        Self { browser, admin, link }
    }

    fn page(&self) -> String {
        paths::Decide(&self.link.to_string()).to_string()
    }

    async fn send(&self, method: Method, path: &str, form: &str) -> Answer {
        let cookie = self.browser.stand.keys.link_cookie(self.link, self.browser.stand.portal.now());
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.header(header::COOKIE, format!("{LINK_COOKIE}={cookie}"));
        self.browser.send(request.body(Body::from(form.to_owned())).expect("a request")).await
    }

    async fn show(&self) -> String {
        self.send(Method::GET, &self.page(), "").await.text()
    }

    async fn ask(&self, form: &str) -> Answer {
        self.send(Method::POST, &paths::MailCode(&self.link.to_string()).to_string(), form).await
    }

    async fn code(&self) -> String {
        mailed_code(&self.browser.stand, &self.admin).await
    }

    async fn codes_mailed(&self) -> usize {
        let mails = self.browser.stand.portal.outbox(&self.admin, None, None).await.expect("mails").rows;
        mails.iter().filter(|line| line.mail.kind == MailKind::Code).count()
    }

    /// Posts the form as the page has it now, with this beside its nonce.
    async fn decide(&self, typed: &str) -> Answer {
        let page = self.show().await;
        let from = page.find("name=\"nonce\" value=\"").expect("a nonce") + 20;
        let nonce = &page[from..from + page[from..].find('"').expect("its end")];
        self.send(Method::POST, &self.page(), &format!("nonce={nonce}&{typed}")).await
    }
}

#[tokio::test]
async fn the_page_asks_for_a_code_first_and_takes_the_right_one() {
    let holder = Holder::new().await;
    let first = holder.show().await;
    assert!(first.contains("Mail me a code") && !first.contains("name=\"verdict\""));
    let mailed = holder.ask("").await;
    assert_eq!((mailed.status, mailed.header("location")), (StatusCode::SEE_OTHER, holder.page().as_str()));

    let page = holder.show().await;
    assert!(page.contains("name=\"code\"") && page.contains("autocomplete=\"one-time-code\""));
    let code = holder.code().await;
    assert!(!page.contains(&code));
    let wrong = holder.decide(&format!("verdict=reject&reason=Too+dear&code={}", other_than(&code))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong.text();
    assert!(text.contains("href=\"#f-code\"") && text.contains("4 more tries") && text.contains("Too dear"));
    assert!(!text.contains(&other_than(&code)), "what was typed as a code is not shown again");

    let done = holder.decide(&format!("verdict=approve&code={code}")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert!(holder.show().await.contains("You approved this request"));
}

#[tokio::test]
async fn another_code_keeps_what_was_typed_and_there_are_only_so_many() {
    let holder = Holder::new().await;
    let kept = holder.ask("verdict=reject&reason=Too+dear&code=111111").await;
    assert_eq!(kept.status, StatusCode::OK);
    assert!(kept.text().contains("Too dear") && kept.text().contains("name=\"code\""));
    for _ in 1..MAX_CODES {
        assert_eq!(holder.ask("").await.status, StatusCode::SEE_OTHER);
    }
    let too_many = holder.ask("reason=Too+dear").await;
    assert_eq!(too_many.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(too_many.text().contains("try again later") && too_many.text().contains("Too dear"));
    assert_eq!(holder.codes_mailed().await, usize::try_from(MAX_CODES).expect("a few"));
}

#[tokio::test]
async fn looking_at_the_page_mails_nothing_and_without_the_cookie_nothing_is_mailed_either() {
    let holder = Holder::new().await;
    let path = paths::MailCode(&holder.link.to_string()).to_string();
    for method in [Method::GET, Method::HEAD] {
        holder.send(method.clone(), &holder.page(), "").await;
        assert_eq!(holder.send(method, &path, "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(holder.browser.post(&path, "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(holder.codes_mailed().await, 0);
}
