//! Values of documentation and templates: they say so themselves, repeat or count, or are known from a vendor's page.

use sha2::{Digest, Sha256};

/// Sample values of vendors' documentation, by the first bytes of their SHA-256: they are nobody's, and no page of
/// theirs is quoted here. Beside each, whose sample it is.
const KNOWN: &[(u64, &str)] = &[
    (0x2caf_c097_0149_a84f, "Stripe's test key"),
    (0xf2d6_ca16_5150_33e5, "Stripe's older test key"),
    (0x976b_57ee_8acd_fcf4, "GitHub's article on token formats"),
    (0xbc3a_e723_f57c_6b9e, "GitHub's REST pages"),
    (0x3543_c50b_0cb9_cea8, "GitHub's REST pages"),
    (0x82e7_4299_544e_0073, "GitHub's REST pages"),
    (0x797c_0ce4_1458_6cc8, "GitHub's REST pages"),
    (0x6d7f_a4e6_4d4b_1f3e, "GitHub's REST pages"),
    (0x0b5d_d075_ccdd_03c4, "Telegram's page on bots"),
    (0x731f_a294_d036_e54f, "Telegram's page on bots"),
    (0xac92_65e5_6c79_b234, "Google's Maps pages"),
    (0x02f7_ce3c_263f_85c0, "Discord's reference"),
    (0x0011_cc25_eb43_2071, "the storage emulator of Azure"),
    (0xaa65_4743_9583_c3a2, "the Cosmos DB emulator"),
    (0xe8a0_614b_6747_a06f, "AWS's signature pages"),
    (0xa1f3_235a_12ea_17c0, "Slack's page on webhooks"),
    (0xb363_ade8_4d56_c43b, "Twilio's test pages"),
    (0xf5e9_5c99_5463_5b65, "reCAPTCHA's test keys"),
    (0xfb8f_3512_9df8_7662, "Turnstile's test keys"),
    (0xa23d_006b_b020_a81d, "Heroku's API reference"),
    (0x3e01_926f_5e2c_c7f3, "Mapbox's documentation"),
    (0x0209_1175_c1ae_3023, "Sendgrid's documentation"),
];

/// Values longer than this are keys and certificates, in which bytes may repeat.
const LONGEST: usize = 128;

/// Whether a value is one that documentation or a template gives.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let mut seen = [false; 256];
    value.iter().for_each(|&byte| seen[usize::from(byte)] = true);
    let distinct = seen.iter().filter(|&&seen| seen).count();
    let says = |word: &[u8]| value.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    // A value's prefix (AKIA, ghp_) alone brings three or four different characters.
    distinct < 6
        || says(b"exampl")
        || (value.len() <= LONGEST && (is_filled(value) || is_counted(value)))
        || is_known(value)
}

/// Letters that stand for others: `xxxxxx`, `******`, or one character ten times over. A few zeros or As are chance.
fn is_filled(value: &[u8]) -> bool {
    let fills = |byte: u8| match byte {
        b'x' | b'X' | b'*' | b'.' | b'?' => 6,
        // Tokens of some vendors begin with these.
        b'A' => usize::MAX,
        _ => 9,
    };
    value.chunk_by(|left, right| left == right).any(|run| run.len() >= fills(run[0]))
}

/// Whether most of the value counts up, as `0123456789abcdef` does.
fn is_counted(value: &[u8]) -> bool {
    let follows = |pair: &[u8]| {
        pair[1].wrapping_sub(pair[0]) == 1 || matches!(pair, [b'9', b'0' | b'a' | b'A'] | [b'f', b'0'] | [b'F', b'0'])
    };
    let steps = value.windows(2).filter(|pair| follows(pair)).count();
    value.len() >= 8 && steps * 3 >= value.len() * 2
}

fn is_known(value: &[u8]) -> bool {
    let digest: [u8; 32] = Sha256::digest(value).into();
    let first = digest.first_chunk().map(|first| u64::from_be_bytes(*first));
    KNOWN.iter().any(|(known, _)| Some(*known) == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand;

    #[test]
    fn documentation_values_are_placeholders() {
        for value in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAXXXXXXXXXXXXXXXX",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
            "0123456789abcdef0123456789abcdef",
            "hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
            "key-1234567890abcdef1234567890abcdef",
        ] {
            assert!(is_placeholder(value.as_bytes()), "{value}");
        }
        assert!(!is_placeholder(["AKIARZPUZDIK", "AAAAAAAA"].concat().as_bytes()));
    }

    #[test]
    fn sample_values_of_vendors_are_known_without_standing_here() {
        for pieces in [
            ["sk_test_", "4eC39HqLyjWDarjt", "T1zdp7dc"],
            ["110201543:AAHdqTcvCH", "1vGWJxfSeofSA", "s0K5PALDsaw"],
            ["Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IF", "suFq2UVErCz4I6tq/K1SZFPTOtr/", "KBHBeksoGMGw=="],
        ] {
            let value = pieces.concat();
            assert!(is_known(value.as_bytes()), "{}", pieces[0]);
            assert!(!is_known(&value.as_bytes()[1..]), "{}", pieces[0]);
        }
    }

    #[test]
    fn generated_values_are_none() {
        for seed in 0..500 {
            for template in ["{hex:32}", "AKIA{base32:16}", "{base64:40}", "{digit:18}x", "{uuid:4}"] {
                assert!(!is_placeholder(expand(template, seed).unwrap().as_bytes()), "{template} {seed}");
            }
        }
    }
}
