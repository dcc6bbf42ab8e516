//! What stands in another form: a keyword has a form of its own in base64, in hex, in UTF-16, in a URL and in a JSON
//! string, and is looked for in all of them in the same pass as itself. Only where one stands is anything decoded.

use crate::prefilter::Literal;
use data_encoding::{Encoding, HEXLOWER, HEXLOWER_PERMISSIVE, Specification};
use percent_encoding::percent_decode;
use std::ops::Range;
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// How far from a keyword its layer is followed, on either side.
const REACH: usize = 64 * 1024;
/// The shortest form of a keyword that is looked for: shorter ones stand in every text by chance.
const SHORTEST: usize = 4;

/// The lengths at which tools break lines of base64: RFC 7468 and RFC 2045.
const LINES: Range<usize> = 60..80;

/// A form in which bytes may stand within others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Base64, with the number of characters that stand before the keyword's own in its group of four.
    Base64 {
        lead: usize,
    },
    Hex,
    Utf16Le,
    Utf16Be,
    Url,
    JsonString,
}

/// Every layer. Base64 has three: the keyword's first byte may be any of the three that four characters stand for.
pub(crate) const LAYERS: [Layer; 8] = [
    Layer::Base64 { lead: 0 },
    Layer::Base64 { lead: 2 },
    Layer::Base64 { lead: 3 },
    Layer::Hex,
    Layer::Utf16Le,
    Layer::Utf16Be,
    Layer::Url,
    Layer::JsonString,
];

/// Base64 in either alphabet, cut anywhere.
static BASE64: LazyLock<Encoding> = LazyLock::new(|| {
    let mut form = Specification::new();
    form.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    form.translate.from.push_str("-_");
    form.translate.to.push_str("+/");
    form.check_trailing_bits = false;
    form.encoding().expect("the alphabet has 64 characters")
});

impl Layer {
    /// Its name, as it is told.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Base64 { .. } => "base64",
            Self::Hex => "hex",
            Self::Utf16Le | Self::Utf16Be => "utf-16",
            Self::Url => "percent-encoding",
            Self::JsonString => "json-string",
        }
    }

    /// The forms of a keyword in this layer, as far as they do not depend on what stands round it.
    pub(crate) fn forms(self, keyword: &str) -> Vec<Literal> {
        let plain = keyword.as_bytes();
        let forms = match self {
            Self::Base64 { lead } => vec![base64_form(plain, lead)],
            Self::Hex => vec![HEXLOWER.encode(plain).into_bytes()],
            Self::Utf16Le => vec![plain.iter().flat_map(|&byte| [byte, 0]).collect()],
            Self::Utf16Be => vec![plain.iter().flat_map(|&byte| [0, byte]).collect()],
            Self::Url => vec![with(plain, |byte| is_reserved(byte).then(|| format!("%{byte:02x}")))],
            Self::JsonString => vec![
                with(plain, |byte| b"\"/\\".contains(&byte).then(|| format!("\\{}", char::from(byte)))),
                with(plain, |byte| b"=&<>+'".contains(&byte).then(|| format!("\\u{byte:04x}"))),
            ],
        };
        let is_exact = matches!(self, Self::Base64 { .. });
        let new = |form: &Vec<u8>| form.len() >= SHORTEST && form != plain;
        forms.into_iter().filter(new).map(|bytes| Literal { bytes, is_exact }).collect()
    }

    /// What stands in this layer round a form of a keyword, and where.
    pub(crate) fn decode(self, data: &[u8], hit: Range<usize>) -> Option<(Range<usize>, Zeroizing<Vec<u8>>)> {
        let near = hit.start.saturating_sub(REACH)..data.len().min(hit.end.saturating_add(REACH));
        let (run, text) = match self {
            Self::Base64 { lead } => decode_base64(data, &hit, &near, lead)?,
            Self::Hex => {
                let run = run(data, &hit, &near, |byte| byte.is_ascii_hexdigit());
                let start = run.start + (hit.start - run.start) % 2;
                let run = start..run.end - (run.end - start) % 2;
                let text = HEXLOWER_PERMISSIVE.decode(&data[run.clone()]).ok()?;
                (run, text)
            }
            Self::Utf16Le | Self::Utf16Be => decode_utf16(data, &hit, &near, usize::from(self == Self::Utf16Le)),
            Self::Url => {
                let run = run(data, &hit, &near, |byte| byte.is_ascii_graphic() && !b"\"'<>`".contains(&byte));
                let text = percent_decode(&data[run.clone()]).collect();
                (run, text)
            }
            Self::JsonString => {
                let run = run(data, &hit, &near, |byte| byte != b'\n');
                let text = unescape(&data[run.clone()]);
                (run, text)
            }
        };
        Some((run, Zeroizing::new(text)))
    }
}

