//! A request's text, from Markdown to HTML that is safe to show.

use ammonia::Builder;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Sanitised HTML of `text`: no scripts, no styles, no forms, no pictures from elsewhere; links say `noopener noreferrer nofollow`.
pub(super) fn to_html(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut unsafe_html = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut unsafe_html, Parser::new_ext(text, options).map(lower_heading));
    sanitise(&unsafe_html)
}

/// The page has the only heading of the first level, and the document's section that of the second.
fn lower_heading(event: Event<'_>) -> Event<'_> {
    match event {
        Event::Start(Tag::Heading { level, id, classes, attrs }) => {
            Event::Start(Tag::Heading { level: below(level), id, classes, attrs })
        }
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
        other => other,
    }
}

const fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

fn sanitise(unsafe_html: &str) -> String {
    let mut builder = Builder::default();
    // Pictures would tell a stranger's server who reads the document and when.
    builder.rm_tags(["img", "map", "area", "h1", "h2"]).link_rel(Some("noopener noreferrer nofollow"));
    builder.url_schemes(["http", "https", "mailto"].into()).url_relative(ammonia::UrlRelative::Deny);
    builder.clean(unsafe_html).to_string().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        assert_eq!(to_html("**Yes** and\n\n- one\n"), "<p><strong>Yes</strong> and</p>\n<ul>\n<li>one</li>\n</ul>");
        assert_eq!(to_html("  \n"), "");
    }

    #[test]
    fn headings_stay_below_those_of_the_page() {
        assert_eq!(to_html("# Why"), "<h3>Why</h3>");
        assert_eq!(to_html("<h1>Why</h1>"), "Why");
    }

    #[test]
    fn what_could_run_or_call_home_is_removed() {
        let html = to_html(
            "<script>x</script><img src=//e/x><a href=\"javascript:x\" onclick=x style=x>y</a><form action=/><input></form>",
        );
        for bad in ["script", "img", "onclick", "style", "form", "input"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(!to_html("[z](javascript:x) [y](/sign-out)").contains("href"));
        assert!(to_html("[a](https://example.org)").contains("rel=\"noopener noreferrer nofollow\""));
    }
}
