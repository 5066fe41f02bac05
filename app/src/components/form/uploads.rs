//! Files to be sent with a form.

use leptos::prelude::*;

use super::{Check, Field, FieldText, described_by, field_id};
use crate::view::KeptFile;
use crate::view::file::size_in_words;

/// The field `file`, and above it, as `kept_file`, what an earlier submission has stored already.
#[component]
pub fn Uploads(
    /// The files that are stored already.
    kept: Vec<KeptFile>,
    /// The largest size of one file in bytes.
    max_file_size: u64,
    /// What is wrong.
    error: Option<String>,
) -> AnyView {
    let has_kept = !kept.is_empty();
    let kept: Vec<_> = kept
        .into_iter()
        .map(|file| {
            let label = format!("{} ({})", file.name, size_in_words(file.size));
            view! { <Check name="kept_file" value=file.token checked=true label=label /> }
        })
        .collect();
    let id = field_id("file");
    let described = described_by(&id, true, error.is_some());
    let text = FieldText {
        id: id.clone(),
        label: "Files".to_owned(),
        hint: format!(
            "PDF, pictures and plain text are shown in the browser, others are offered as a download. Up to {} each.",
            size_in_words(max_file_size)
        ),
        error,
        optional: true,
    };
    view! {
        {has_kept
            .then(|| {
                view! {
                    <fieldset class="kept">
                        <legend class="field__label">"Already uploaded"</legend>
                        {kept}
                    </fieldset>
                }
            })}
        <Field text=text>
            <input class="input input--file" type="file" id=id name="file" multiple aria-describedby=described />
        </Field>
    }
    .into_any()
}
