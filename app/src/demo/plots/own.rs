//! Requests whose requesters choose the approvers themselves, guests among them.

use crate::demo::clock::on;
use crate::demo::scene::Act::{AddApprover, Approve, Comment, Hold, Observe, PassOn, Reject, Restart, Resume, Submit};
use crate::demo::scene::{Content, Document, Own, Rules, Scene, Submission, scene};

const BROCHURE: Submission = Submission {
    title: "Brochure for the trade fair",
    text: "Eight pages, 2,000 copies. The printer needs a yes by the end of the week.",
    files: &[Document {
        name: "brochure.pdf",
        content: Content::Pdf(&[&["Approvals that hold", "Title page"], &["How it works", "Pages 2 and 3"]]),
    }],
    rules: Rules::Own(Own::any_of(&["Lena", "Gita"])),
};

const PARTNER: Submission = Submission {
    title: "Joint press release with our partner",
    text: "Both houses publish it on the same day.",
    files: &[Document { name: "press-release.txt", content: Content::Text("Two companies, one signature.\n") }],
    rules: Rules::Own(Own::all_of(&["Lena", "Milo"])),
};

const NEWSLETTER: Submission = Submission {
    title: "Newsletter of the month",
    text: "Three stories and the new opening hours. It goes out when nobody objects.",
    files: &[],
    rules: Rules::Own(Own { due: "2", remind: "1", finally: "approve", ..Own::any_of(&["Gita"]) }),
};

const HANDBOOK: Submission = Submission {
    title: "Handbook for new colleagues",
    text: "The chapter about passwords is new.",
    files: &[],
    rules: Rules::Own(Own::any_of(&["Carl"])),
};

const FLEET: Submission = Submission {
    title: "Bicycles instead of the second car",
    text: "Four bicycles, rented for two years.",
    files: &[],
    rules: Rules::Own(Own::any_of(&["Bea"])),
};

const KEYS: Submission = Submission {
    title: "New rules for keys and badges",
    text: "Lost badges are reported the same day. Keys are counted every quarter.",
    files: &[],
    rules: Rules::Own(Own::all_of(&["Kim", "Carl"])),
};

const ACCESS: Submission = Submission {
    title: "Access to the server room for a visitor",
    text: "The technician of the cooling needs two hours next week.",
    files: &[],
    rules: Rules::Own(Own { due: "1", remind: "", escalate: ("Bea", "30"), ..Own::any_of(&["Ada", "Gita"]) }),
};

const BOOTH: Submission = Submission {
    title: "Stand at the spring fair",
    text: "Twice as large as last year, next to the entrance. **Two of three should like it.**",
    files: &[Document { name: "visitors-by-year.png", content: Content::Bars(&[30, 42, 55, 47, 71]) }],
    rules: Rules::Own(Own {
        rule: "at_least",
        needed: "2",
        escalate: ("Ada", "10"),
        ..Own::all_of(&["Gita", "Ines", "Lena"])
    }),
};

const TOOLS: Submission = Submission {
    title: "A tool for shared whiteboards",
    text: "Ninety people, 4 a month each. The data stays in the country.",
    files: &[],
    rules: Rules::Own(Own::all_of(&["Ada", "Gita"])),
};

/// What happens.
pub(super) const SCENES: &[Scene] = &[
    scene(on(16, 9, 0), "Finn", "brochure", Submit(&BROCHURE)),
    scene(on(15, 11, 20), "Lena", "brochure", Approve("Page 3 is lovely.")),
    scene(on(14, 10, 0), "Ines", "partner", Submit(&PARTNER)),
    scene(on(14, 16, 0), "Lena", "partner", Approve("")),
    scene(on(13, 9, 50), "Milo", "partner", Reject("Our name is spelled wrong in the second line.")),
    scene(on(12, 10, 0), "Finn", "newsletter", Submit(&NEWSLETTER)),
    scene(on(16, 10, 0), "Emil", "handbook", Submit(&HANDBOOK)),
    scene(on(15, 10, 0), "Carl", "handbook", Reject("The chapter about passwords contradicts itself.")),
    scene(
        on(14, 14, 0),
        "Ada",
        "handbook",
        Restart("The chapter on the shared drive is right now; the text here stays."),
    ),
    scene(on(13, 11, 0), "Carl", "handbook", Approve("Now it does not.")),
    scene(on(13, 12, 0), "Ines", "fleet", Submit(&FLEET)),
    scene(on(12, 12, 0), "Ada", "fleet", Hold("The leasing company changes its prices this week.")),
    scene(on(9, 12, 0), "Ada", "fleet", Resume("The prices stay.")),
    scene(on(9, 15, 20), "Bea", "fleet", Approve("")),
    scene(on(6, 13, 0), "Emil", "keys", Submit(&KEYS)),
    scene(on(4, 9, 15), "Carl", "keys", Approve("")),
    scene(
        on(4, 15, 10),
        "Ada",
        "keys",
        PassOn { from: "Kim", to: "Dana", why: "Kim has left us; Dana looks after the badges now." },
    ),
    scene(on(4, 12, 0), "Emil", "access", Submit(&ACCESS)),
    scene(
        on(3, 17, 0),
        "Emil",
        "access",
        Comment("@gita@example.org @ada@example.org, the technician has to plan the journey."),
    ),
    scene(on(2, 10, 0), "Finn", "booth", Submit(&BOOTH)),
    scene(on(2, 10, 30), "Finn", "booth", AddApprover("Bea")),
    scene(on(2, 10, 40), "Finn", "booth", Observe("Emil")),
    scene(on(2, 15, 0), "Ines", "booth", Approve("Next to the entrance is worth it.")),
    scene(
        on(2, 15, 5),
        "Ines",
        "booth",
        Comment("@finn@example.org, ask for the corner: two open sides cost the same."),
    ),
    scene(on(1, 9, 10), "Finn", "booth", Comment("They agreed to the corner.")),
    scene(on(1, 13, 0), "Ines", "tools", Submit(&TOOLS)),
];
