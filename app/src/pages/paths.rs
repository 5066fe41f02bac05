//! Every address of the portal, as a type: its pattern for the router, its text for links and redirects.
//!
//! `paths::Request("0190…")` is shown as `/requests/0190…`; `paths::Request::PATTERN` is what the router matches. No
//! other module spells an address.

use std::fmt;

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident $(($($field:ident: $type:ty),+))? = $pattern:literal;)+) => {
        $(routes!(@one $(#[$doc])* $name $(($($field: $type),+))? = $pattern);)+
    };
    (@one $(#[$doc:meta])* $name:ident = $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $name {
            /// What the router matches.
            pub const PATTERN: &'static str = $pattern;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($pattern)
            }
        }
    };
    (@one $(#[$doc:meta])* $name:ident($($field:ident: $type:ty),+) = $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>($(pub $type),+);

        impl $name<'_> {
            /// What the router matches.
            pub const PATTERN: &'static str = $pattern;
        }

        impl fmt::Display for $name<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Self($($field),+) = self;
                // The router's pattern has the form of a format string with named arguments.
                write!(f, $pattern, $($field = Segment($field)),+)
            }
        }
    };
}

routes! {
    /// The list of requests: waiting for me, mine, watching, done, all. Query: `tab`, `before`, and the filter `q`, `state`, `due`,
    /// `from`, `to`.
    Inbox = "/";
    /// The same list as a table. Query: `tab` and the filter.
    RequestTable = "/requests.csv";
    /// The filters of the list that the reader has saved, and the form for a new one (POST).
    SavedViews = "/views";
    /// Gives a saved filter another name (POST).
    RenameView(id: &'a str) = "/views/{id}";
    /// Deletes a saved filter (POST).
    DeleteView(id: &'a str) = "/views/{id}/delete";
    /// Switches the reader's shortcuts on or off (POST).
    Shortcuts = "/settings/shortcuts";
    /// One answer to several requests: what was chosen, and its decision (POST). Query: `request`, as often as needed.
    DecideRequests = "/requests/decide";
    /// Sets up the first admin. Query: `token`, from the link printed at start.
    SetUp = "/setup";
    /// Sign-in form.
    SignIn = "/sign-in";
    /// Ends the session (POST).
    SignOut = "/sign-out";
    /// Accepts an invitation: name and password.
    Invitation(token: &'a str) = "/invite/{token}";
    /// The form for a new request.
    NewRequest = "/requests/new";
    /// A request's page.
    Request(id: &'a str) = "/requests/{id}";
    /// A decision by a signed-in approver (POST).
    DecideRequest(id: &'a str) = "/requests/{id}/decide";
    /// Withdraws a request (POST).
    WithdrawRequest(id: &'a str) = "/requests/{id}/withdraw";
    /// The form for another revision of a request (multipart).
    ReviseRequest(id: &'a str) = "/requests/{id}/revise";
    /// Reminds those who have not answered (POST).
    RemindRequest(id: &'a str) = "/requests/{id}/remind";
    /// Asks one more person (POST).
    AddApprover(id: &'a str) = "/requests/{id}/approvers";
    /// Passes an open question on (POST).
    ReassignQuestion(id: &'a str) = "/requests/{id}/reassign";
    /// Lets somebody observe a request (POST).
    AddObserver(id: &'a str) = "/requests/{id}/observers";
    /// Ends somebody's observing (POST).
    RemoveObserver(id: &'a str, user: &'a str) = "/requests/{id}/observers/{user}/remove";
    /// Decides a request over the heads of those who are asked (POST).
    OverruleRequest(id: &'a str) = "/requests/{id}/overrule";
    /// Adds a comment to a request (POST).
    CommentRequest(id: &'a str) = "/requests/{id}/comments";
    /// A request's events, as server-sent events.
    RequestEvents(id: &'a str) = "/requests/{id}/events";
    /// A file of a request, counted from 1.
    RequestFile(id: &'a str, number: u32) = "/requests/{id}/files/{number}";
    /// A page of a file of a request as a picture, both counted from 1.
    RequestFilePage(id: &'a str, number: u32, page: u32) = "/requests/{id}/files/{number}/pages/{page}";
    /// The certificate of a request that has ended, as a PDF.
    Certificate(id: &'a str) = "/requests/{id}/certificate.pdf";
    /// Everything that is kept of a request that has ended, as a ZIP.
    Archive(id: &'a str) = "/requests/{id}/archive.zip";
    /// The revisions of a request.
    Revisions(id: &'a str) = "/requests/{id}/revisions";
    /// A file of a revision of a request, both counted from 1.
    RevisionFile(id: &'a str, revision: u32, number: u32) = "/requests/{id}/revisions/{revision}/files/{number}";
    /// A page of a file of a revision as a picture, all counted from 1.
    RevisionFilePage(id: &'a str, revision: u32, number: u32, page: u32) = "/requests/{id}/revisions/{revision}/files/{number}/pages/{page}";
    /// What differs between two revisions of a request. Query: `from`, `to`.
    Changes(id: &'a str) = "/requests/{id}/changes";
    /// The link in a mail: exchanged for a cookie, then [`Decide`].
    Link(token: &'a str) = "/d/{token}";
    /// The decision page that a link opens.
    Decide(link: &'a str) = "/decide/{link}";
    /// A file of a request, for the holder of a link, counted from 1.
    DecideFile(link: &'a str, number: u32) = "/decide/{link}/files/{number}";
    /// A page of a file as a picture, for the holder of a link, both counted from 1.
    DecideFilePage(link: &'a str, number: u32, page: u32) = "/decide/{link}/files/{number}/pages/{page}";
    /// Mails a code to whoever is asked by a link (POST).
    MailCode(link: &'a str) = "/decide/{link}/code";
    /// What differs between two revisions, for the holder of a link. Query: `from`, `to`.
    DecideChanges(link: &'a str) = "/decide/{link}/changes";
    /// The certificate of a request that has ended, for the holder of a link.
    DecideCertificate(link: &'a str) = "/decide/{link}/certificate.pdf";
    /// A file of a revision, for the holder of a link, both counted from 1.
    DecideRevisionFile(link: &'a str, revision: u32, number: u32) = "/decide/{link}/revisions/{revision}/files/{number}";
    /// A page of a file of a revision as a picture, for the holder of a link, all counted from 1.
    DecideRevisionFilePage(link: &'a str, revision: u32, number: u32, page: u32) = "/decide/{link}/revisions/{revision}/files/{number}/pages/{page}";
    /// Mails a new link to the address on file (POST).
    NewLink(link: &'a str) = "/decide/{link}/new-link";
    /// The link in a run's question: exchanged for a cookie, then [`Answer`].
    AnswerLink(token: &'a str) = "/a/{token}";
    /// The question of a run that a link opens, and its answer (POST).
    Answer(link: &'a str) = "/answer/{link}";
    /// Ends the daily overview, by the link in it (POST; GET asks first).
    Unsubscribe(token: &'a str) = "/unsubscribe/{token}";
    /// The catalogue of workflows.
    Workflows = "/workflows";
    /// One workflow, with the form that starts it (POST). Query of the filled-in form: `input`, or one pair per property.
    Workflow(name: &'a str) = "/workflows/{name}";
    /// The engine's instances, or the reader's own runs. Query: `status`, `name`, `q`, `after`.
    Instances = "/instances";
    /// One instance with its history.
    Instance(id: &'a str) = "/instances/{id}";
    /// Nudges whenever an instance shows something else, as server-sent events. Query: `seen`.
    InstanceEvents(id: &'a str) = "/instances/{id}/events";
    /// Raises an event (POST).
    RaiseEvent(id: &'a str) = "/instances/{id}/raise";
    /// Suspend, resume, rewind, restart, restart-as-new, terminate or purge (POST).
    InstanceVerb(id: &'a str, verb: &'a str) = "/instances/{id}/{verb}";
    /// The engine's entities. Query: `name`, `after`.
    Entities = "/entities";
    /// One entity, with the form that sends it an operation (POST).
    Entity(id: &'a str) = "/entities/{id}";
    /// Takes an entity's state away (POST).
    DeleteEntity(id: &'a str) = "/entities/{id}/delete";
    /// Everybody with an account or an invitation.
    People = "/people";
    /// Invites somebody (POST).
    InvitePerson = "/people/invite";
    /// One person.
    Person(id: &'a str) = "/people/{id}";
    /// Disable, enable, roles, invite-again or manager (POST).
    PersonVerb(id: &'a str, verb: &'a str) = "/people/{id}/{verb}";
    /// The reader's absences, and the form for another one (POST). Query: `plan`.
    Absence = "/absence";
    /// Names the reader's backup (POST).
    Backup = "/absence/backup";
    /// Cancels one of the reader's absences (POST).
    CancelAbsence(id: &'a str) = "/absence/{id}/cancel";
    /// Somebody's absences, and the form for another one (POST). Query: `plan`.
    PersonAbsence(id: &'a str) = "/people/{id}/absence";
    /// Names somebody's backup (POST).
    PersonBackup(id: &'a str) = "/people/{id}/absence/backup";
    /// Cancels one of somebody's absences (POST).
    CancelPersonAbsence(id: &'a str, absence: &'a str) = "/people/{id}/absence/{absence}/cancel";
    /// What waits for whom.
    Workload = "/workload";
    /// The policies.
    Policies = "/policies";
    /// The form for a new policy, and its preview (POST).
    NewPolicy = "/policies/new";
    /// The form that makes a policy, or a new version of one, of a text (POST).
    ImportPolicy = "/policies/import";
    /// One policy with its versions, and the form that changes it or shows its preview (POST). Query: `version`.
    Policy(id: &'a str) = "/policies/{id}";
    /// A policy as a text.
    ExportPolicy(id: &'a str) = "/policies/{id}/export";
    /// Archive or restore (POST).
    PolicyVerb(id: &'a str, verb: &'a str) = "/policies/{id}/{verb}";
    /// The groups of people, and the form for a new one (POST).
    Groups = "/groups";
    /// One group, and the form that changes it (POST).
    Group(id: &'a str) = "/groups/{id}";
    /// Removes a group (POST).
    DeleteGroup(id: &'a str) = "/groups/{id}/delete";
    /// What the reader sets for themselves, and the form that says who they are (POST).
    Settings = "/settings";
    /// Changes the reader's password (POST).
    ChangePassword = "/settings/password";
    /// Ends the reader's sessions but this one (POST).
    EndSessions = "/settings/sessions/end";
    /// All mails. Query: `state`, `before`.
    Outbox = "/outbox";
    /// The audit log. Query: `actor`, `action`, `object`, `before`.
    Audit = "/audit";
    /// Sends a test mail to the signed-in admin (POST).
    TestMail = "/outbox/test";
    /// One mail.
    Mail(id: &'a str) = "/outbox/{id}";
    /// The HTML part of a mail, for the frame on its page.
    MailHtml(id: &'a str) = "/outbox/{id}/html";
    /// Tries a failed mail again (POST).
    RetryMail(id: &'a str) = "/outbox/{id}/retry";
    /// Every monitor.
    Monitors = "/monitors";
    /// The form for a new monitor.
    NewMonitor = "/monitors/new";
    /// One monitor with its checks and incidents, and the form that changes it (POST). Query: `before`.
    Monitor(id: &'a str) = "/monitors/{id}";
    /// Nudges whenever a monitor was checked or changed, as server-sent events. Query: `seen`.
    MonitorEvents(id: &'a str) = "/monitors/{id}/events";
    /// Pause, resume, check or delete (POST).
    MonitorVerb(id: &'a str, verb: &'a str) = "/monitors/{id}/{verb}";
    /// The reader's API tokens, and the form for a new one (POST). Query: `tab`, `before`.
    Tokens = "/tokens";
    /// Closes a token for good (POST).
    RevokeToken(id: &'a str) = "/tokens/{id}/revoke";
    /// The webhooks, and the form for a new one (POST).
    Webhooks = "/webhooks";
    /// One webhook with its deliveries, and the form that changes it (POST). Query: `before`.
    Webhook(id: &'a str) = "/webhooks/{id}";
    /// Enable, disable, rotate, test or delete (POST).
    WebhookVerb(id: &'a str, verb: &'a str) = "/webhooks/{id}/{verb}";
    /// One delivery of a webhook: what was posted and what came back.
    Delivery(id: &'a str) = "/webhooks/deliveries/{id}";
    /// Posts a delivery again (POST).
    Redeliver(id: &'a str) = "/webhooks/deliveries/{id}/redeliver";
    /// How programs talk to the portal.
    Api = "/api";
    /// Whether the process runs.
    Live = "/livez";
    /// Whether the process can serve: the database answers.
    Ready = "/readyz";
    /// A file for the browser.
    Asset(hash: &'a str, name: &'a str) = "/assets/{hash}/{name}";
}

/// An address with a query, such as `/?tab=mine`, or with more of one. Pairs with an empty value are left out.
pub fn with_query(path: impl fmt::Display, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_string();
    let mut separator = if address.contains('?') { '&' } else { '?' };
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        address.push_str(&format!("{separator}{}={}", Segment(name), Segment(value)));
        separator = '&';
    }
    address
}

/// The list of requests in a tab, narrowed by a query that is encoded already.
pub fn saved_view(tab: &str, query: &str) -> String {
    let address = with_query(Inbox, &[("tab", tab)]);
    if query.is_empty() { address } else { format!("{address}&{query}") }
}

/// A path segment or query part, percent-encoded where needed.
pub(crate) struct Segment<T>(pub(crate) T);

impl<T: fmt::Display> fmt::Display for Segment<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.to_string().bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    write!(f, "{}", char::from(byte))?
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_its_pattern_with_the_values_in_place() {
        assert_eq!(RequestFile("0190", 2).to_string(), "/requests/0190/files/2");
        assert_eq!(Inbox.to_string(), "/");
    }

    #[test]
    fn what_has_a_meaning_in_addresses_is_encoded() {
        assert_eq!(Instance("mail-ä b?").to_string(), "/instances/mail-%C3%A4%20b%3F");
        assert_eq!(with_query(Instances, &[("status", ""), ("q", "a&b")]), "/instances?q=a%26b");
        assert_eq!(with_query(saved_view("mine", "q=a%26b"), &[("done", "x")]), "/?tab=mine&q=a%26b&done=x");
    }
}
