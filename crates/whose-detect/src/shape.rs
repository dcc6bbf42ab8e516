//! The shorthand of detectors: a value alone, or a value that the name of its vendor gives away. One shape for all
//! of them, so that an entry is a few lines and every way to assign a value is known to each.

use crate::definition::Definition;

/// Words of which one stands between a vendor's name and the value, unless the entry has words of its own.
const KEY_WORDS: &[&str] =
    &["key", "token", "secret", "passw", "pwd", r"auth\b", "authorization", "credential", "bearer", r"[_-]pat\b"];

/// Names shorter than this are parts of many words, so they must stand by themselves.
const SHORT: usize = 6;

/// What stands between a name and its value: quotes and brackets that close the name, a type, and an operator.
const ASSIGNED: &str = concat!(
    r#"["'`\])}\\]{0,4}"#,
    r"(?:[ \t]?:?[ \t]?(?:&(?:'static )?)?[Ss]tr(?:ing)?\??)?",
    r"(?:[ \t]{0,20}(?:\|\|=?|\?\?=?|\?=|:=|=>|->|={1,3}|:{1,2}|,|>|\(|[ \t])[ \t]{0,20}",
    r#"|[ \t]{0,4},?[ \t]{0,4}\\?["']?(?i:value)\\?["']?[ \t]{0,4}[:=][ \t]{0,4})"#,
);

/// What may open the value: quotes, brackets, a prefix of a string, a scheme of authentication.
const OPENED: &str = concat!(
    r#"(?:[bru@L]{1,2}["']|<!\[CDATA\[|["'`(\[\\]{1,4})?"#,
    r"(?i:(?:bearer|basic|token|apikey|bot)[ \t:=]{1,3})?",
);

/// Ways in which samples of the shape are written.
const FORMS: &[&str] = &["@NAME@_@WORD@=@", "\"@name@_@word@\": \"@\"", "set('@name@-@word@', '@');"];

/// Writes out what the shorthand leaves to the shape.
pub(crate) fn complete(definition: &mut Definition) -> Result<(), String> {
    let Some(value) = definition.value.take() else {
        return if definition.names.is_empty() && definition.sample.is_empty() && definition.near.is_empty() {
            Ok(())
        } else {
            Err("names, sample and near belong to a `value`; with a `pattern` write matches and near_misses".to_owned())
        };
    };
    if !definition.pattern.is_empty() {
        return Err("it has a pattern and a value; write one of them".to_owned());
    }
    if definition.sample.is_empty() || definition.near.is_empty() {
        return Err("its value needs a sample that is found and one, `near`, that is not".to_owned());
    }
    if definition.names.is_empty() {
        alone(definition, &value)
    } else {
        named(definition, &value)
    }
    Ok(())
}

/// A value that nothing else looks like.
fn alone(definition: &mut Definition, value: &str) {
    definition.pattern = format!("(?<secret>{value})");
    for sample in &definition.sample {
        definition.matches.push(sample.clone());
        definition.matches.push(format!("credential: \"{sample}\","));
    }
    for near in &definition.near {
        definition.near_misses.push(near.clone());
        definition.near_misses.push(format!("credential: \"{near}\","));
    }
}

/// A value that looks like many, told by its vendor's name on the same line.
fn named(definition: &mut Definition, value: &str) {
    let names = definition.names.iter().map(|name| spaced(name)).collect::<Vec<_>>().join("|");
    let own = definition.words.take();
    let words = own.as_ref().map_or_else(
        || KEY_WORDS.join("|"),
        |words| words.iter().map(|word| spaced(word)).collect::<Vec<_>>().join("|"),
    );
    let short = definition.names.iter().any(|name| name.len() < SHORT);
    let (before, gap) = if short { (r"(?:\b|_)", r"(?:[^A-Za-z\n][^\n]{0,40}?)?") } else { ("", r"[^\n]{0,40}?") };
    let word = if words.is_empty() { String::new() } else { format!("{gap}(?i:{words})") };
    definition.pattern = format!(r"{before}(?i:{names}){word}[\w.-]{{0,24}}{ASSIGNED}{OPENED}(?<secret>{value})");
    definition.assigned = true;
    if definition.keywords.is_empty() {
        definition.keywords = definition.names.iter().map(|name| longest_word(name)).collect();
    }
    let name = definition.names[0].replace(' ', "_");
    let word = own.as_ref().map_or("key", |words| words.first().map_or("", String::as_str)).replace(' ', "_");
    for sample in &definition.sample {
        for form in FORMS {
            definition.matches.push(filled(form, &name, &word, sample));
        }
    }
    // The same value without its name, and what is not the value with it.
    let sample = &definition.sample[0];
    definition.near_misses.push(format!("UNRELATED_KEY={sample}"));
    for near in &definition.near {
        definition.near_misses.extend(FORMS.iter().map(|form| filled(form, &name, &word, near)));
    }
}

fn filled(form: &str, name: &str, word: &str, sample: &str) -> String {
    let form = if word.is_empty() {
        form.replace("_@WORD@", "").replace("_@word@", "").replace("-@word@", "")
    } else {
        form.to_owned()
    };
    form.replace("@NAME@", &name.to_ascii_uppercase())
        .replace("@name@", name)
        .replace("@WORD@", &word.to_ascii_uppercase())
        .replace("@word@", word)
        .replace('@', sample)
}

/// A name in a pattern: its words may be joined or parted.
fn spaced(name: &str) -> String {
    name.replace('.', r"\.").replace(' ', r"[ _.-]?")
}

fn longest_word(name: &str) -> String {
    name.split(' ').max_by_key(|word| word.len()).unwrap_or(name).to_owned()
}
