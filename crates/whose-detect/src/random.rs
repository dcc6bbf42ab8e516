//! Whether a value looks as if a machine had made it up: what tells a key from a name, a number or a word.

/// Shannon entropy in bits a byte.
pub(crate) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for &byte in value {
        counts[usize::from(byte)] += 1;
    }
    let length = value.len() as f64;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| {
            let share = f64::from(count) / length;
            -share * share.log2()
        })
        .sum()
}

/// Whether letters and digits are mixed as in a generated value. Words and numbers are not, nor is a counted one.
pub(crate) fn looks_random(value: &[u8]) -> bool {
    let any = |is: fn(&u8) -> bool| value.iter().any(is);
    let mixed = if any(u8::is_ascii_digit) {
        any(u8::is_ascii_alphabetic)
    } else {
        // Without a digit only its cases tell a value from words: in these they change rarely.
        let changes = value.windows(2).filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
        changes.count() * 5 >= value.len()
    };
    let least = if value.len() < 20 { 2.5 } else { 3.0 };
    mixed && entropy(value) >= least
}

/// Whether a word in lower case could be spoken: it has vowels enough, and never many consonants in a row.
pub(crate) fn is_pronounceable(word: &[u8]) -> bool {
    let is_vowel = |byte: &u8| b"aeiouy".contains(byte);
    let vowels = word.iter().filter(|byte| is_vowel(byte)).count();
    let longest = word.split(is_vowel).map(<[u8]>::len).max().unwrap_or(0);
    // Abbreviations in names (db, pwd, http) are short.
    word.len() <= 4 || (longest <= 4 && vowels * 8 >= word.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;

    #[test]
    fn entropy_of_even_bits_is_one() {
        assert!((entropy(b"0101") - 1.0).abs() < 1e-9);
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!(entropy(b"").abs() < 1e-9);
    }

    #[test]
    fn words_can_be_spoken_and_noise_cannot() {
        for word in ["password", "credentials", "strength", "http", "configuration"] {
            assert!(is_pronounceable(word.as_bytes()), "{word}");
        }
        for word in ["xkqjzptw", "bcdfghj", "qwrtzpsd"] {
            assert!(!is_pronounceable(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn generated_values_look_random_and_words_and_numbers_do_not() {
        for seed in 0..200 {
            for template in ["{hex:32}", "{base62:16}", "{base64url:43}", "{base36:24}", "{uuid:4}"] {
                assert!(looks_random(expand(template, seed).unwrap().as_bytes()), "{template} {seed}");
            }
        }
        for value in ["getMailchimpTokenForUser", "31415926535897932384", "aaaaaaaa1111aaaaaaaa1111", "your_token_here"]
        {
            assert!(!looks_random(value.as_bytes()), "{value}");
        }
    }
}
