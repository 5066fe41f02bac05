//! German.

use super::sentences::{
    Asking, Button, Condition, Digested, How, Label, Local, Number, Opening, Place, Sentences, Subject,
};
use crate::portal::policy::{FinalRule, Ruling};
use crate::portal::request::Ending;
use crate::view::moment::{Unit, in_largest_unit};

/// German.
pub(super) struct German;

const WEEKDAYS: &str = "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag";
const MONTHS: &str = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember";
const AN_ADMIN: &str = "Die Verwaltung des Portals";

fn opening(heading: impl Into<String>, line: impl Into<String>) -> Opening {
    Opening { heading: heading.into(), line: line.into() }
}

/// One of several words, counted from 0.
fn nth(words: &'static str, place: i8) -> &'static str {
    usize::try_from(place).ok().and_then(|place| words.split(' ').nth(place)).unwrap_or_default()
}

/// `3. Mai`.
fn day_and_month(at: &Local) -> String {
    format!("{}. {}", at.clock.day(), nth(MONTHS, at.clock.month() - 1))
}

/// `Sonntag, 3. Mai 2026`.
fn date(at: &Local) -> String {
    let weekday = nth(WEEKDAYS, at.clock.weekday().to_monday_zero_offset());
    format!("{weekday}, {} {}", day_and_month(at), at.clock.year())
}

/// The names that German has of its own; others stay as they are.
fn zone(name: &str) -> &str {
    match name {
        "CET" => "MEZ",
        "CEST" => "MESZ",
        "EET" => "OEZ",
        "EEST" => "OESZ",
        "WET" => "WEZ",
        "WEST" => "WESZ",
        other => other,
    }
}

impl Sentences for German {
    fn moment(&self, at: &Local) -> String {
        format!("{}, {:02}:{:02} Uhr {}", date(at), at.clock.hour(), at.clock.minute(), zone(&at.zone))
    }

    fn day(&self, at: &Local) -> String {
        day_and_month(at)
    }

    fn span(&self, seconds: i64) -> String {
        let (number, unit) = in_largest_unit(seconds);
        let (one, many) = match unit {
            Unit::Second => ("Sekunde", "Sekunden"),
            Unit::Minute => ("Minute", "Minuten"),
            Unit::Hour => ("Stunde", "Stunden"),
            Unit::Day => ("Tag", "Tage"),
        };
        format!("{number} {}", if number == 1 { one } else { many })
    }

    fn files(&self, count: u32) -> String {
        format!("{count} {}", if count == 1 { "Datei" } else { "Dateien" })
    }

    fn stage(&self, number: u32, of: u32, name: &str) -> String {
        if name.is_empty() { format!("{number} von {of}") } else { format!("{number} von {of}: {name}") }
    }

    fn subject(&self, subject: Subject<'_>) -> String {
        match subject {
            Subject::Approval(title) => format!("Genehmigung: {title}"),
            Subject::Receipt(title) => format!("Bestätigt: {title}"),
            Subject::Service(title) => format!("Dienst: {title}"),
            Subject::Monitor(title) => format!("Überwachung: {title}"),
            Subject::Invitation => "Ihre Einladung zu Countersign".into(),
            Subject::Test => "Testnachricht von Countersign".into(),
            Subject::Digest => "Ihre tägliche Übersicht von Countersign".into(),
            Subject::Other => "Countersign".into(),
        }
    }

    fn label(&self, label: Label) -> &'static str {
        match label {
            Label::Code => "Ihr Code",
            Label::Request => "Antrag",
            Label::AskedBy => "Gestellt von",
            Label::Stage => "Stufe",
            Label::Attached => "Anlagen",
            Label::DecideBy => "Frist",
            Label::Otherwise => "Danach",
            Label::Reason => "Begründung",
            Label::YourAccount => "Ihr Konto",
            Label::SentTo => "Gesendet an",
            Label::Order => "Bestellung",
            Label::Document => "Dokument",
            Label::Service => "Dienst",
            Label::LastCheck => "Letzte Prüfung",
            Label::At => "Zeitpunkt",
            Label::Monitor => "Überwachung",
            Label::Address => "Adresse",
            Label::Problem => "Störung",
            Label::DownSince => "Gestört seit",
            Label::BackSince => "Behoben seit",
            Label::DownFor => "Dauer",
        }
    }

    fn button(&self, button: Button) -> &'static str {
        match button {
            Button::Decide => "Ansehen und entscheiden",
            Button::SeeRequest => "Antrag ansehen",
            Button::Revise => "Neue Fassung einreichen",
            Button::AcceptInvitation => "Einladung annehmen",
            Button::SeeRun => "Ablauf ansehen",
            Button::SeeMonitor => "Überwachung ansehen",
            Button::OpenInbox => "Eingang öffnen",
        }
    }

    fn sent_by(&self, host: &str) -> String {
        format!("Gesendet von Countersign auf {host}")
    }

    fn asking(&self, why: Asking, who: &str) -> Opening {
        match why {
            Asking::First => opening(
                format!("{who} bittet um Ihre Genehmigung"),
                "Bitte sehen Sie sich den Antrag an und stimmen Sie zu oder lehnen Sie ab. Ein Konto brauchen Sie \
                 dafür nicht.",
            ),
            Asking::Reminder => opening(
                format!("Erinnerung: {who} wartet auf Ihre Entscheidung"),
                "Sie wurden um eine Entscheidung gebeten und haben noch nicht geantwortet.",
            ),
            Asking::Escalation => opening(
                format!("{who} braucht Ihre Entscheidung"),
                "Niemand hat rechtzeitig entschieden, deshalb liegt der Antrag jetzt bei Ihnen. Ihre Antwort allein \
                 entscheidet.",
            ),
            Asking::Escalated => opening(
                "Die Frist ist verstrichen, jetzt wird noch jemand gefragt",
                "Niemand hat rechtzeitig entschieden, deshalb wurde der Antrag zusätzlich jemand anderem vorgelegt. \
                 Solange nicht entschieden ist, können auch Sie noch antworten.",
            ),
            Asking::NewLink => {
                opening("Ihr neuer Link", "Sie haben einen neuen Link angefordert. Der vorige ist nicht mehr gültig.")
            }
            Asking::Resumed => opening(
                format!("{who} wartet wieder auf Ihre Entscheidung"),
                "Der Antrag hat geruht und läuft jetzt mit verlängerter Frist weiter. Bitte benutzen Sie diesen Link; \
                 der vorige ist nicht mehr gültig.",
            ),
        }
    }

    fn in_place(&self, place: Place<'_>) -> String {
        match place {
            Place::Absent { of, until: Some(until) } => format!("Sie vertreten {of} bis zum {until}."),
            Place::Absent { of, until: None } => format!("Sie vertreten {of}."),
            Place::Delegated { of } => format!("{of} hat diese Entscheidung an Sie weitergegeben."),
            Place::Reassigned { of } => {
                format!("Zuvor war {of} gefragt; die Verwaltung hat die Entscheidung an Sie weitergegeben.")
            }
        }
    }

    fn link_is_yours(&self) -> &'static str {
        "Dieser Link ist nur für Sie bestimmt: Wer ihn hat, kann in Ihrem Namen entscheiden. Bitte leiten Sie diese \
         Nachricht deshalb nicht weiter."
    }

    fn link_works_until(&self, until: &str) -> String {
        format!("Er gilt bis {until}.")
    }

    fn code(&self) -> Opening {
        opening("Der Code zu Ihrer Antwort", "Geben Sie ihn zusammen mit ihr auf der Seite ein, zu der Ihr Link führt.")
    }

    fn code_works_until(&self, until: &str) -> String {
        format!("Er gilt bis {until} und für eine Antwort. Nur jene Seite fragt danach, sonst niemand.")
    }

    fn otherwise(&self, rule: FinalRule) -> &'static str {
        match rule {
            FinalRule::Reject => "wird der Antrag automatisch abgelehnt",
            FinalRule::Approve => "wird der Antrag automatisch genehmigt",
            FinalRule::Expire => "verfällt der Antrag ohne Entscheidung",
        }
    }

    fn decided(&self, ruling: Ruling, how: How<'_>, title: &str) -> Opening {
        let (heading, outcome) = match ruling {
            Ruling::Approved => ("Genehmigt", "genehmigt"),
            Ruling::Rejected => ("Abgelehnt", "abgelehnt"),
            Ruling::Expired => ("Verfallen", "ohne Entscheidung geschlossen"),
        };
        let line = match how {
            How::By(who) => format!("Mit der Entscheidung von {who} wurde der Antrag {outcome}."),
            How::Overriding(who) => format!(
                "{who} hat als Verwaltung des Portals anstelle der Gefragten entschieden. Der Antrag wurde {outcome}."
            ),
            How::Automatic(Some(policy)) => {
                format!("Automatisch (Richtlinie {policy}): Der Antrag wurde {outcome}.")
            }
            How::Automatic(None) => {
                format!("Der Antrag wurde automatisch {outcome}. Diese Regel galt seit seiner Einreichung.")
            }
        };
        opening(format!("{heading}: {title}"), line)
    }

    fn terminated(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or(AN_ADMIN);
        let line = format!(
            "{who} hat diesen Antrag ohne Ergebnis beendet. Eine Entscheidung ist nicht mehr nötig; frühere Links sind \
             nicht mehr gültig."
        );
        opening(format!("Beendet: {title}"), line)
    }

    fn withdrawn(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or(AN_ADMIN);
        let line = format!(
            "{who} hat diesen Antrag zurückgezogen. Eine Entscheidung ist nicht mehr nötig; frühere Links sind nicht \
             mehr gültig."
        );
        opening(format!("Zurückgezogen: {title}"), line)
    }

    fn changes_requested(&self, who: Option<&str>, title: &str) -> Opening {
        let line = match who {
            Some(who) => format!("{who} bittet Sie um Änderungen."),
            None => "Sie werden um Änderungen gebeten.".into(),
        };
        let line = format!(
            "{line} Bis Sie eine neue Fassung einreichen, wird nicht entschieden; danach werden die Beteiligten erneut \
             gefragt."
        );
        opening(format!("Änderungen erbeten: {title}"), line)
    }

    fn reassigned(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or(AN_ADMIN);
        let line = format!(
            "{who} hat die Entscheidung, um die Sie gebeten waren, an jemand anderen weitergegeben. Sie brauchen \
             nichts mehr zu tun, und Ihr Link ist nicht mehr gültig."
        );
        opening(format!("Nicht mehr bei Ihnen: {title}"), line)
    }

    fn observing(&self, who: Option<&str>, title: &str) -> Opening {
        let who = who.unwrap_or("Jemand");
        let line = "Sie können den Antrag und die Kommentare dazu lesen und erfahren, wie er ausgeht. Zu tun brauchen \
                    Sie nichts.";
        opening(format!("{who} lässt Sie diesen Antrag mitverfolgen: {title}"), line)
    }

    fn mentioned(&self, who: Option<&str>) -> String {
        format!("{} hat Sie in einem Kommentar erwähnt", who.unwrap_or("Jemand"))
    }

    fn answer_on_the_page(&self) -> &'static str {
        "Bitte antworten Sie auf der Seite des Antrags; eine Antwort auf diese Nachricht liest niemand."
    }

    fn use_your_link(&self) -> &'static str {
        "Wenn Sie um eine Entscheidung gebeten wurden, führt der Link in jener Nachricht zum Dokument."
    }

    fn invitation(&self, who: Option<&str>) -> Opening {
        opening(
            format!("{} lädt Sie ein", who.unwrap_or(AN_ADMIN)),
            "Wählen Sie einen Namen und ein Passwort. Danach können Sie Dokumente zur Genehmigung vorlegen und über \
             die anderer entscheiden.",
        )
    }

    fn invitation_works_until(&self, until: &str) -> String {
        format!("Die Einladung ist nur für Sie bestimmt und gilt bis {until}.")
    }

    fn test(&self) -> Opening {
        opening(
            "Der Versand funktioniert",
            "Dies ist die Testnachricht, die Sie angefordert haben. Auf demselben Weg werden alle benachrichtigt, die \
             entscheiden sollen.",
        )
    }

    fn receipt(&self) -> &'static str {
        "Ihre Bestellung ist bestätigt"
    }

    fn run_asks(&self, who: Option<&str>) -> Opening {
        let heading = match who {
            Some(who) => format!("{who} bittet um Ihre Genehmigung"),
            None => "Ihre Genehmigung wird erbeten".into(),
        };
        let line = "Bitte sehen Sie sich das Dokument an und stimmen Sie zu oder lehnen Sie ab. Ein Konto brauchen Sie \
                    dafür nicht.";
        opening(heading, line)
    }

    fn run_outcome(&self, approved: bool, by: Option<&str>, title: &str) -> Opening {
        let verdict = if approved { "Genehmigt" } else { "Abgelehnt" };
        let line = match by {
            Some(by) => format!("Die Antwort kam von {by}."),
            None => "Niemand hat rechtzeitig geantwortet; es gilt, was Sie für diesen Fall festgelegt haben.".into(),
        };
        opening(format!("{verdict}: {title}"), line)
    }

    fn service(&self, condition: Condition, name: &str) -> Opening {
        match condition {
            Condition::Down => opening(
                format!("{name} ist gestört"),
                "Der Dienst antwortet nicht mehr, wie er soll. Sie erfahren, sobald er wieder läuft.",
            ),
            Condition::StillDown | Condition::Escalated => opening(
                format!("{name} ist weiterhin gestört"),
                "Der Dienst antwortet seit einiger Zeit nicht, wie er soll.",
            ),
            Condition::Back => opening(format!("{name} läuft wieder"), "Der Dienst antwortet wieder, wie er soll."),
        }
    }

    fn monitor(&self, condition: Condition, name: &str) -> Opening {
        match condition {
            Condition::Escalated => opening(
                format!("{name} ist seit Längerem gestört"),
                "Andere wurden zu Beginn der Störung benachrichtigt. Sie dauert an, deshalb erfahren nun auch Sie es.",
            ),
            other => self.service(other, name),
        }
    }

    fn monitor_needs_an_account(&self) -> &'static str {
        "Für die Seite der Überwachung brauchen Sie ein Konto."
    }

    fn digest(&self, waiting: Number, day: &Local) -> Opening {
        let heading = match waiting {
            Number(0) => "Neues zu Ihren Anträgen".into(),
            Number(1) => "1 Antrag wartet auf Ihre Entscheidung".into(),
            more => format!("{more} Anträge warten auf Ihre Entscheidung"),
        };
        opening(heading, format!("Ihre Übersicht für {}.", date(day)))
    }

    fn digested(&self, part: Digested) -> &'static str {
        match part {
            Digested::Waiting => "Warten auf Ihre Entscheidung",
            Digested::ChangesRequested => "Warten auf eine neue Fassung von Ihnen",
            Digested::Decided => "Seit der letzten Übersicht entschieden",
        }
    }

    fn digested_question(&self, who: &str, due: Option<&str>) -> String {
        match due {
            Some(due) => format!("Gestellt von {who}, zu entscheiden bis {due}"),
            None => format!("Gestellt von {who}"),
        }
    }

    fn digested_outcome(&self, ending: Ending) -> &'static str {
        match ending {
            Ending::Ruled(Ruling::Approved) => "Genehmigt",
            Ending::Ruled(Ruling::Rejected) => "Abgelehnt",
            Ending::Ruled(Ruling::Expired) => "Ohne Entscheidung verfallen",
            Ending::Terminated => "Ohne Ergebnis beendet",
            Ending::Withdrawn => "Zurückgezogen",
        }
    }

    fn why_a_digest(&self) -> &'static str {
        "Jeder Link zu einer Entscheidung ist nur für Sie bestimmt, bitte leiten Sie diese Nachricht deshalb nicht \
         weiter. Sie erhalten diese Übersicht einmal am Tag, wenn etwas wartet; so haben Sie es in Ihren Einstellungen \
         gewählt."
    }

    fn unsubscribe(&self) -> &'static str {
        "Tägliche Übersicht abbestellen"
    }
}
