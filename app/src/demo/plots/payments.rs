//! Payments: four eyes, and a code besides the link.

use crate::demo::clock::on;
use crate::demo::scene::Act::{Approve, Submit};
use crate::demo::scene::{Content, Document, Rules, Scene, Submission, scene};

const POLICY: Rules = Rules::Policy("Payments");

const INVOICE: Submission = Submission {
    title: "Payment of the invoice for the trade fair",
    text: "14,300, due within ten days. The stand was as ordered.",
    files: &[Document {
        name: "invoice.pdf",
        content: Content::Pdf(&[&["Invoice 20881", "Stand, 24 square metres, four days.", "Total: 14,300."]]),
    }],
    rules: POLICY,
};

const DEPOSIT: Submission = Submission {
    title: "Payment of the deposit for the second floor",
    text: "12,600: three months' rent, to the landlord's deposit account.",
    files: &[],
    rules: POLICY,
};

/// What happens.
pub(super) const SCENES: &[Scene] = &[
    scene(on(8, 9, 20), "Finn", "invoice", Submit(&INVOICE)),
    scene(on(8, 11, 30), "Bea", "invoice", Approve("")),
    scene(on(7, 9, 40), "Ada", "invoice", Approve("I was there; it was as ordered.")),
    scene(on(1, 11, 0), "Emil", "deposit", Submit(&DEPOSIT)),
    scene(on(1, 14, 0), "Bea", "deposit", Approve("")),
];
