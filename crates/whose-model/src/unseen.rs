//! Characters that nobody sees. Names come from strangers, and what cannot be seen can hide what a text says or
//! what a command does: reports show such a character as its code point, and no command is made of it.

/// Controls, line separators, and format characters that reorder, hide or join the text around them. First and
/// last code point of each range, in ascending order.
pub const UNSEEN: &[(u32, u32)] = &[
    (0x00, 0x1F),       // C0 controls, with tab, newline and escape
    (0x7F, 0x9F),       // delete and C1 controls
    (0xAD, 0xAD),       // soft hyphen
    (0x34F, 0x34F),     // combining grapheme joiner
    (0x61C, 0x61C),     // Arabic letter mark
    (0x115F, 0x1160),   // Hangul fillers
    (0x17B4, 0x17B5),   // Khmer inherent vowels
    (0x180B, 0x180F),   // Mongolian variation selectors and vowel separator
    (0x200B, 0x200F),   // zero-width characters, direction marks
    (0x2028, 0x202E),   // line and paragraph separators, embeddings and overrides
    (0x2060, 0x206F),   // joiners, invisible operators, isolates
    (0x3164, 0x3164),   // Hangul filler
    (0xFE00, 0xFE0F),   // variation selectors
    (0xFEFF, 0xFEFF),   // byte order mark
    (0xFFA0, 0xFFA0),   // half-width Hangul filler
    (0xFFF0, 0xFFFB),   // specials
    (0x1BCA0, 0x1BCA3), // shorthand format controls
    (0x1D173, 0x1D17A), // musical format controls
    (0xE0000, 0xE0FFF), // tags and supplementary variation selectors
];

/// Whether a character is one of [`UNSEEN`].
pub fn is_unseen(character: char) -> bool {
    // Nearly all characters of a report are these, and a large one has millions.
    if (' '..='~').contains(&character) {
        return false;
    }
    let code = u32::from(character);
    UNSEEN.iter().any(|&(first, last)| (first..=last).contains(&code))
}
