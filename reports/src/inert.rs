//! Names come from strangers. Here stands, for each kind of output, the rule that makes every text inert:
//! what cannot be seen is shown as its code point, and what the output's readers would act upon is quoted.

use std::borrow::Cow;
use std::io;
use whose_model::is_unseen;

/// Any text on one line, with what cannot be seen as `⟨U+202E⟩`. The rule for terminals and the base of all others.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_unseen(character) {
            shown.push_str(&format!("⟨U+{:04X}⟩", u32::from(character)));
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// Whether a command can be copied as it is shown. One that names something with unseen characters cannot.
pub(crate) fn is_faithful(command: &str) -> bool {
    !command.chars().any(is_unseen)
}

/// A CSV cell: visible, and never the beginning of a formula, not even behind blanks or in full-width form.
pub(crate) fn csv_cell(text: &str) -> String {
    let shown = visible(text);
    let formula = shown.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\'']);
    if formula { format!("'{shown}") } else { shown.into_owned() }
}

/// Running text in Markdown: visible, with every character escaped that could begin markup, HTML, a link, a
/// mathematical formula or a table cell. It may begin a line, a list item or a heading.
pub(crate) fn markdown(text: &str) -> String {
    let shown = visible(text);
    let shown = shown.trim();
    let mut escaped = String::with_capacity(shown.len() + 8);
    // What begins a list, an underline or a numbered item does so at the beginning only.
    let digits = shown.bytes().take_while(u8::is_ascii_digit).count();
    for (at, character) in shown.char_indices() {
        let rest = &shown[at..];
        let escape = match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$' => true,
            '-' | '+' | '=' => at == 0,
            '.' | ')' if at == digits && at > 0 => rest[1..].chars().next().is_none_or(char::is_whitespace),
            '.' => shown[..at].to_ascii_lowercase().ends_with("www"),
            ':' => rest.starts_with("://") || shown[..at].to_ascii_lowercase().ends_with("mailto"),
            _ => false,
        };
        if escape {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A name in Markdown as a code span that nothing in the name can end. Also right within a table's cell.
pub(crate) fn markdown_code(text: &str) -> String {
    let shown = visible(text);
    let shown = shown.trim();
    if shown.is_empty() {
        return String::new();
    }
    // A pipe ends a table's cell even within a code span, and `\|` is a pipe only within a table.
    if shown.contains('|') {
        return markdown(shown);
    }
    let fence = "`".repeat(longest_run(shown) + 1);
    let pad = if shown.starts_with('`') || shown.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{shown}{pad}{fence}")
}

/// The fence of a code block that nothing in `text` can end.
pub(crate) fn markdown_fence(text: &str) -> String {
    "`".repeat(longest_run(text).max(2) + 1)
}

fn longest_run(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// Writes JSON in which every unseen character and every character that HTML knows is a `\u` escape: the value
/// is the same, a terminal shows it safely, and no string in it can end a `<script>` element.
pub(crate) struct InertJson<F>(pub(crate) F);

impl<F: serde_json::ser::Formatter> serde_json::ser::Formatter for InertJson<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = 0;
        for (at, character) in fragment.char_indices() {
            if is_unseen(character) || matches!(character, '<' | '>' | '&') {
                writer.write_all(&fragment.as_bytes()[rest..at])?;
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
                rest = at + character.len_utf8();
            }
        }
        writer.write_all(&fragment.as_bytes()[rest..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    #[test]
    fn unseen_characters_show_their_code_points() {
        assert_eq!(visible("plain é 漢"), "plain é 漢");
        assert_eq!(visible("a\u{202E}b\n\x1b[31m"), "a⟨U+202E⟩b⟨U+000A⟩⟨U+001B⟩[31m");
    }

    #[test]
    fn formulas_become_text_in_spreadsheets() {
        for hostile in ["=cmd()", "+1", "-1", "@SUM(A1)", "  =1", "＝1", "'=1"] {
            assert!(csv_cell(hostile).starts_with('\''), "{hostile}");
        }
        assert_eq!(csv_cell("\t=1"), "⟨U+0009⟩=1");
        assert_eq!(csv_cell("ci-deployer"), "ci-deployer");
    }

    #[test]
    fn a_code_span_outlasts_its_own_backticks() {
        assert_eq!(markdown_code("plain"), "`plain`");
        assert_eq!(markdown_code("a``b"), "```a``b```");
        assert_eq!(markdown_code("`x`"), "`` `x` ``");
        assert_eq!(markdown_code("a|b"), "a\\|b");
    }

    /// What readers of Markdown commonly switch on; not the typographer, which changes quotes by intent.
    fn options() -> Options {
        Options::all() - Options::ENABLE_SMART_PUNCTUATION
    }

    /// The text that a Markdown reader shows for `source` after `before`, or the first thing that is not text.
    fn read_block(before: &str, source: &str) -> Result<String, String> {
        let mut read = String::new();
        for (number, event) in Parser::new_ext(&format!("{before}{source}\n"), options()).enumerate() {
            match event {
                Event::Text(text) | Event::Code(text) => read.push_str(&text),
                Event::Start(Tag::List(_) | Tag::Item | Tag::Heading { .. } | Tag::Paragraph) if number < 2 => {}
                Event::End(_) => {}
                other => return Err(format!("{other:?}")),
            }
        }
        Ok(read)
    }

    /// The same within a table's cell.
    fn read_cell(source: &str) -> Result<String, String> {
        let table = format!("| a | b |\n|---|---|\n| {source} | end |\n");
        let mut cells = Vec::new();
        for event in Parser::new_ext(&table, options()) {
            match event {
                Event::Start(Tag::TableCell) => cells.push(String::new()),
                Event::Text(text) | Event::Code(text) => cells.last_mut().unwrap().push_str(&text),
                Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow) | Event::End(_) => {}
                other => return Err(format!("{other:?}")),
            }
        }
        if cells.len() == 4 && cells[3] == "end" { Ok(cells.swap_remove(2)) } else { Err(format!("{cells:?}")) }
    }

    fn hostile() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{0,30}",
            r"[\\`*_{}\[\]()#+.!|<>~$&:@=a\n\t -]{0,24}",
            Just("<script>alert(1)</script>".to_owned()),
            Just("[x](javascript:alert(1))".to_owned()),
            Just("&lt;b&gt; &#60;".to_owned()),
            Just("\u{202E}gnp.exe\u{200B}\u{E0041}".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn nothing_unseen_stays(text in hostile()) {
            for shown in [visible(&text).into_owned(), csv_cell(&text), markdown(&text), markdown_code(&text)] {
                prop_assert!(!shown.chars().any(is_unseen), "{shown:?}");
            }
        }

        #[test]
        fn markdown_readers_see_the_text_and_nothing_else(text in hostile()) {
            let expected = visible(&text).trim().to_owned();
            prop_assert_eq!(read_cell(&markdown(&text)), Ok(expected.clone()));
            prop_assert_eq!(read_cell(&markdown_code(&text)), Ok(expected.clone()));
            for before in ["- ", "#### ", "x "] {
                let expected = format!("{}{expected}", before.trim_start_matches(['-', '#', ' '])).trim_end().to_owned();
                prop_assert_eq!(read_block(before, &markdown(&text)), Ok(expected), "{}", before);
            }
        }

        #[test]
        fn json_keeps_its_value_and_cannot_end_a_script(text in hostile()) {
            let mut out = Vec::new();
            let mut writer = serde_json::Serializer::with_formatter(&mut out, InertJson(serde_json::ser::CompactFormatter));
            serde::Serialize::serialize(&text, &mut writer).unwrap();
            let json = String::from_utf8(out).unwrap();
            prop_assert!(!json.contains(['<', '>', '&']) && !json.chars().any(is_unseen));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
