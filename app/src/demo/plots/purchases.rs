//! Purchases: two of four, absences, approvals that stay.

use crate::demo::clock::on;
use crate::demo::scene::Act::{Approve, Comment, Hold, PassOn, Revise, Submit, Withdraw};
use crate::demo::scene::{Content, Document, NewText, Rules, Scene, Submission, scene};

const POLICY: Rules = Rules::Policy("Purchases");

const LAPTOPS: Submission = Submission {
    title: "Purchase of twelve laptops",
    text: "For those who start in January. **Twelve** at 780 each, two years of service.",
    files: &[
        Document { name: "offers-compared.png", content: Content::Bars(&[78, 64, 92]) },
        Document {
            name: "offer.pdf",
            content: Content::Pdf(&[&["Offer 5588", "12 laptops, 780 each.", "Service: two years."]]),
        },
    ],
    rules: POLICY,
};

const LAPTOPS_AGAIN: NewText = NewText {
    title: "Purchase of eleven laptops",
    text: "For those who start in January. **Eleven** at 780 each, two years of service; one is left from last year.",
    file: None,
    note: "One laptop is left from last year.",
};

const CHAIRS: Submission = Submission {
    title: "Purchase of forty chairs",
    text: "For the second floor. The old ones go to the workshop.",
    files: &[],
    rules: POLICY,
};

const PRINTERS: Submission = Submission {
    title: "Purchase of a plotter",
    text: "For plans up to A0. We send them to the copy shop at present.",
    files: &[],
    rules: POLICY,
};

const DESKS: Submission = Submission {
    title: "Purchase of sixteen desks",
    text: "Adjustable, 410 each, delivered in four weeks.",
    files: &[Document { name: "desks.txt", content: Content::Text("16 desks, 160 x 80 cm, oak, adjustable.\n") }],
    rules: POLICY,
};

const CAMERA: Submission = Submission {
    title: "Purchase of a camera",
    text: "For product pictures: body and one lens.",
    files: &[],
    rules: POLICY,
};

const SCREENS: Submission = Submission {
    title: "Purchase of twenty screens",
    text: "27 inches, 210 each. They replace those from before the move.",
    files: &[Document { name: "prices-by-week.png", content: Content::Bars(&[90, 84, 80, 71, 66, 66, 61]) }],
    rules: POLICY,
};

const BADGES: Submission = Submission {
    title: "Purchase of a badge printer",
    text: "Visitors wait too long at the reception. 1,150 with a hundred blank badges.",
    files: &[],
    rules: POLICY,
};

/// What happens.
pub(super) const SCENES: &[Scene] = &[
    scene(on(18, 9, 30), "Emil", "laptops", Submit(&LAPTOPS)),
    scene(on(18, 11, 0), "Ines", "laptops", Approve("")),
    scene(on(17, 9, 15), "Emil", "laptops", Revise(&LAPTOPS_AGAIN)),
    scene(on(17, 14, 30), "Bea", "laptops", Approve("One less is one less.")),
    scene(on(10, 15, 0), "Emil", "chairs", Submit(&CHAIRS)),
    scene(on(8, 10, 30), "Dana", "chairs", Approve("For Hugo, who knows the supplier.")),
    scene(on(6, 9, 0), "Gita", "chairs", Approve("")),
    scene(on(21, 11, 20), "Finn", "printers", Submit(&PRINTERS)),
    scene(on(7, 10, 0), "Emil", "desks", Submit(&DESKS)),
    scene(on(7, 16, 0), "Gita", "desks", Approve("")),
    scene(on(6, 10, 0), "Ada", "desks", Hold("First the lease of the second floor must be signed by the landlord.")),
    scene(on(6, 10, 20), "Emil", "desks", Comment("Understood. The offer is valid until the end of next month.")),
    scene(on(9, 10, 0), "Finn", "camera", Submit(&CAMERA)),
    scene(on(8, 15, 0), "Finn", "camera", Withdraw("The agency lends us one.")),
    scene(on(3, 10, 0), "Emil", "screens", Submit(&SCREENS)),
    scene(on(2, 11, 0), "Gita", "screens", Approve("The old ones flicker.")),
    scene(on(2, 13, 0), "Emil", "badges", Submit(&BADGES)),
    scene(
        on(1, 9, 30),
        "Bea",
        "badges",
        PassOn { from: "Bea", to: "Carl", why: "You run the reception; you know better than I do." },
    ),
];
