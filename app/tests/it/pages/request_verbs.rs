//! What may be done to a request beside deciding, as its page offers it.

use countersign::pages;
use countersign::view::{
    AddressForm, ChangesWanted, DecisionBox, DecisionForm, FormErrors, Observer, OverruleForm, PassOn, PassOnForm,
    Passable, Reconsider, RequestDetail, RequestState, RequestVerbs, Verdict, WithdrawForm,
};

use crate::support::html::{assert_sound, attribute, count, has, keep, tags};
use crate::support::views::{HOUR, admin, at, ben, chiara, dana, id, member, request, tally};

fn pass_on(own: bool) -> PassOn {
    let passable = |number, person: &str| Passable { id: id(number), person: person.into() };
    let mut questions = vec![passable(21, "Ben Okafor"), passable(22, "chiara@supplier.example")];
    questions.truncate(if own { 1 } else { 2 });
    PassOn { questions, own, form: PassOnForm::default() }
}

/// Everything that an admin may do.
fn everything() -> RequestVerbs {
    RequestVerbs {
        remind: true,
        add_approver: Some(AddressForm::default()),
        pass_on: Some(pass_on(false)),
        observe: Some(AddressForm::default()),
        overrule: Some(OverruleForm::default()),
    }
}

fn page(verbs: RequestVerbs) -> RequestDetail {
    let withdraw = Some(WithdrawForm::default());
    RequestDetail { decision: DecisionBox::NotAsked, withdraw, verbs, ..request() }
}

fn open_forms(html: &str) -> usize {
    let forms = tags(html, "details").into_iter().filter(|details| details.contains("card verb"));
    forms.filter(|details| has(details, "open")).count()
}

#[test]
fn whoever_may_do_everything_finds_every_form_closed() {
    let html = keep("request-verbs", &pages::request(admin(), page(everything())));
    assert_sound("request-verbs", &html);
    assert_eq!(open_forms(&html), 0);
    for verb in ["withdraw", "remind", "approvers", "reassign", "observers", "overrule"] {
        assert_eq!(count(&html, &format!("action=\"/requests/{}/{verb}\"", id(1))), 1, "{verb}");
    }
    for name in ["withdraw", "remind", "approvers", "reassign", "observe", "overrule"] {
        let part = tags(&html, "div").into_iter().find(|part| attribute(part, "data-live-part") == Some(name));
        assert_eq!(part.and_then(|part| attribute(part, "data-live-key")), Some("open"), "{name}");
    }
    let radios: Vec<_> =
        tags(&html, "input").into_iter().filter(|input| attribute(input, "type") == Some("radio")).collect();
    assert_eq!(radios.len(), 2, "two ways to end it");
    assert!(radios.iter().all(|radio| !has(radio, "checked") && has(radio, "required")));
}

#[test]
fn whoever_may_do_nothing_is_offered_nothing() {
    let html = keep("request-no-verbs", &pages::request(member(), request()));
    for verb in ["withdraw", "remind", "approvers", "reassign", "observers", "overrule", "revise"] {
        assert!(!html.contains(&format!("/requests/{}/{verb}\"", id(1))), "{verb}");
    }
    assert_eq!(count(&html, "data-live-key=\"none\""), 6);
}

#[test]
fn ones_own_question_needs_no_choice() {
    let verbs = RequestVerbs { pass_on: Some(pass_on(true)), ..RequestVerbs::default() };
    let html = keep("request-pass-on", &pages::request(member(), page(verbs)));
    assert_sound("request-pass-on", &html);
    assert!(html.contains("Pass on to somebody else") && tags(&html, "select").is_empty());
    let question = tags(&html, "input").into_iter().find(|input| attribute(input, "name") == Some("question"));
    assert_eq!(question.and_then(|input| attribute(input, "value")), Some(id(21).to_string().as_str()));
}

#[test]
fn what_was_refused_opens_its_form_with_what_was_typed() {
    let errors = |field: &str| FormErrors::one(field, "This is not right.");
    let typed = |address: &str, field| Some(AddressForm { address: address.into(), errors: errors(field) });
    let question = id(22).to_string();
    let form = PassOnForm { question, to: "nina".into(), reason: "On <leave>".into(), errors: errors("to") };
    let overrule = OverruleForm { verdict: None, reason: "The board".into(), errors: errors("verdict") };
    let cases = [
        ("add-approver", RequestVerbs { add_approver: typed("nina", "approver"), ..everything() }),
        ("add-observer", RequestVerbs { observe: typed("nina", "observer"), ..everything() }),
        ("pass-to", RequestVerbs { pass_on: Some(PassOn { form, ..pass_on(false) }), ..everything() }),
        ("overrule-verdict", RequestVerbs { overrule: Some(overrule), ..everything() }),
    ];
    for (field, verbs) in cases {
        let html = keep(&format!("request-refused-{field}"), &pages::request(admin(), page(verbs)));
        assert_sound(field, &html);
        assert_eq!(open_forms(&html), 1, "{field}");
        assert!(
            html.contains(&format!("href=\"#{field}\"")) && html.contains(&format!("id=\"{field}-error\"")),
            "{field}"
        );
    }
}

