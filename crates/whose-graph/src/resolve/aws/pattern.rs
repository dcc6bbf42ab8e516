//! Patterns of actions and resources: `*` is any text, `?` is one character.

/// Whether the pattern matches the text. Neither is parsed further, so hostile input costs at most their product.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    glob(pattern, text, |wild, c| wild == '?' || wild == c)
}

/// Whether everything that `narrow` matches is matched by `wide` too. Sound, and complete except where a pattern
/// needs both `*` and `?` at one place.
pub(super) fn contains(wide: &str, narrow: &str) -> bool {
    glob(wide, narrow, |wild, c| wild == c || (wild == '?' && c != '*'))
}

/// Whether the pattern is more than one fixed text.
pub(super) fn is_wild(pattern: &str) -> bool {
    pattern.contains(['*', '?'])
}

fn glob(pattern: &str, text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(&wild) if same(wild, text[t]) => {
                p += 1;
                t += 1;
            }
            _ => {
                // The last star takes one character more; earlier stars need not be tried again.
                let Some((after, from)) = retry else { return false };
                retry = Some((after, from + 1));
                p = after;
                t = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns_match_as_aws_documents_them() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("iam:*", "iam:putuserpolicy", true),
            ("iam:put*policy", "iam:putuserpolicy", true),
            ("iam:put?serpolicy", "iam:putuserpolicy", true),
            ("iam:put?", "iam:putuserpolicy", false),
            ("arn:aws:iam::*:user/a*b", "arn:aws:iam::1:user/aaabab", true),
            ("a*b*c", "abcb", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn containment_knows_which_pattern_is_wider() {
        for (wide, narrow, expected) in [
            ("*", "s3:*", true),
            ("s3:*", "*", false),
            ("s3:*", "s3:get*", true),
            ("s3:get*", "s3:*", false),
            ("s3:g?t", "s3:g*t", false),
            ("s3:*", "s3:*", true),
        ] {
            assert_eq!(contains(wide, narrow), expected, "{wide} {narrow}");
        }
    }

    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) => naive(rest, text) || (!text.is_empty() && naive(pattern, &text[1..])),
            (Some((c, rest)), Some((d, more))) => (*c == '?' || c == d) && naive(rest, more),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_the_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,10}") {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(matches(&pattern, &text), naive(&chars(&pattern), &chars(&text)));
        }

        #[test]
        fn a_contained_pattern_matches_nothing_more(wide in "[ab*?]{0,6}", narrow in "[ab*?]{0,6}", text in "[ab]{0,8}") {
            if contains(&wide, &narrow) && matches(&narrow, &text) {
                prop_assert!(matches(&wide, &text));
            }
        }
    }
}
