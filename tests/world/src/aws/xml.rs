//! The XML of AWS's Query protocol: elements with text or children, nothing else.

use std::fmt::Write;
use whose_model::Timestamp;

/// An element.
pub(crate) struct Xml {
    name: &'static str,
    content: Content,
}

/// What an element holds.
pub(crate) enum Content {
    Text(String),
    Elements(Vec<Xml>),
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<bool> for Content {
    fn from(flag: bool) -> Self {
        Self::Text(flag.to_string())
    }
}

impl From<usize> for Content {
    fn from(number: usize) -> Self {
        Self::Text(number.to_string())
    }
}

/// IAM writes moments to the second.
impl From<Timestamp> for Content {
    fn from(at: Timestamp) -> Self {
        Self::Text(at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    }
}

impl From<Vec<Xml>> for Content {
    fn from(elements: Vec<Xml>) -> Self {
        Self::Elements(elements)
    }
}

/// An element with a text or with children.
pub(crate) fn element(name: &'static str, content: impl Into<Content>) -> Xml {
    Xml { name, content: content.into() }
}

/// A list: each item is a `member`.
pub(crate) fn list<T: Into<Content>>(name: &'static str, items: impl IntoIterator<Item = T>) -> Xml {
    element(name, items.into_iter().map(|item| element("member", item)).collect::<Vec<Xml>>())
}

impl Xml {
    /// The text of this element, with `xmlns` when it is the outermost.
    pub(crate) fn render(&self, namespace: Option<&str>) -> String {
        let mut out = String::new();
        self.write(namespace, &mut out);
        out
    }

    fn write(&self, namespace: Option<&str>, out: &mut String) {
        let name = self.name;
        // Writing into a String cannot fail.
        let _ = match namespace {
            Some(namespace) => write!(out, "<{name} xmlns=\"{namespace}\">"),
            None => write!(out, "<{name}>"),
        };
        match &self.content {
            Content::Text(text) => escape(text, out),
            Content::Elements(elements) => elements.iter().for_each(|element| element.write(None, out)),
        }
        let _ = write!(out, "</{name}>");
    }
}

/// Markup becomes entities; control characters, which XML cannot hold, become U+FFFD.
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' => out.push(character),
            '\r' => out.push_str("&#13;"),
            other if other.is_control() => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_are_inert() {
        let xml = element("A", vec![element("B", "<x>&\"\u{1}\r"), list("C", ["1", "2"])]);
        assert_eq!(
            xml.render(Some("ns")),
            "<A xmlns=\"ns\"><B>&lt;x&gt;&amp;&quot;\u{fffd}&#13;</B><C><member>1</member><member>2</member></C></A>"
        );
    }
}
