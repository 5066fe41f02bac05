//! The facts for programs.

use serde_json::{Value, json};

use super::words;
use crate::portal::certificate::{
    CertificateFacts, CertifiedDecision, CertifiedLink, CertifiedQuestion, CertifiedRevision, CertifiedStage,
    ChainPlace, HowEnded,
};
use crate::portal::clock::Time;
use crate::portal::policy::Rule;
use crate::portal::user::Person;

/// Everything that the certificate says, as JSON: times in UTC to the microsecond, hashes in hexadecimal digits. There is no
/// secret in it.
pub fn facts_json(facts: &CertificateFacts) -> Value {
    let end = &facts.end;
    json!({
        "id": facts.request.to_string(),
        "title": facts.title,
        "requester": person(&facts.requester),
        "submitted_at": time(facts.submitted_at),
        "policy": facts.policy.as_ref().map(|policy| json!({
            "id": policy.id.to_string(), "name": policy.name, "version": policy.version,
        })),
        "end": {
            "state": words::ended(end.state),
            "at": time(end.at),
            "by": end.by.as_ref().map(person),
            "how": how(end.how),
            "reason": end.reason,
        },
        "revisions": facts.revisions.iter().map(revision).collect::<Vec<_>>(),
        "rounds": facts.rounds.iter().map(|round| json!({
            "number": round.number, "stages": round.stages.iter().map(stage).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "links": facts.links.iter().map(link).collect::<Vec<_>>(),
        "observers": facts.observers.iter().map(person).collect::<Vec<_>>(),
        "audit": facts.place.as_ref().map(place),
    })
}

const fn how(how: HowEnded) -> &'static str {
    match how {
        HowEnded::Answers => "answers",
        HowEnded::Automatic => "automatic",
        HowEnded::Overridden => "overridden",
        HowEnded::Withdrawn => "withdrawn",
        HowEnded::Terminated => "terminated",
    }
}

fn revision(revision: &CertifiedRevision) -> Value {
    let file = |file: &crate::portal::file::RequestFile| {
        json!({
            "number": file.number,
            "name": file.name,
            "size": file.size,
            "media_type": file.kind.media_type(),
            "sha256": file.id.to_string(),
        })
    };
    json!({
        "number": revision.number,
        "title": revision.title,
        "hash": revision.hash.to_string(),
        "at": time(revision.at),
        "by": person(&revision.by),
        "note": revision.note,
        "files": revision.files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn stage(stage: &CertifiedStage) -> Value {
    let rule = match stage.rule {
        Rule::Any => json!("any"),
        Rule::All => json!("all"),
        Rule::AtLeast(number) => json!(number),
    };
    json!({
        "number": stage.number,
        "name": stage.name,
        "rule": rule,
        "approvers": stage.approvers.iter().map(person).collect::<Vec<_>>(),
        "asked": stage.asked.iter().map(question).collect::<Vec<_>>(),
        "decisions_without_question": stage.unasked.iter().map(decision).collect::<Vec<_>>(),
    })
}

fn question(question: &CertifiedQuestion) -> Value {
    json!({
        "person": person(&question.person),
        "by_escalation": question.escalation,
        "in_place_of": question.stands_in.as_ref().map(|(whom, _)| person(whom)),
        "added_by": question.added_by.as_ref().map(person),
        "asked_at": time(question.asked_at),
        "revision": question.revision,
        "outcome": words::outcome(question.state),
        "decisions": question.answers.iter().map(decision).collect::<Vec<_>>(),
    })
}

fn decision(decision: &CertifiedDecision) -> Value {
    json!({
        "id": decision.reference.to_string(),
        "by": decision.by.as_ref().map(person),
        "said": words::said(decision.said),
        "at": time(decision.at),
        "known_by": words::strength(decision.strength),
        "revision": decision.revision,
        "revision_hash": decision.revision_hash.to_string(),
        "reason": decision.reason,
    })
}

fn link(link: &CertifiedLink) -> Value {
    json!({
        "person": person(&link.person),
        "round": link.round,
        "stage": link.stage,
        "minted_at": time(link.minted_at),
        "expires_at": time(link.expires_at),
        "mailed_at": link.mails.iter().map(|mail| mail.sent_at.map(time)).collect::<Vec<_>>(),
        "settled_at": link.settled_at.map(time),
        "history": words::link(link),
    })
}

fn place(place: &ChainPlace) -> Value {
    json!({
        "row": place.head.seq,
        "hash": place.head.hash.to_string(),
        "at": time(place.at),
        "checkpoint": place.checkpoint.as_ref().map(|checkpoint| json!({
            "row": checkpoint.seq,
            "hash": checkpoint.hash.to_string(),
            "at": time(checkpoint.at),
            "key": checkpoint.key.0,
            "signature": checkpoint.signature.to_string(),
        })),
    })
}

fn person(person: &Person) -> Value {
    json!({ "id": person.id.to_string(), "name": person.name, "email": person.email })
}

fn time(at: Time) -> String {
    words::moment(at).to_string()
}