/// A text with some of its bytes in another form.
fn with(plain: &[u8], form: impl Fn(u8) -> Option<String>) -> Vec<u8> {
    plain.iter().flat_map(|&byte| form(byte).map_or_else(|| vec![byte], String::into_bytes)).collect()
}

/// Whether a byte stands in a URL only as an escape (RFC 3986, section 2.3).
fn is_reserved(byte: u8) -> bool {
    !byte.is_ascii_alphanumeric() && !b"-._~".contains(&byte)
}

/// The characters that stand for a keyword alone, when `lead` characters of their group belong to what is before it.
fn base64_form(plain: &[u8], lead: usize) -> Vec<u8> {
    // Two characters hold one byte and a half, three hold two and a quarter.
    let before = lead.saturating_sub(1);
    let mut padded = vec![0; before];
    padded.extend_from_slice(plain);
    let text = BASE64.encode(&padded).into_bytes();
    let end = padded.len() * 8 / 6;
    text[lead.min(end)..end].to_vec()
}

/// The bytes round a hit that all are of one kind.
fn run(data: &[u8], hit: &Range<usize>, near: &Range<usize>, is_in: impl Fn(u8) -> bool) -> Range<usize> {
    let before = data[near.start..hit.start].iter().rev().take_while(|&&byte| is_in(byte)).count();
    let behind = data[hit.end..near.end].iter().take_while(|&&byte| is_in(byte)).count();
    hit.start - before..hit.end + behind
}

fn decode_base64(data: &[u8], hit: &Range<usize>, near: &Range<usize>, lead: usize) -> Option<(Range<usize>, Vec<u8>)> {
    let is_in = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let line = |at: Range<usize>| run(data, &at, near, is_in);
    let mut lines = vec![line(hit.clone())];
    // Over a line's end the text goes on when the line is as long as the tools make it.
    loop {
        let start = lines[0].start;
        let Some(end) = line_end_before(data, start).filter(|end| *end > near.start) else { break };
        let previous = line(end..end);
        if !LINES.contains(&previous.len()) {
            break;
        }
        lines.insert(0, previous);
    }
    loop {
        let last = lines[lines.len() - 1].clone();
        let Some(start) = line_start_behind(data, last.end).filter(|start| *start < near.end) else { break };
        if !LINES.contains(&last.len()) {
            break;
        }
        lines.push(line(start..start));
    }
    let whole = lines[0].start..lines[lines.len() - 1].end;
    let before: usize = lines.iter().map(|line| line.end.min(hit.start).saturating_sub(line.start)).sum();
    let text: Vec<u8> = lines.iter().flat_map(|line| &data[line.clone()]).copied().collect();
    let mut text = &text[(before + 4 - lead) % 4..];
    if text.len() % 4 == 1 {
        text = &text[..text.len() - 1];
    }
    Some((whole, BASE64.decode(text).ok()?))
}

/// Where the line before ends, when a line begins here.
fn line_end_before(data: &[u8], start: usize) -> Option<usize> {
    let before = data[..start].strip_suffix(b"\n")?;
    Some(before.strip_suffix(b"\r").unwrap_or(before).len())
}

/// Where the next line begins, when a line ends here.
fn line_start_behind(data: &[u8], end: usize) -> Option<usize> {
    let rest = &data[end..];
    let behind = rest.strip_prefix(b"\r").unwrap_or(rest).strip_prefix(b"\n")?;
    Some(data.len() - behind.len())
}

