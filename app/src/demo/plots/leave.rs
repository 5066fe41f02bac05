//! Leave: the manager decides.

use crate::demo::clock::on;
use crate::demo::scene::Act::{Approve, Comment, Reject, Remind, Submit};
use crate::demo::scene::{Rules, Scene, Submission, scene};

const POLICY: Rules = Rules::Policy("Leave");

const HOLIDAYS: Submission = Submission {
    title: "Leave of Emil",
    text: "**From:** the first Monday of next month\n\n**To (last day):** two weeks later\n\n\
        **Who looks after what is left:** Ines",
    files: &[],
    rules: POLICY,
};

const TRAINING: Submission = Submission {
    title: "Leave of Emil for a training",
    text: "Four days for the certificate in project management.",
    files: &[],
    rules: POLICY,
};

const SABBATICAL: Submission = Submission {
    title: "Leave of Finn: sabbatical",
    text: "**From:** April\n\n**To (last day):** the end of June\n\n**Who looks after what is left:** the agency",
    files: &[],
    rules: POLICY,
};

/// What happens.
pub(super) const SCENES: &[Scene] = &[
    scene(on(17, 13, 0), "Emil", "holidays", Submit(&HOLIDAYS)),
    scene(on(16, 8, 30), "Gita", "holidays", Approve("Enjoy it.")),
    scene(on(11, 13, 0), "Emil", "training", Submit(&TRAINING)),
    scene(
        on(10, 8, 15),
        "Gita",
        "training",
        Reject("Not in the week of the release. Please choose the course in spring."),
    ),
    scene(on(1, 9, 0), "Finn", "sabbatical", Submit(&SABBATICAL)),
    scene(on(1, 12, 0), "Finn", "sabbatical", Comment("@bea@example.org, the agency has confirmed the three months.")),
    scene(on(1, 16, 30), "Finn", "sabbatical", Remind),
];