#[test]
fn a_refused_reassignment_keeps_the_choice() {
    let form = PassOnForm {
        question: id(22).to_string(),
        errors: FormErrors::one("reason", "Enter a reason."),
        ..PassOnForm::default()
    };
    let verbs = RequestVerbs { pass_on: Some(PassOn { form, ..pass_on(false) }), ..RequestVerbs::default() };
    let html = pages::request(admin(), page(verbs)).html().to_owned();
    let chosen: Vec<_> = tags(&html, "option").into_iter().filter(|option| has(option, "selected")).collect();
    assert_eq!(chosen.iter().filter_map(|option| attribute(option, "value")).collect::<Vec<_>>(), [id(22).to_string()]);
}

#[test]
fn observers_are_listed_and_taken_off_where_the_reader_may() {
    let observer = |number, person, removable| Observer { id: id(number), person, removable };
    let observers = vec![observer(31, dana(), true), observer(32, chiara(), false)];
    let html = keep("request-observers", &pages::request(member(), RequestDetail { observers, ..request() }));
    assert_sound("request-observers", &html);
    assert!(html.contains("Dana Whitfield") && html.contains("chiara@supplier.example"));
    assert_eq!(count(&html, "Take off"), 1);
    assert!(html.contains(&format!("action=\"/requests/{}/observers/{}/remove\"", id(1), id(31))));
}

#[test]
fn whoever_asked_for_changes_is_named_with_the_way_to_the_next_revision_for_the_requester() {
    let changes = Some(ChangesWanted { by: ben().label(), at: at(-HOUR), reason: "The <notice> period.".into() });
    let waits = RequestDetail { state: RequestState::ChangesRequested, changes, ..request() };
    let mine = RequestDetail { may_revise: true, ..waits.clone() };
    let html = keep("request-changes-requested", &pages::request(member(), mine));
    assert_sound("request-changes-requested", &html);
    assert!(html.contains("Ben Okafor") && html.contains("The &lt;notice&gt; period."));
    assert!(html.contains("data-tone=\"changes\""));
    let way =
        tags(&html, "a").into_iter().find(|link| attribute(link, "href").is_some_and(|to| to.ends_with("/revise")));
    assert!(way.is_some_and(|link| attribute(link, "class") == Some("button button--primary")));
    let others = pages::request(member(), waits).html().to_owned();
    assert!(others.contains("asked for changes") && !others.contains("Submit a new revision"));
}

#[test]
fn the_header_leads_to_the_revisions_and_to_what_changed_since_the_one_before() {
    let first = pages::request(member(), request()).html().to_owned();
    assert!(first.contains(&format!("href=\"/requests/{}/revisions\"", id(1))));
    assert!(!first.contains("Changes since"));
    let second = pages::request(member(), RequestDetail { revision: 2, ..request() }).html().to_owned();
    assert!(second.contains(&format!("href=\"/requests/{}/changes\"", id(1))) && second.contains("Changes since r1"));
}

#[test]
fn an_answer_that_may_be_changed_says_until_when() {
    let form = DecisionForm { nonce: "n0nce".into(), ..DecisionForm::default() };
    let reconsider = Some(Box::new(Reconsider { until: at(HOUR), form, tally: tally() }));
    let decision = DecisionBox::Decided { verdict: Verdict::Approve, at: at(-HOUR), reconsider };
    let html = keep("request-reconsider", &pages::request(member(), RequestDetail { decision, ..request() }));
    assert_sound("request-reconsider", &html);
    assert!(html.contains("You can change your answer until ") && html.contains("data-live-key=\"reconsider\""));
    assert!(html.contains(&format!("action=\"/requests/{}/decide\"", id(1))));
}

#[test]
fn whoever_is_asked_no_more_is_told_why() {
    for (decision, words) in [
        (DecisionBox::Reassigned, "Somebody else is asked in your place."),
        (DecisionBox::Stale, "You were asked about an earlier revision."),
    ] {
        let html = pages::request(member(), RequestDetail { decision, ..request() }).html().to_owned();
        assert!(html.contains(words) && !html.contains("name=\"verdict\""), "{words}");
    }
}