/// Text of which every other byte is zero, as all of ASCII is in UTF-16.
fn decode_utf16(data: &[u8], hit: &Range<usize>, near: &Range<usize>, high: usize) -> (Range<usize>, Vec<u8>) {
    let is_text = |pair: &&[u8]| pair[high] == 0 && pair[1 - high] != 0;
    let before = data[near.start..hit.start].rchunks_exact(2).take_while(is_text).count();
    let behind = data[hit.start..near.end].chunks_exact(2).take_while(is_text).count();
    let run = hit.start - 2 * before..hit.start + 2 * behind;
    let text = data[run.clone()].chunks_exact(2).map(|pair| pair[1 - high]).collect();
    (run, text)
}

/// A text with the escapes of a JSON string resolved. What is none stays as it is.
fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some((&escape, tail)) = rest.split_first() else { break };
        rest = tail;
        match escape {
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => {
                let digits = rest.get(..4).and_then(|digits| std::str::from_utf8(digits).ok());
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
                if let Some(character) = code.and_then(char::from_u32) {
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    rest = &rest[4..];
                }
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;
    use proptest::prelude::*;

    /// Every way to write a text in a layer.
    fn written(text: &str, layer: Layer) -> Vec<u8> {
        match layer {
            Layer::Base64 { .. } => data_encoding::BASE64.encode(text.as_bytes()).into_bytes(),
            Layer::Hex => data_encoding::HEXUPPER.encode(text.as_bytes()).into_bytes(),
            Layer::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Layer::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            Layer::Url => {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string().into_bytes()
            }
            Layer::JsonString => serde_json::to_string(text).unwrap().into_bytes(),
        }
    }

    proptest! {
        #[test]
        fn a_keyword_is_seen_in_every_layer_and_its_text_decodes(
            before in "[ -~]{0,50}", keyword in "[A-Za-z_]{4,8}=?\"", behind in "[ -~]{0,50}",
        ) {
            let text = format!("{before}{keyword}{behind}");
            for layer in LAYERS {
                let data = [b"\0\n".to_vec(), written(&text, layer), b"\0\0".to_vec()].concat();
                for form in layer.forms(&keyword) {
                    let same = |at: &[u8]| if form.is_exact { at == form.bytes } else { at.eq_ignore_ascii_case(&form.bytes) };
                    let Some(start) = data.windows(form.bytes.len()).position(same) else { continue };
                    let (_, decoded) = layer.decode(&data, start..start + form.bytes.len()).unwrap();
                    let decoded = String::from_utf8_lossy(&decoded).into_owned();
                    prop_assert!(decoded.contains(&keyword), "{layer:?} of {text}: {decoded}");
                }
            }
            let seen = |lead| {
                let forms = Layer::Base64 { lead }.forms(&keyword);
                let data = written(&text, Layer::Base64 { lead });
                forms.iter().any(|form| data.windows(form.bytes.len()).any(|at| at == form.bytes))
            };
            prop_assert!([0, 2, 3].into_iter().any(seen), "{text}");
        }

        #[test]
        fn no_bytes_break_a_layer(data in prop::collection::vec(any::<u8>(), 8..200), start in 0_usize..200) {
            let start = start % (data.len() - 5);
            for layer in LAYERS {
                if let Some((run, _)) = layer.decode(&data, start..start + 5) {
                    prop_assert!(run.end <= data.len());
                }
            }
        }
    }

    #[test]
    fn wrapped_base64_goes_on_over_its_lines_and_no_further() {
        let text = expand("{base62:100}KEYWORD{base62:100}", 1).unwrap();
        let encoded = data_encoding::BASE64.encode(text.as_bytes());
        let lines: Vec<&str> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
        for end in ["\n", "\r\n"] {
            let data = format!("word{end}{}{end}word{end}", lines.join(end));
            let decoded = LAYERS[..3].iter().find_map(|layer| {
                let form = layer.forms("KEYWORD").remove(0).bytes;
                let start = data.as_bytes().windows(form.len()).position(|at| at == form)?;
                layer.decode(data.as_bytes(), start..start + form.len())
            });
            assert_eq!(String::from_utf8_lossy(&decoded.unwrap().1), text);
        }
    }
}
