//! Contracts: two stages, working hours, revisions.

use crate::demo::clock::on;
use crate::demo::scene::Act::{Approve, AskForChanges, Comment, Observe, Overrule, Reject, Revise, Submit, Terminate};
use crate::demo::scene::{Content, Document, NewText, Rules, Scene, Submission, scene};

const POLICY: Rules = Rules::Policy("Contracts");

const OFFICE: Submission = Submission {
    title: "Lease of the second floor",
    text: "We need **fourteen more desks** by spring; the second floor has sixteen.\n\n\
        | | |\n|---|---|\n| Term | five years |\n| Notice | twelve months |\n| Rent | 4,200 a month |\n\n\
        The landlord paints the walls and lays the cables.",
    files: &[
        Document {
            name: "lease.pdf",
            content: Content::Pdf(&[
                &["Lease", "Between the landlord and the tenant, for the second floor.", "Term: five years."],
                &["Schedule 1", "Rooms 2.01 to 2.16, two kitchens, one archive.", "Rent: 4,200 a month."],
                &["Schedule 2", "What the landlord does before the handover."],
            ]),
        },
        Document {
            name: "questions-and-answers.txt",
            content: Content::Text("Who pays for the cables? The landlord.\nMay we sublet? With consent.\n"),
        },
    ],
    rules: POLICY,
};

const CLOUD: Submission = Submission {
    title: "Hosting of the customer portal",
    text: "The present contract ends with the year. The new one is cheaper and ends after **36 months**.\n\n\
        - Two data centres, both in the country.\n- Support on working days.\n- Price: 1,900 a month.\n",
    files: &[Document {
        name: "hosting-contract.pdf",
        content: Content::Pdf(&[
            &["Hosting contract", "Term: 36 months.", "Liability: unlimited.", "Support: working days, 9 to 17."],
            &["Annex: prices", "1,900 a month."],
        ]),
    }],
    rules: POLICY,
};

const CLOUD_AGAIN: NewText = NewText {
    title: "Hosting of the customer portal",
    text: "The present contract ends with the year. The new one is cheaper and ends after **24 months**.\n\n\
        - Two data centres, both in the country.\n- Support around the clock.\n- Price: 2,050 a month.\n\
        - Liability is capped at one year's price.\n",
    file: Some(Document {
        name: "hosting-contract-2.pdf",
        content: Content::Pdf(&[
            &["Hosting contract", "Term: 24 months.", "Liability: one year's price.", "Support: around the clock."],
            &["Annex: prices", "2,050 a month."],
        ]),
    }),
    note: "They agreed to cap the liability and to 24 months; support around the clock costs 150 more.",
};

const INSURANCE: Submission = Submission {
    title: "Insurance against data loss",
    text: "Covers what it costs to restore data and to tell customers. The broker recommends offer B.",
    files: &[Document { name: "premiums.png", content: Content::Bars(&[35, 52, 61, 88]) }],
    rules: POLICY,
};

const RESELLER: Submission = Submission {
    title: "Reseller agreement for Scandinavia",
    text: "Exclusive for three years, 30 % discount. They promise forty customers in the first year.",
    files: &[],
    rules: POLICY,
};

const LIFTS: Submission = Submission {
    title: "Maintenance of the lifts",
    text: "The same company as before, five years, 3 % more each year.",
    files: &[Document {
        name: "offer.pdf",
        content: Content::Pdf(&[&["Offer", "Maintenance of two lifts, four visits a year.", "Term: five years."]]),
    }],
    rules: POLICY,
};

const CATERING: Submission = Submission {
    title: "Catering for the canteen",
    text: "One warm meal a day, from next month. *The offer is valid for two weeks.*",
    files: &[],
    rules: POLICY,
};

const AGENCY: Submission = Submission {
    title: "Retainer of an advertising agency",
    text: "Ten days a month, for a year.",
    files: &[],
    rules: POLICY,
};

const AUDITORS: Submission = Submission {
    title: "Engagement of the auditors",
    text: "As in the years before. They begin in the house on Monday.",
    files: &[],
    rules: POLICY,
};

/// What happens.
pub(super) const SCENES: &[Scene] = &[
    scene(on(20, 9, 20), "Emil", "office", Submit(&OFFICE)),
    scene(on(20, 9, 35), "Emil", "office", Observe("Finn")),
    scene(on(20, 11, 5), "Carl", "office", Approve("")),
    scene(
        on(20, 15, 10),
        "Dana",
        "office",
        Comment("@emil@example.org, who pays if we leave before the five years are over?"),
    ),
    scene(on(19, 9, 5), "Emil", "office", Comment("We do, but only for the painting. See page 3.")),
    scene(on(19, 10, 10), "Dana", "office", Approve("With the schedule on page 3 it is fine.")),
    scene(on(19, 15, 30), "Bea", "office", Approve("")),
    scene(on(6, 9, 40), "Emil", "cloud", Submit(&CLOUD)),
    scene(on(6, 14, 0), "Carl", "cloud", Approve("")),
    scene(
        on(5, 10, 0),
        "Dana",
        "cloud",
        AskForChanges("Liability must be capped, and 36 months are too long. Please ask for 24."),
    ),
    scene(on(5, 10, 30), "Emil", "cloud", Comment("I will ask them. They usually take two days.")),
    scene(on(2, 15, 0), "Emil", "cloud", Revise(&CLOUD_AGAIN)),
    scene(on(1, 10, 0), "Carl", "cloud", Approve("Much better.")),
    scene(on(4, 9, 30), "Finn", "insurance", Submit(&INSURANCE)),
    scene(
        on(3, 16, 0),
        "Carl",
        "insurance",
        AskForChanges("Offer B excludes what we host for others. Ask for it to be included."),
    ),
    scene(on(13, 10, 15), "Ines", "reseller", Submit(&RESELLER)),
    scene(on(12, 14, 20), "Carl", "reseller", Approve("")),
    scene(
        on(11, 11, 40),
        "Dana",
        "reseller",
        Reject("Exclusive rights without a minimum: they could sell nothing, and we could not either."),
    ),
    scene(on(5, 9, 10), "Finn", "lifts", Submit(&LIFTS)),
    scene(on(21, 10, 0), "Finn", "catering", Submit(&CATERING)),
    scene(on(13, 9, 0), "Finn", "agency", Submit(&AGENCY)),
    scene(on(12, 9, 45), "Ada", "agency", Terminate("The budget for it is gone; nobody needs to read this any more.")),
    scene(on(10, 9, 20), "Emil", "auditors", Submit(&AUDITORS)),
    scene(on(10, 13, 0), "Carl", "auditors", Approve("")),
    scene(
        on(9, 9, 10),
        "Ada",
        "auditors",
        Overrule("The auditors stand at the door, and the terms are those of last year."),
    ),
];
